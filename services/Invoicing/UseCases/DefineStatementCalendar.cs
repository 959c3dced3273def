using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Customers;
using OrderToCash.Invoicing.LegalEntities;
using OrderToCash.Invoicing.Statements;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>Which statements of a legal entity are made and mailed by themselves, and when.</summary>
public static class DefineStatementCalendar
{
    /// <summary>One cycle.</summary>
    /// <param name="Cycle"><c>weekly</c>, <c>monthly</c> or <c>quarterly</c>.</param>
    /// <param name="DaysAfter">1 to 20 days after the last day of the period.</param>
    /// <param name="Pdf">Statements go as PDF files; else the mail itself is the statement.</param>
    public sealed record Wish(StatementCycle Cycle, int DaysAfter = 1, bool Pdf = true);

    /// <summary>All of it; a cycle that is left out is made by hand.</summary>
    public sealed record Request(IReadOnlyList<Wish> Cycles);

    /// <summary>The calendar as the API shows it.</summary>
    public sealed record View(string LegalEntity, IReadOnlyList<AutomaticCycle> Cycles, long Version);

    public static void Map(IEndpointRouteBuilder routes)
    {
        const string path = "/legal-entities/{code}/statement-calendar";
        routes.MapPut(path, PutAsync).RequireScope(Scopes.InvoicingWrite)
            .Produces<View>().WithSummary("Define which statements are made by themselves");
        routes.MapGet(path, GetAsync).RequireScope(Scopes.InvoicingRead)
            .Produces<View>().WithSummary("Which statements are made by themselves");
        HistoryEndpoint.Map(
            routes, $"{path}/history", StatementCalendarStream.Type, Scopes.InvoicingRead,
            calendar => calendar.LegalEntity, values => StatementCalendarStream.Id($"{values["code"]}"));
    }

    private static async Task<IResult> PutAsync(string code, Request request, HttpCommand command)
    {
        if (command.Caller.Deny(code) is { } denied)
            return await command.RefuseAsync(denied);
        var entity = await command.Store.LoadAsync(
            LegalEntityStream.Type, LegalEntityStream.Id(code), command.Cancellation);
        if (entity.State.Definition is not { } definition)
            return await command.RefuseAsync(LegalEntityRefusals.Unknown(code));
        var wish = new StatementCalendarDefined(
            code, [.. request.Cycles.Select(one => new AutomaticCycle(one.Cycle, one.DaysAfter, one.Pdf, default))]);
        var today = command.Clock.Today(definition.TimeZone);
        return await command.DecideAsync(
            StatementCalendarStream.Type,
            StatementCalendarStream.Id(code),
            calendar => StatementCalendarDecider.Define(calendar, wish, today),
            decided => Reply.Ok(new View(code, decided.State.Cycles, decided.Version), decided.Version));
    }

    private static async Task<IResult> GetAsync(
        string code, Caller caller, EventStore store, CancellationToken cancellation)
    {
        if (caller.Deny(code) is { } denied)
            return Problems.From(denied);
        var (calendar, version) = await store.LoadAsync(
            StatementCalendarStream.Type, StatementCalendarStream.Id(code), cancellation);
        return calendar.LegalEntity is null
            ? Problems.From(Refusal.NotFound("statement calendar of", code))
            : Reply.Ok(new View(code, calendar.Cycles, version), version);
    }
}
