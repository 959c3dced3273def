using OrderToCash.Collections.Playbooks;

namespace OrderToCash.Collections.Dunning;

/// <summary>Items of a customer that are looked at together: all of them, or those that share an order.</summary>
/// <param name="Items">The oldest first.</param>
/// <param name="Standing">What conditions of steps ask about them as a whole.</param>
/// <param name="IsLed">The oldest past due leads; else each goes through the steps by itself.</param>
internal sealed record DunningGroup(List<ItemFacts> Items, CustomerStanding Standing, bool IsLed)
{
    /// <summary>
    /// The groups of a customer, that with the oldest item first. Of what is grouped by an order, items are left out as
    /// long as it is not told which they have: one that comes a moment later must not have gone by itself.
    /// </summary>
    public static List<DunningGroup> Of(DateOnly date, PlaybookDefined playbook, CustomerFacts customer)
    {
        var ordered = Ordered(customer);
        if (!playbook.IsByGroup)
        {
            return
            [
                new([.. ordered], CustomerStanding.Of(date, customer.Items, customer.Open),
                    playbook.Scope == PlaybookScope.LeadingInvoice),
            ];
        }

        return
        [
            .. from item in ordered
               where item.References is not null
               let name = NameOf(playbook, item)
               group item by (name, Alone: name is null ? item.InvoiceId : Guid.Empty) into shared
               let items = shared.ToList()
               select new DunningGroup(items, CustomerStanding.Of(date, items, null), shared.Key.name is not null),
        ];
    }

    /// <summary>The order that a playbook groups an item by; null where it has none, or is not grouped.</summary>
    public static string? NameOf(PlaybookDefined playbook, ItemFacts item) => playbook.Scope switch
    {
        PlaybookScope.LeadingOfPurchaseOrder => item.References?.PurchaseOrder,
        PlaybookScope.LeadingOfOrderReference => item.References?.OrderReference,
        _ => null,
    };

    /// <summary>The oldest first.</summary>
    public static IEnumerable<ItemFacts> Ordered(CustomerFacts customer) => customer.Items
        .OrderBy(item => item.DueDate)
        .ThenBy(item => item.InvoiceNumber, StringComparer.Ordinal)
        .ThenBy(item => item.Installment);
}
