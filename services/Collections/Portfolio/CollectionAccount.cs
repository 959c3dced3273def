using OrderToCash.Collections.Holds;
using OrderToCash.Collections.Playbooks;
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
/// <param name="Reason">Why.</param>
/// <param name="Until">The last day, in the legal entity's calendar; null where it has no end.</param>
public sealed record PlaybookAssigned(
    Guid CustomerId, string LegalEntity, string? Playbook, string Reason, DateOnly? Until = null);

/// <summary>The playbook that a person gave a customer.</summary>
/// <param name="Code">Its code, or <c>none</c>.</param>
/// <param name="Until">The last day, in the legal entity's calendar; null where it has no end.</param>
public sealed record GivenPlaybook(string Code, DateOnly? Until = null)
{
    /// <summary>Its code on a day; null once it is over: the customer goes by the rules again.</summary>
    public string? On(DateOnly day) => day > Until ? null : Code;
}

/// <summary>
/// What persons gave a customer and those merged into it. Runs, simulations and the worklist go by it.
/// </summary>
/// <param name="Own">The playbook the customer itself was given, or null.</param>
/// <param name="NoneUntil">The last day on which one of them goes by none; null where none of them does.</param>
public sealed record CompanyPlaybook(GivenPlaybook? Own, DateOnly? NoneUntil = null)
{
    /// <summary>Code of the playbook on a day; null where it goes by the rules.</summary>
    public string? On(DateOnly day) => day <= NoneUntil ? CustomerPlaybooks.None : Own?.On(day);
}

/// <summary>
/// All work due on a customer is done: it leaves the worklist until something about it changes, or a day has come.
/// </summary>
/// <param name="CustomerId">The customer.</param>
/// <param name="LegalEntity">Whose customer.</param>
/// <param name="Fingerprint">What was known about it then.</param>
/// <param name="Note">What was done, in words.</param>
/// <param name="Until">The day, in the legal entity's calendar, on which it is listed again; null where it is once
/// something changes.</param>
public sealed record WorkDone(
    Guid CustomerId, string LegalEntity, string Fingerprint, string Note, DateOnly? Until = null);

/// <summary>Who looks after a customer, and whether there is something to do.</summary>
public sealed record CollectionAccount
{
    public static readonly CollectionAccount Initial = new();

    /// <summary>Subject of the collector; null while nobody does.</summary>
    public string? Collector { get; init; }

    /// <summary>A person has given it to its collector: rules leave it alone.</summary>
    public bool IsByHand { get; init; }

    /// <summary>The playbook a person gave it; null where it goes by the rules.</summary>
    public GivenPlaybook? Playbook { get; init; }

    /// <summary>Why, in the person's words.</summary>
    public string? PlaybookReason { get; init; }

    /// <summary>What was known when its work was last done.</summary>
    public string? DoneWith { get; init; }

    /// <summary>The day on which it is listed again though nothing has changed; null where it is not.</summary>
    public DateOnly? DoneUntil { get; init; }

    public static CollectionAccount Evolve(CollectionAccount account, object e) => e switch
    {
        CollectorAssigned assigned => account with
        {
            Collector = assigned.Collector,
            IsByHand = assigned is { Rule: null, Collector: not null },
        },
        PlaybookAssigned assigned => account with
        {
            Playbook = assigned.Playbook is { } code ? new GivenPlaybook(code, assigned.Until) : null,
            PlaybookReason = assigned.Reason,
        },
        WorkDone done => account with { DoneWith = done.Fingerprint, DoneUntil = done.Until },
        _ => account,
    };
}

public static class CollectionAccountStream
{
    public static readonly StreamType<CollectionAccount> Type =
        new("collection_account", CollectionAccount.Initial, CollectionAccount.Evolve);

    public static Guid Id(Guid customerId) => Ids.From("collection-account", customerId.ToString("D"));
}

/// <summary>Why a customer may be refused a playbook of its own.</summary>
public static class CollectionAccountRefusals
{
    public static Refusal Until(DateOnly today) => new(
        "playbook-until",
        $"The last day is {today:yyyy-MM-dd} or later, and only of a playbook or none that is given.", Field: "/until");

    public static Refusal NeverEnds(DateOnly today, DateOnly latest) => new(
        "playbook-until",
        $"No playbook at all has a last day, from {today:yyyy-MM-dd} to {latest:yyyy-MM-dd}; for longer, or with " +
        "somebody who ends it, place a dunning block.", Field: "/until");

    public static Refusal ListedAgain(DateOnly earliest, DateOnly latest) => new(
        "done-until", $"It is listed again on a day from {earliest:yyyy-MM-dd} to {latest:yyyy-MM-dd}, or once " +
        "something changes.", Field: "/until");

    public static Refusal Merged(Guid survivor) => Refusal.State(
        "customer-merged", $"The customer was merged into {survivor}, whose playbook counts for both.");
}

/// <summary>What may become of a customer's place in the portfolio.</summary>
public static class CollectionAccountDecider
{
    /// <summary>So many days work that is done stays off the worklist at most where a day is named.</summary>
    public const int LongestRest = 90;

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

    /// <summary>
    /// Gives the customer a playbook of its own, or lets it go by the rules again; saying the same again is nothing. To
    /// go by none ends by itself, at most as late as a hold does, so that nobody is forgotten.
    /// </summary>
    /// <param name="account">The customer's place in the portfolio.</param>
    /// <param name="assigned">What a person wants.</param>
    /// <param name="today">The day it is at the legal entity.</param>
    public static Decision Assign(CollectionAccount account, PlaybookAssigned assigned, DateOnly today)
    {
        ArgumentNullException.ThrowIfNull(account);
        ArgumentNullException.ThrowIfNull(assigned);
        if (assigned.Until < today || assigned is { Playbook: null, Until: not null })
            return CollectionAccountRefusals.Until(today);
        var latest = today.AddDays(HoldDecider.LongestDays);
        if (assigned.Playbook == CustomerPlaybooks.None && !(assigned.Until <= latest))
            return CollectionAccountRefusals.NeverEnds(today, latest);
        var after = CollectionAccount.Evolve(account, assigned);
        return after == account || after.Playbook is null && account.Playbook is null
            ? Decision.Nothing
            : Decision.Of(assigned);
    }

    /// <summary>
    /// Takes it off the worklist until something about it changes, at the latest until a day that is not far: what is
    /// put off for longer is a hold or a task.
    /// </summary>
    /// <param name="account">The customer's place in the portfolio.</param>
    /// <param name="done">What was done.</param>
    /// <param name="today">The day it is at the legal entity.</param>
    public static Decision Finish(CollectionAccount account, WorkDone done, DateOnly today)
    {
        ArgumentNullException.ThrowIfNull(account);
        ArgumentNullException.ThrowIfNull(done);
        if (done.Until <= today || done.Until > today.AddDays(LongestRest))
            return CollectionAccountRefusals.ListedAgain(today.AddDays(1), today.AddDays(LongestRest));
        return account.DoneWith == done.Fingerprint && account.DoneUntil == done.Until
            ? Decision.Nothing
            : Decision.Of(done);
    }
}
