using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Portfolio;

/// <summary>A customer was given to a collector, or to nobody.</summary>
/// <param name="CustomerId">The customer.</param>
/// <param name="LegalEntity">Whose customer.</param>
/// <param name="Collector">Subject of the collector, or null.</param>
/// <param name="Rule">Name of the rule that gave it; null where a person did.</param>
public sealed record CollectorAssigned(Guid CustomerId, string LegalEntity, string? Collector, string? Rule = null);

/// <summary>A customer was given a playbook of its own, or goes by the rules again.</summary>
/// <param name="CustomerId">The customer.</param>
/// <param name="LegalEntity">Whose customer.</param>
/// <param name="Playbook">Code of the playbook; <c>none</c> where no notice goes to it by itself; null for that of the
/// rules.</param>
public sealed record PlaybookAssigned(Guid CustomerId, string LegalEntity, string? Playbook);

/// <summary>
/// All work due on a customer is done: it leaves the worklist until something about it changes.
/// </summary>
/// <param name="CustomerId">The customer.</param>
/// <param name="LegalEntity">Whose customer.</param>
/// <param name="Fingerprint">What was known about it then.</param>
/// <param name="Note">What was done, in words.</param>
public sealed record WorkDone(Guid CustomerId, string LegalEntity, string Fingerprint, string Note);

/// <summary>Who looks after a customer, and whether there is something to do.</summary>
public sealed record CollectionAccount
{
    public static readonly CollectionAccount Initial = new();

    /// <summary>Subject of the collector; null while nobody does.</summary>
    public string? Collector { get; init; }

    /// <summary>A person has given it to its collector: rules leave it alone.</summary>
    public bool IsByHand { get; init; }

    /// <summary>Code of the playbook a person gave it; null where it goes by the rules.</summary>
    public string? Playbook { get; init; }

    /// <summary>What was known when its work was last done.</summary>
    public string? DoneWith { get; init; }

    public static CollectionAccount Evolve(CollectionAccount account, object e) => e switch
    {
        CollectorAssigned assigned => account with
        {
            Collector = assigned.Collector,
            IsByHand = assigned is { Rule: null, Collector: not null },
        },
        PlaybookAssigned assigned => account with { Playbook = assigned.Playbook },
        WorkDone done => account with { DoneWith = done.Fingerprint },
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
    /// <summary>
    /// Gives the customer to a collector; saying the same again is nothing. Given to nobody by a person, it is the
    /// rules' again.
    /// </summary>
    public static Decision Assign(CollectionAccount account, CollectorAssigned assigned)
    {
        ArgumentNullException.ThrowIfNull(account);
        ArgumentNullException.ThrowIfNull(assigned);
        if (assigned.Rule is not null && account.IsByHand)
            return Decision.Nothing;
        var byHand = assigned is { Rule: null, Collector: not null };
        return account.Collector == assigned.Collector && account.IsByHand == byHand
            ? Decision.Nothing
            : Decision.Of(assigned);
    }

    /// <summary>Gives the customer a playbook of its own; saying the same again is nothing.</summary>
    public static Decision Assign(CollectionAccount account, PlaybookAssigned assigned)
    {
        ArgumentNullException.ThrowIfNull(account);
        ArgumentNullException.ThrowIfNull(assigned);
        return account.Playbook == assigned.Playbook ? Decision.Nothing : Decision.Of(assigned);
    }

    /// <summary>Takes it off the worklist until something about it changes.</summary>
    public static Decision Finish(CollectionAccount account, WorkDone done)
    {
        ArgumentNullException.ThrowIfNull(account);
        ArgumentNullException.ThrowIfNull(done);
        return account.DoneWith == done.Fingerprint ? Decision.Nothing : Decision.Of(done);
    }
}
