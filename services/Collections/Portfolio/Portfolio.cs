using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Portfolio;

/// <summary>A customer was given to a collector, or to nobody.</summary>
/// <param name="CustomerId">The customer.</param>
/// <param name="LegalEntity">Whose customer.</param>
/// <param name="Collector">Subject of the collector, or null.</param>
public sealed record CollectorAssigned(Guid CustomerId, string LegalEntity, string? Collector);

/// <summary>Who looks after a customer.</summary>
public sealed record CollectionAccount
{
    public static readonly CollectionAccount Initial = new();

    /// <summary>Subject of the collector; null while nobody does.</summary>
    public string? Collector { get; init; }

    public static CollectionAccount Evolve(CollectionAccount account, object e) => e switch
    {
        CollectorAssigned assigned => account with { Collector = assigned.Collector },
        _ => account,
    };
}

public static class CollectionAccountStream
{
    public static readonly StreamType<CollectionAccount> Type =
        new("collection_account", CollectionAccount.Initial, CollectionAccount.Evolve);

    public static Guid Id(Guid customerId) => Ids.From("collection-account", customerId.ToString("D"));
}

/// <summary>What may become of a customer's place in the portfolio.</summary>
public static class CollectionAccountDecider
{
    /// <summary>Gives the customer to a collector; saying the same again is nothing.</summary>
    public static Decision Assign(CollectionAccount account, CollectorAssigned assigned)
    {
        ArgumentNullException.ThrowIfNull(account);
        ArgumentNullException.ThrowIfNull(assigned);
        return account.Collector == assigned.Collector ? Decision.Nothing : Decision.Of(assigned);
    }
}
