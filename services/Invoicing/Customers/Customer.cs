using System.Collections.Immutable;
using OrderToCash.EventSourcing;

namespace OrderToCash.Invoicing.Customers;

/// <summary>The receivables account of a buyer at one legal entity.</summary>
public sealed record Customer
{
    public static readonly Customer Initial = new();

    /// <summary>As it is now; null before it was registered.</summary>
    public CustomerSnapshot? Now { get; init; }

    /// <summary>Duplicates that were merged into it.</summary>
    public ImmutableHashSet<Guid> Absorbed { get; init; } = [];

    public static Customer Evolve(Customer customer, object e) => e switch
    {
        CustomerRegistered registered => customer with { Now = CustomerSnapshot.Of(registered) },
        CustomerChanged changed => customer with { Now = changed.After },
        CustomerSuspended suspended => customer with { Now = suspended.After },
        CustomerReinstated reinstated => customer with { Now = reinstated.After },
        CustomerTerminated terminated => customer with { Now = terminated.After },
        CustomerMerged merged => customer with { Now = merged.After },
        CustomerUnmerged unmerged => customer with { Now = unmerged.After },
        DuplicateAbsorbed absorbed => customer with { Absorbed = customer.Absorbed.Add(absorbed.CustomerId) },
        DuplicateReleased released => customer with { Absorbed = customer.Absorbed.Remove(released.CustomerId) },
        _ => customer,
    };
}

public static class CustomerStream
{
    public static readonly StreamType<Customer> Type = new("customer", Customer.Initial, Customer.Evolve);
}
