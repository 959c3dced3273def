using System.Collections.Immutable;
using OrderToCash.EventSourcing;

namespace OrderToCash.Invoicing.Customers;

/// <summary>The receivables account of a buyer at one legal entity.</summary>
public sealed record Customer
{
    public static readonly Customer Initial = new();

    /// <summary>As it is now; null before it was registered.</summary>
    public CustomerSnapshot? Now { get; init; }

    /// <summary>All who ever were its contacts, and whether their data are erased.</summary>
    public ImmutableDictionary<Guid, bool> Persons { get; init; } = ImmutableDictionary<Guid, bool>.Empty;

    /// <summary>Duplicates that were merged into it.</summary>
    public ImmutableHashSet<Guid> Absorbed { get; init; } = [];

    /// <summary>Where it stood when it was found to be a duplicate.</summary>
    public CustomerStatus StatusBeforeMerge { get; init; } = CustomerStatus.Active;

    public static Customer Evolve(Customer customer, object e) => e switch
    {
        CustomerMerged merged => customer.As(merged.After) with { StatusBeforeMerge = customer.Now!.Status },
        CustomerRegistered registered => customer.As(CustomerSnapshot.Of(registered)),
        ContactErased erased => customer.As(erased.After) with
        {
            Persons = customer.Persons.SetItem(erased.ContactId, true),
        },
        ICustomerChange changed => customer.As(changed.After),
        DuplicateAbsorbed absorbed => customer with { Absorbed = customer.Absorbed.Add(absorbed.CustomerId) },
        DuplicateReleased released => customer with { Absorbed = customer.Absorbed.Remove(released.CustomerId) },
        _ => customer,
    };

    private Customer As(CustomerSnapshot now)
    {
        var persons = now.Contacts.Where(contact => contact.Id is { } id && !Persons.ContainsKey(id))
            .Select(contact => KeyValuePair.Create(contact.Id!.Value, contact.Erased));
        return this with
        {
            Now = now with
            {
                Suspension = now.Suspension ?? SuspensionUnder(now.Status),
                TermsSequence = Math.Max(now.TermsSequence, Now?.TermsSequence ?? 0),
            },
            Persons = Persons.AddRange(persons),
        };
    }

    /// <summary>
    /// A release that kept nothing of it says nothing of it, either: it stands until service goes on or ends.
    /// </summary>
    private Suspension? SuspensionUnder(CustomerStatus status) =>
        status is CustomerStatus.Suspended or CustomerStatus.Merged ? Now?.Suspension : null;
}

public static class CustomerStream
{
    public static readonly StreamType<Customer> Type = new("customer", Customer.Initial, Customer.Evolve);
}
