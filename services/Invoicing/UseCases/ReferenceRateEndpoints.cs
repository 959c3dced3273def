using Dapper;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.ReferenceRates;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>
/// Sets and shows the published rates that interest by law is so many points above, by half-year: 1 January and 1 July.
/// </summary>
public static class ReferenceRateEndpoints
{
    private const int MaxRows = 500;

    /// <summary>The rate.</summary>
    /// <param name="Percent">A year, from -100 to 100, with at most 4 decimals.</param>
    public sealed record Request(decimal Percent);

    /// <summary>The rate of a half-year.</summary>
    /// <param name="ValidFrom">1 January or 1 July.</param>
    public sealed record Row(string Name, DateOnly ValidFrom, decimal Percent);

    /// <summary>The rates of a legal entity.</summary>
    /// <param name="Rates">The latest 500, newest first.</param>
    public sealed record Response(string LegalEntity, IReadOnlyList<Row> Rates);

    private const string Select =
        """
        select name, valid_from, percent from reference_rates
        where legal_entity = @code and (@name::text is null or name = @name)
        order by valid_from desc, name limit @limit
        """;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPut("/legal-entities/{code}/reference-rates/{name}/{validFrom}", SetAsync)
            .RequireScopeOr(Scopes.InvoicingBooks, Scopes.Admin).Produces<Row>()
            .WithSummary("Set a published reference rate for a half-year");
        routes.MapGet("/legal-entities/{code}/reference-rates", ListAsync)
            .RequireScope(Scopes.InvoicingRead).Produces<Response>().WithSummary("Reference rates by half-year");
        HistoryEndpoint.Map(
            routes, "/legal-entities/{code}/reference-rates/{name}/history", ReferenceRateStream.Type,
            Scopes.InvoicingRead, rate => rate.LegalEntity,
            values => ReferenceRateStream.Id($"{values["code"]}", $"{values["name"]}"));
    }

    private static async Task<IResult> SetAsync(
        string code, string name, DateOnly validFrom, Request request, HttpCommand command)
    {
        var (entity, refusal) = await ReadPeriods.FindAsync(
            code, command.Caller, command.Store, command.Cancellation);
        if (entity is null)
            return await command.RefuseAsync(refusal!);
        var wish = new ReferenceRateSet(code, name, validFrom, request.Percent);
        return await command.DecideAsync(
            ReferenceRateStream.Type,
            ReferenceRateStream.Id(code, name),
            rate => ReferenceRateDecider.Set(rate, wish),
            decided => Reply.Ok(
                new Row(name, validFrom, decided.State.Percents[validFrom]), decided.Version));
    }

    private static async Task<IResult> ListAsync(
        HttpContext http, string code, Caller caller, EventStore store, CancellationToken cancellation,
        string? name = null)
    {
        var (entity, refusal) = await ReadPeriods.FindAsync(code, caller, store, cancellation);
        if (entity is null)
            return Problems.From(refusal!);
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        var rows = (await connection.QueryAsync<(string Name, DateOnly ValidFrom, decimal Percent)>(
            new CommandDefinition(Select, new { code, name, limit = MaxRows }, cancellationToken: cancellation)))
            .Select(row => new Row(row.Name, row.ValidFrom, row.Percent)).ToList();
        return Tables.Result(http, new Response(code, rows), () => Table.Of(rows));
    }
}
