using MassTransit;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.Credit.Rates;
using OrderToCash.Messaging;

namespace OrderToCash.Credit.Integration;

/// <summary>
/// Takes over the rates of the day that Invoicing keeps its books by, so that nobody enters them twice; those of a
/// month end are no matter of credit. They hold for that legal entity alone: whoever keeps its books has no say in how
/// others count.
/// </summary>
public sealed class ExchangeRatesConsumer(Inbox inbox) : IConsumer<ExchangeRatesSet>
{
    private const string Daily = "daily";

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<ExchangeRatesSet> context)
    {
        var set = context.Message;
        if (set.Type != Daily || set.Rates.Count == 0)
            return Task.CompletedTask;
        var rates = new RatesPublished(
            set.BaseCurrency, set.Day, set.Rates.ToDictionary(rate => rate.Currency, rate => rate.Rate),
            new RateSource(set.LegalEntity, context.StreamVersion()));
        return inbox.DecideAsync(
            context, RateStream.Type, RateStream.Id(set.BaseCurrency, set.Day, set.LegalEntity),
            sheet => RatesDecider.Publish(sheet, rates));
    }
}
