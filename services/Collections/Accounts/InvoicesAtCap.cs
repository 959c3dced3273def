using OrderToCash.Collections.Activities;
using OrderToCash.Collections.Contacts;
using OrderToCash.Collections.Dunning;
using OrderToCash.Collections.Playbooks;
using OrderToCash.Collections.Policies;
using OrderToCash.Collections.ReadModels;

namespace OrderToCash.Collections.Accounts;

/// <summary>
/// Finds the invoices that nobody may be written to about these days, where the policy counts contact about each of
/// them. It is for runs, which leave them out and ask for the others; at the moment of contact
/// <see cref="ContactDecider"/> decides.
/// </summary>
public sealed class InvoicesAtCap(
    ContactHistory history, ContactBook contacts, PolicyBook policies, TimeProvider clock)
{
    /// <summary>The same customers, each with its invoices at their cap.</summary>
    public async Task<IReadOnlyList<CustomerFacts>> MarkAsync(
        string legalEntity, IReadOnlyList<CustomerFacts> customers, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(customers);
        var policy = await policies.InForceAsync(legalEntity, cancellation);
        if (!policy.Contact.Values.Any(rules => rules.Caps.Any(cap => cap.Per == CapScope.Invoice)))
            return customers;
        var found = await contacts.FindAsync([.. customers.Select(customer => customer.CustomerId)], cancellation);
        var now = clock.GetUtcNow();
        var profiles = await history.OfAsync(found, now, cancellation);
        var known = found.ToDictionary(customer => customer.Id);
        return [.. customers.Select(customer => customer with { AtCap = Of(customer) })];

        CappedInvoices? Of(CustomerFacts facts)
        {
            if (!known.TryGetValue(facts.CustomerId, out var customer))
                return null;
            var (rules, invoices) = (
                policy.ContactIn(customer.Country), facts.Items.Select(item => item.InvoiceId).Distinct().ToList());
            return new CappedInvoices(
                AtCap(ContactChannel.Email, facts.Recipient?.Email), AtCap(ContactChannel.Letter, null),
                facts.Readers?.ToDictionary(
                    reader => reader.Key, reader => AtCap(reader.Key.AsContact()!.Value, reader.Value.Address)));

            IReadOnlySet<Guid> AtCap(ContactChannel channel, string? address) => ContactDecider.AtCap(
                profiles[customer.Id], customer.Moment(channel, address, null, rules, now), invoices);
        }
    }
}
