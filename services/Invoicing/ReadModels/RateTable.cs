using Npgsql;
using NpgsqlTypes;
using OrderToCash.EventSourcing;
using OrderToCash.EventSourcing.Projections;
using OrderToCash.Invoicing.ExchangeRates;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Invoicing.Periods;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.ReadModels;

/// <summary>Exchange rates by legal entity, type, currency and day.</summary>
public sealed class ExchangeRatesProjection : Projection
{
    public ExchangeRatesProjection()
        : base("exchange_rates", "exchange_rates")
    {
        On<ExchangeRatesSet>(
            "delete from exchange_rates r using unnest($1, $2, $3) as e (entity, type, day) " +
            "where r.legal_entity = e.entity and r.type = e.type and r.day = e.day",
            rows => rows
                .Column(e => e.Data.LegalEntity)
                .Column(e => e.Data.Type)
                .Column(e => e.Data.Day));
        OnEach<ExchangeRatesSet, (ExchangeRatesSet Sheet, CurrencyRate Rate)>(
            e => e.Data.Rates.Select(rate => (e.Data, rate)),
            "insert into exchange_rates (legal_entity, type, currency, day, rate) " +
            "select * from unnest($1, $2, $3, $4, $5)",
            rows => rows
                .Column(row => row.Sheet.LegalEntity)
                .Column(row => row.Sheet.Type)
                .Column(row => row.Rate.Currency)
                .Column(row => row.Sheet.Day)
                .Column(row => row.Rate.Rate));
    }
}

/// <summary>Finds rates: the latest one of the type set for the day or one of the ten days before it.</summary>
public static class RateTable
{
    private const string Select =
        """
        select w.entity, w.currency, w.day, r.day, r.rate
        from unnest($1, $2, $3) as w (entity, currency, day)
        cross join lateral (
            select day, rate from exchange_rates
            where legal_entity = w.entity and type = $4 and currency = w.currency and day <= w.day and day >= w.day - $5
            order by day desc limit 1) r
        """;

    /// <summary>One rate, or null where there is none.</summary>
    public static async Task<ExchangeRate?> FindAsync(
        NpgsqlDataSource database, string entity, string currency, DateOnly day, CancellationToken cancellation,
        string type = ExchangeRate.Daily) =>
        (await FindAsync(database, [(entity, currency, day)], cancellation, type)).GetValueOrDefault(
            (entity, currency, day));

