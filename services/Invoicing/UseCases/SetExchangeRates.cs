using OrderToCash.Invoicing.ExchangeRates;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>Sets the exchange rates of a day; the whole of them is sent each time.</summary>
public static class SetExchangeRates
{
    /// <summary>The rates.</summary>
    /// <param name="Rates">1 to 200, of currencies other than the base currency.</param>
    public sealed record Request(IReadOnlyList<CurrencyRate> Rates);

    /// <summary>The rates of a day as the API shows them.</summary>
    public sealed record View(
        string LegalEntity, string BaseCurrency, string Type, DateOnly Day, IReadOnlyList<CurrencyRate> Rates,
        long Version)
    {
        public static View Of(ExchangeRatesSet set, long version) =>
            new(set.LegalEntity, set.BaseCurrency, set.Type, set.Day, set.Rates, version);
    }

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPut("/legal-entities/{code}/exchange-rates/{type}/{day}", HandleAsync)
        .RequireScopeOr(Scopes.InvoicingBooks, Scopes.Admin)
        .Produces<View>()
        .WithSummary("Set exchange rates: base currency per unit, by type (daily, month-end) and day");

    private static async Task<IResult> HandleAsync(
        string code, string type, DateOnly day, Request request, HttpCommand command)
    {
        var (entity, refusal) = await ReadPeriods.FindAsync(
            code, command.Caller, command.Store, command.Cancellation);
        if (entity is null)
            return await command.RefuseAsync(refusal!);
        var wish = new ExchangeRatesSet(code, entity.BaseCurrency, type, day, request.Rates);
        return await command.DecideAsync(
            RateSheetStream.Type,
            RateSheetStream.Id(code, type, day),
            sheet => RateSheetDecider.Set(sheet, wish),
            decided => Reply.Ok(View.Of(decided.State.Set!, decided.Version), decided.Version),
            with: (batch, _) =>
                batch.Row(RateTable.TranslateReceived(code, Currency.Of(entity.BaseCurrency), day)));
    }
}
