using OrderToCash.Invoicing.Customers;
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

    private static Task<IResult> PutAsync(string code, Request request, HttpCommand command)
    {
        var wish = new StatementCalendarDefined(
            code, [.. request.Cycles.Select(one => new AutomaticCycle(one.Cycle, one.DaysAfter, one.Pdf, default))]);
        return EntitySetting.PutAsync(
            code, command, StatementCalendarStream.Type, StatementCalendarStream.Id(code),
            (calendar, entity) => StatementCalendarDecider.Define(
                calendar, wish, command.Clock.Today(entity.TimeZone)),
            (calendar, version) => new View(code, calendar.Cycles, version));
    }

    private static Task<IResult> GetAsync(string code, HttpContext http) => EntitySetting.GetAsync(
        code, http, StatementCalendarStream.Type, StatementCalendarStream.Id(code),
        (calendar, version) => calendar.LegalEntity is null ? null : new View(code, calendar.Cycles, version));
}