    /// <summary>The rates of many in one query; what has none is left out.</summary>
    public static async Task<IReadOnlyDictionary<(string Entity, string Currency, DateOnly Day), ExchangeRate>>
        FindAsync(
        NpgsqlDataSource database, IReadOnlyList<(string Entity, string Currency, DateOnly Day)> wanted,
        CancellationToken cancellation, string type = ExchangeRate.Daily)
    {
        var found = new Dictionary<(string, string, DateOnly), ExchangeRate>();
        if (wanted.Count == 0)
            return found;
        await using var command = database.CreateCommand(Select);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. wanted.Select(one => one.Entity)] });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. wanted.Select(one => one.Currency)] });
        command.Parameters.Add(new NpgsqlParameter<DateOnly[]> { TypedValue = [.. wanted.Select(one => one.Day)] });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = type });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = ExchangeRate.MaxAgeDays });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            found[(reader.GetString(0), reader.GetString(1), reader.GetFieldValue<DateOnly>(2))] =
                new ExchangeRate(type, reader.GetFieldValue<DateOnly>(3), reader.GetDecimal(4));
        }

        return found;
    }

    /// <summary>
    /// The closing rates of a day by currency: the month-end rate, or the daily one where none was set; a currency
    /// without either is left out.
    /// </summary>
    public static async Task<IReadOnlyDictionary<string, ExchangeRate>> ClosingAsync(
        NpgsqlDataSource database, string entity, IReadOnlyList<string> currencies, DateOnly day,
        CancellationToken cancellation)
    {
        (string, string, DateOnly)[] wanted = [.. currencies.Select(currency => (entity, currency, day))];
        var closing = await FindAsync(database, wanted, cancellation, ExchangeRate.MonthEnd);
        var daily = await FindAsync(
            database, [.. wanted.Where(one => !closing.ContainsKey(one))], cancellation);
        return closing.Concat(daily).ToDictionary(one => one.Key.Currency, one => one.Value);
    }

    /// <summary>
    /// The daily rate of a receipt's value date, or null where there is none. From the first time on it is the same for
    /// that receipt, whatever rates are set later.
    /// </summary>
    public static async Task<ExchangeRate?> OfReceiptAsync(
        NpgsqlDataSource database, string entity, Guid receiptId, string currency, DateOnly valueDate,
        CancellationToken cancellation)
    {
        await using var command = database.CreateCommand("select day, rate from receipt_rate($1, $2, $3, $4)");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = entity });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = receiptId });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = currency });
        command.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = valueDate });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation)
            ? new ExchangeRate(ExchangeRate.Daily, reader.GetFieldValue<DateOnly>(0), reader.GetDecimal(1))
            : null;
    }

    /// <summary>Fixes the rate of a receipt or refund that has none of its own day; one that it has stays.</summary>
    public static async Task FixReceiptAsync(
        NpgsqlDataSource database, string entity, Guid receiptId, string currency, ExchangeRate rate,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(rate);
        await using var command = database.CreateCommand(
            "insert into receipt_rates (legal_entity, receipt_id, currency, day, rate) values ($1, $2, $3, $4, $5) " +
            "on conflict do nothing");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = entity });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = receiptId });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = currency });
        command.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = rate.Day });
        command.Parameters.Add(new NpgsqlParameter<decimal> { TypedValue = rate.Rate });
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>
    /// Orders what fixes the rate of a receipt or refund and what translates its entry: whoever comes second sees both.
    /// </summary>
    public static readonly TransactionLock OfSource = new("ordertocash:rate-of-source");

    /// <summary>Gives the received lines of an entry their base amounts, where there is a rate.</summary>
    public static NpgsqlBatchCommand TranslateReceived(string legalEntity, Currency books, Guid entryId) =>
        TranslateReceived(legalEntity, books, entryId, null);

    /// <summary>Gives received lines that had no rate their base amounts, after the rates of a day were set.</summary>
    public static NpgsqlBatchCommand TranslateReceived(string legalEntity, Currency books, DateOnly day) =>
        TranslateReceived(legalEntity, books, null, day);

    /// <summary>Why a period cannot be closed for want of a rate, or null.</summary>
    public static async Task<Refusal?> FindUntranslatedAsync(
        NpgsqlDataSource database, string entity, string baseCurrency, Period period, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand("select * from first_untranslated($1, $2, $3)");
        Add(command.Parameters, entity, baseCurrency, period.LastDay);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation)
            ? PeriodRefusals.Untranslated(
                period, reader.GetString(0), reader.GetString(1), reader.GetFieldValue<DateOnly>(2))
            : null;
    }

    /// <summary>The same in the transaction that closes it.</summary>
    public static NpgsqlBatchCommand CheckTranslated(string entity, string baseCurrency, DateOnly through)
    {
        var command = new NpgsqlBatchCommand("select check_translated($1, $2, $3)");
        Add(command.Parameters, entity, baseCurrency, through);
        return command;
    }

    private static void Add(
        NpgsqlParameterCollection parameters, string entity, string baseCurrency, DateOnly through)
    {
        parameters.Add(new NpgsqlParameter<string> { TypedValue = entity });
        parameters.Add(new NpgsqlParameter<string> { TypedValue = baseCurrency });
        parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = through });
    }

    private static NpgsqlBatchCommand TranslateReceived(
        string legalEntity, Currency books, Guid? entryId, DateOnly? day)
    {
        var command = new NpgsqlBatchCommand("select translate_received($1, $2, $3, $4, $5)");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = legalEntity });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = books.Code });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = books.MinorUnits });
        command.Parameters.Add(Optional(entryId, NpgsqlDbType.Uuid));
        command.Parameters.Add(Optional(day, NpgsqlDbType.Date));
        return command;
    }

    private static NpgsqlParameter Optional(object? value, NpgsqlDbType type) =>
        new() { Value = value ?? DBNull.Value, NpgsqlDbType = type };
}
