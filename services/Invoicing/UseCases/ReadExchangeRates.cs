using Dapper;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.ExchangeRates;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>Shows exchange rates: those of a day as they were set, and which one is taken for a day.</summary>
public static class ReadExchangeRates
{
    private const int MaxRows = 500;

    /// <summary>A rate that was set.</summary>
    public sealed record Row(string Type, string Currency, DateOnly Day, decimal Rate);

    /// <summary>The rates of a legal entity.</summary>
    /// <param name="Rates">The latest 500, newest first.</param>
    public sealed record Response(string LegalEntity, string BaseCurrency, IReadOnlyList<Row> Rates);

    private const string Select =
        """
        select type, currency, day, rate from exchange_rates
        where legal_entity = @code and (@type::text is null or type = @type)
            and (@currency::text is null or currency = @currency) and (@day::date is null or day <= @day)
        order by day desc, type, currency limit @limit
        """;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/legal-entities/{code}/exchange-rates", ListAsync)
            .RequireScope(Scopes.InvoicingRead).Produces<Response>().WithSummary("Exchange rates up to a day");
        routes.MapGet("/legal-entities/{code}/exchange-rates/{type}/{day}/{currency}", FindAsync)
            .RequireScope(Scopes.InvoicingRead).Produces<ExchangeRate>()
            .WithSummary("The rate that is taken for a day: the latest one of that day or the ten days before it");
        HistoryEndpoint.Map(
            routes, "/legal-entities/{code}/exchange-rates/{type}/{day}/history", RateSheetStream.Type,
            Scopes.InvoicingRead, sheet => sheet.Set?.LegalEntity,
            values => DateOnly.TryParse(
                $"{values["day"]}", System.Globalization.CultureInfo.InvariantCulture, out var day)
                ? RateSheetStream.Id($"{values["code"]}", $"{values["type"]}", day)
                : null);
    }

    private static async Task<IResult> ListAsync(
        HttpContext http, string code, Caller caller, EventStore store, CancellationToken cancellation,
        string? type = null, string? currency = null, DateOnly? day = null)
    {
        var (entity, refusal) = await ReadPeriods.FindAsync(code, caller, store, cancellation);
        if (entity is null)
            return Problems.From(refusal!);
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        var rows = (await connection.QueryAsync<(string Type, string Currency, DateOnly Day, decimal Rate)>(
            new CommandDefinition(
            Select, new { code, type, currency, day, limit = MaxRows }, cancellationToken: cancellation)))
            .Select(row => new Row(row.Type, row.Currency, row.Day, row.Rate)).ToList();
        return Tables.Result(http, new Response(code, entity.BaseCurrency, rows), () => Table.Of(rows));
    }

    private static async Task<IResult> FindAsync(
        string code, string type, DateOnly day, string currency, Caller caller, EventStore store,
        CancellationToken cancellation)
    {
        var (entity, refusal) = await ReadPeriods.FindAsync(code, caller, store, cancellation);
        if (entity is null)
            return Problems.From(refusal!);
        var rate = await ReadModels.RateTable.FindAsync(store.Database, code, currency, day, cancellation, type);
        return rate is null
            ? Problems.From(Kernel.Refusal.NotFound($"{type} rate of {currency} for", $"{day:O}"))
            : Reply.Ok(rate);
    }
}
