using Npgsql;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Accounts;

/// <summary>What amounts are in the currency of a legal entity's books, by the newest daily rates of a month.</summary>
/// <param name="Base">The currency of the books.</param>
/// <param name="Rates">By currency: what one unit of it is in that of the books.</param>
public sealed record EntityRates(Currency Base, IReadOnlyDictionary<Currency, decimal> Rates)
{
    /// <summary>In $1 legal entities and in $2 the days it is there.</summary>
    private const string Select =
        """
        select e.code, l.base_currency, r.currency, r.rate from unnest($1, $2) as e (code, today)
        join legal_entities l on l.code = e.code and l.base_currency is not null
        left join lateral (
            select distinct on (o.currency) o.currency, o.rate from exchange_rates x
            cross join lateral unnest(x.currencies, x.rates) as o (currency, rate)
            where x.legal_entity = e.code and x.base = l.base_currency
            and x.day <= e.today and x.day > e.today - 31 order by o.currency, x.day desc) r on true
        """;

    /// <summary>Those of legal entities, by the day it is there.</summary>
    public static async Task<IReadOnlyDictionary<string, EntityRates>> ReadAsync(
        NpgsqlDataSource database, IReadOnlyDictionary<string, DateOnly> todays, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(database);
        ArgumentNullException.ThrowIfNull(todays);
        await using var command = database.CreateCommand(Select);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. todays.Keys] });
        command.Parameters.Add(new NpgsqlParameter<DateOnly[]> { TypedValue = [.. todays.Values] });
        var rows = await command.ReadAsync(
            row => (Code: row.GetString(0), Base: row.GetString(1), Currency: row.Text(2),
                Rate: row.Optional<decimal>(3)),
            cancellation);
        return rows.GroupBy(row => (row.Code, row.Base)).ToDictionary(
            one => one.Key.Code,
            one => new EntityRates(
                Currency.Of(one.Key.Base),
                one.Where(row => row.Currency is not null)
                    .ToDictionary(row => Currency.Of(row.Currency!), row => row.Rate!.Value)),
            StringComparer.Ordinal);
    }

    /// <summary>True where amounts of the currency can be compared with others.</summary>
    public bool Knows(Currency currency) => currency == Base || Rates.ContainsKey(currency);

    /// <summary>
    /// The sum in the currency of the books. An amount without a rate counts as the bare number: it is not lost from
    /// sight, and whoever looks is told.
    /// </summary>
    public Money Sum(IEnumerable<Money> amounts)
    {
        ArgumentNullException.ThrowIfNull(amounts);
        return Money.Round(amounts.Sum(one => one.Amount * Rates.GetValueOrDefault(one.Currency, 1)), Base);
    }
}
