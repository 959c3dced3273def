using MassTransit;
using Npgsql;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.Messaging;

namespace OrderToCash.Collections.Integration;

/// <summary>
/// Keeps the daily rates that legal entities keep their books by; those of a month end are no matter here.
/// </summary>
public sealed class ExchangeRatesConsumer(Inbox inbox) : IConsumer<ExchangeRatesSet>
{
    public const string Queue = "collections-exchange-rates";

    private const string Daily = "daily";

    private const string Upsert =
        "insert into exchange_rates (legal_entity, day, base, currencies, rates, version) " +
        "values ($1, $2, $3, $4, $5, $6) on conflict (legal_entity, day) do update set base = excluded.base, " +
        "currencies = excluded.currencies, rates = excluded.rates, version = excluded.version " +
        "where excluded.version >= exchange_rates.version";

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<ExchangeRatesSet> context)
    {
        var set = context.Message;
        if (set.Type != Daily)
            return inbox.WriteAsync(context);
        var command = new NpgsqlBatchCommand(Upsert);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = set.LegalEntity });
        command.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = set.Day });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = set.BaseCurrency });
        command.Parameters.Add(new NpgsqlParameter<string[]>
        {
            TypedValue = [.. set.Rates.Select(one => one.Currency)],
        });
        command.Parameters.Add(new NpgsqlParameter<decimal[]> { TypedValue = [.. set.Rates.Select(one => one.Rate)] });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = context.StreamVersion() });
        return inbox.WriteAsync(context, command);
    }
}
