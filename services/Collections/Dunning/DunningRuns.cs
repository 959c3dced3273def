using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Dunning;

/// <summary>A dunning run was carried out: what it decided, blocked notices included.</summary>
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

/// <summary>What a run decided about one customer.</summary>
/// <param name="NoticeId">The notice; null when it was blocked.</param>
/// <param name="CustomerId">The customer.</param>
/// <param name="Step">Code of the playbook step.</param>
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
    Money? Fee = null);

/// <summary>
/// All runs of one legal entity. They are one stream, so two runs at once cannot both decide on the same facts.
/// </summary>
public sealed record DunningRuns
{
    public static readonly DunningRuns Initial = new();

    /// <summary>The latest day a run was for; null before the first.</summary>
    public DateOnly? LastDate { get; init; }

    /// <summary>The latest day whose run the clock started; null before the first.</summary>
    public DateOnly? LastByClock { get; init; }

    public static DunningRuns Evolve(DunningRuns runs, object e) => e switch
    {
        DunningRunDone done => runs with
        {
            LastDate = Later(runs.LastDate, done.Date),
            LastByClock = done.ByClock ? Later(runs.LastByClock, done.Date) : runs.LastByClock,
        },
        _ => runs,
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

    public static Refusal NothingOpen(Guid customerId) => new(
        "nothing-open", $"Nothing may be asked for of customer {customerId}.", Field: "/customerId");

    public static Refusal DateInFuture(DateOnly date, DateOnly today) => new(
        "date-in-future",
        $"It is {today:yyyy-MM-dd} at the legal entity; a notice of {date:yyyy-MM-dd} would tell of days that " +
        "have not passed. Ask for a preview instead.", Field: "/date");
}
