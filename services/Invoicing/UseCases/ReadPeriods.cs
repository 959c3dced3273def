using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.LegalEntities;
using OrderToCash.Invoicing.Periods;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>How far a period has come.</summary>
public enum PeriodStatus
{
    /// <summary>It takes postings.</summary>
    Open,

    /// <summary>It takes adjustments of certain people only.</summary>
    SoftClosed,

    /// <summary>It takes nothing.</summary>
    Closed,
}

/// <summary>A period as the API shows it.</summary>
/// <param name="Period">E.g. <c>2026-10</c>.</param>
/// <param name="FirstOpenDay">First day that takes postings of everybody; null where nothing was ever closed.</param>
/// <param name="AdjustingRoles">Who may still post into a softly closed period.</param>
public sealed record PeriodView(
    string LegalEntity, string Period, PeriodStatus Status, DateOnly? ClosedThrough, DateOnly? SoftClosedThrough,
    DateOnly? FirstOpenDay, IReadOnlyList<string> AdjustingRoles, long Version)
{
    public static PeriodView Of(string legalEntity, Period period, AccountingCalendar calendar, long version) => new(
        legalEntity, period.ToString(),
        period.LastDay <= calendar.ClosedThrough ? PeriodStatus.Closed
            : period.LastDay <= calendar.SoftClosedThrough ? PeriodStatus.SoftClosed
            : PeriodStatus.Open,
        calendar.ClosedThrough, calendar.SoftClosedThrough,
        calendar.FirstOpenDay > DateOnly.MinValue ? calendar.FirstOpenDay : null,
        [.. calendar.AdjustingRoles.Order(StringComparer.Ordinal)], version);
}

/// <summary>Shows the periods of a legal entity.</summary>
public static class ReadPeriods
{
    private const int Shown = 24;

    /// <summary>The calendar of a legal entity.</summary>
    /// <param name="Periods">This month and those before it, the latest first.</param>
    public sealed record Response(string LegalEntity, IReadOnlyList<PeriodView> Periods);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/periods/{entity}", ListAsync)
            .RequireScope(Scopes.InvoicingRead).Produces<Response>().WithSummary("Accounting periods of two years");
        routes.MapGet("/periods/{entity}/{period}", GetAsync)
            .RequireScope(Scopes.InvoicingRead).Produces<PeriodView>().WithSummary("One accounting period");
        HistoryEndpoint.Map(
            routes, "/periods/{entity}/history", AccountingCalendarStream.Type, Scopes.InvoicingRead,
            calendar => calendar.LegalEntity, values => AccountingCalendarStream.Id($"{values["entity"]}"));
    }

    private static async Task<IResult> ListAsync(
        string entity, Caller caller, EventStore store, TimeProvider clock, CancellationToken cancellation)
    {
        var (definition, refusal) = await FindAsync(entity, caller, store, cancellation);
        if (definition is null)
            return Problems.From(refusal!);
        var (calendar, version) = await store.LoadAsync(
            AccountingCalendarStream.Type, AccountingCalendarStream.Id(entity), cancellation);
        var current = Period.Of(clock.Today(definition.TimeZone));
        return Reply.Ok(new Response(entity, [
            .. Enumerable.Range(0, Shown).Select(back => PeriodView.Of(
                entity, new Period(current.FirstDay.AddMonths(-back)), calendar, version)),
        ]), version);
    }

    private static async Task<IResult> GetAsync(
        string entity, string period, Caller caller, EventStore store, CancellationToken cancellation)
    {
        var (definition, refusal) = await FindAsync(entity, caller, store, cancellation);
        if (definition is null)
            return Problems.From(refusal!);
        if (!Period.TryParse(period, out var month))
            return Malformed();
        var (calendar, version) = await store.LoadAsync(
            AccountingCalendarStream.Type, AccountingCalendarStream.Id(entity), cancellation);
        return Reply.Ok(PeriodView.Of(entity, month, calendar, version), version);
    }

    /// <summary>The legal entity, or why the caller does not get it.</summary>
    internal static async Task<(LegalEntityDefined? Entity, Refusal? Refusal)> FindAsync(
        string entity, Caller caller, EventStore store, CancellationToken cancellation)
    {
        if (caller.Deny(entity) is { } denied)
            return (null, denied);
        var loaded = await store.LoadAsync(LegalEntityStream.Type, LegalEntityStream.Id(entity), cancellation);
        return loaded.State.Definition is { } definition
            ? (definition, null)
            : (null, Refusal.NotFound("legal entity", entity));
    }

    internal static Problem Malformed() =>
        Problems.Malformed("bad-period", "/period", "period is a month such as 2026-10.");
}
