using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Dunning;

/// <summary>
/// A dunning run was carried out as a whole: what it decided, blocked notices included. So it was stored before runs
/// were made part by part.
/// </summary>
/// <param name="RunId">The run.</param>
/// <param name="LegalEntity">Whose receivables.</param>
/// <param name="Date">Day of the run in the entity's calendar.</param>
/// <param name="Playbook">Code of the playbook of customers that neither a rule nor a person gives another.</param>
/// <param name="PlaybookVersion">Which version of it.</param>
/// <param name="Notices">One per customer with something due.</param>
/// <param name="ByClock">The legal entity's schedule started it, and no person.</param>
public sealed record DunningRunDone(
    Guid RunId, string LegalEntity, DateOnly Date, string Playbook, long PlaybookVersion,
    IReadOnlyList<RunNotice> Notices, bool ByClock = false);

/// <summary>A dunning run began. It sees to its customers part by part (<see cref="DunningRun"/>).</summary>
/// <param name="RunId">The run.</param>
/// <param name="LegalEntity">Whose receivables.</param>
/// <param name="Date">Day of the run in the entity's calendar.</param>
/// <param name="Playbook">Code of the playbook of customers that neither a rule nor a person gives another.</param>
/// <param name="PlaybookVersion">Which version of it, as the run began.</param>
/// <param name="ByClock">The legal entity's schedule started it, and no person.</param>
public sealed record DunningRunStarted(
    Guid RunId, string LegalEntity, DateOnly Date, string Playbook, long PlaybookVersion, bool ByClock);

/// <summary>A dunning run is over.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Notices">How many notices it decided on, those that were blocked included.</param>
/// <param name="IsBrokenOff">Its day ended before it had seen to all customers; the others are the next run's.</param>
public sealed record DunningRunFinished(Guid RunId, int Notices, bool IsBrokenOff = false);

/// <summary>What a run decided about one customer.</summary>
/// <param name="NoticeId">The notice; null when it was blocked.</param>
/// <param name="CustomerId">The customer.</param>
/// <param name="Step">Code of the playbook step; empty, and nothing asked for, of a customer at fault
/// (<see cref="Blocks.Fault"/>).</param>
/// <param name="Channel">How it reaches the customer.</param>
/// <param name="Items">What it asks for.</param>
/// <param name="Totals">Sums of the items per currency, the currency of the account first.</param>
/// <param name="BlockedBy">Why it was not sent, or null.</param>
/// <param name="Playbook">Code of the customer's playbook; null where it is that of the run.</param>
/// <param name="PlaybookVersion">Which version of it; null where it is that of the run.</param>
/// <param name="Fee">What it costs the customer; null for nothing.</param>
public sealed record RunNotice(
    Guid? NoticeId, Guid CustomerId, string Step, Playbooks.NoticeChannel Channel, IReadOnlyList<NoticeItem> Items,
    IReadOnlyList<Money> Totals, string? BlockedBy, string? Playbook = null, long? PlaybookVersion = null,
    Money? Fee = null)
{
    /// <summary>What the customer has to its credit, taken off the totals; null for nothing.</summary>
    public IReadOnlyList<Notices.Deduction>? Deductions { get; init; }
}

/// <summary>
/// All runs of one legal entity. They are one stream, and while one is under way no other begins: two runs at once
/// never decide on the same facts.
/// </summary>
public sealed record DunningRuns
{
    public static readonly DunningRuns Initial = new();

    /// <summary>The latest day a run was for; null before the first.</summary>
    public DateOnly? LastDate { get; init; }

    /// <summary>The latest day whose run the clock started; null before the first.</summary>
    public DateOnly? LastByClock { get; init; }

    /// <summary>The run that is under way, or null.</summary>
    public Guid? UnderWay { get; init; }

    public static DunningRuns Evolve(DunningRuns runs, object e) => e switch
    {
        DunningRunStarted started => runs.With(started.Date, started.ByClock) with { UnderWay = started.RunId },
        DunningRunFinished => runs with { UnderWay = null },
        DunningRunDone done => runs.With(done.Date, done.ByClock),
        _ => runs,
    };

    private DunningRuns With(DateOnly date, bool byClock) => this with
    {
        LastDate = Later(LastDate, date),
        LastByClock = byClock ? Later(LastByClock, date) : LastByClock,
    };

    private static DateOnly Later(DateOnly? known, DateOnly date) => known is { } day && day > date ? day : date;
}

public static class DunningRunsStream
{
    public static readonly StreamType<DunningRuns> Type = new("dunning_runs", DunningRuns.Initial, DunningRuns.Evolve);

    public static Guid Id(string legalEntity) => Ids.From("dunning-runs", legalEntity);
}

/// <summary>Why a run may be refused.</summary>
public static class DunningRefusals
{
    public static Refusal UnknownLegalEntity(string code) => new(
        "unknown-legal-entity", $"There is no legal entity {code} here; Invoicing defines it.", Field: "/legalEntity");

    public static Refusal UnderWay(Guid runId) => Refusal.State(
        "run-under-way", $"Run {runId} of the legal entity is under way; another one begins when it is over.");

    public static Refusal NothingOpen(Guid customerId) => new(
        "nothing-open", $"Nothing may be asked for of customer {customerId}.", Field: "/customerId");

    public static Refusal DateInFuture(DateOnly date, DateOnly today) => new(
        "date-in-future",
        $"It is {today:yyyy-MM-dd} at the legal entity; a notice of {date:yyyy-MM-dd} would tell of days that " +
        "have not passed. Ask for a preview instead.", Field: "/date");
}
