using Dapper;
using Npgsql;
using OrderToCash.CashApplication.ReadModels;
using OrderToCash.CashApplication.WriteOffs;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>Which rests are wanted.</summary>
/// <param name="Limit">The largest, in the currency of the receipts.</param>
/// <param name="EffectiveDate">Nothing of the receipt happened after this day, where its legal entity is.</param>
/// <param name="Skip">Receipts to leave out.</param>
internal sealed record RestsWanted(
    string LegalEntity, Money Limit, DateOnly EffectiveDate, IReadOnlyCollection<Guid> Skip);

/// <summary>A small rest with what a person looks at before it is given up.</summary>
internal sealed record FoundRest(SmallRest Rest, string? PayerName, DateOnly ValueDate, string Queue);

/// <summary>
/// Finds what is left of receipts: free, of one customer, not on account, with nothing on its way to an item or a
/// refund. What was given up of a receipt before counts against the limit. What is held of a file is not small change.
/// </summary>
internal static class SmallRests
{
    private const string Sql = $"""
        select r.id, r.number, r.customer_id, r.unapplied - r.on_account as rest, r.version, r.payer_name, r.value_date,
            coalesce(r.aside, case when r.customer_id is null then 'unidentified' else 'unexplained' end) as queue
        from receipts r
        join legal_entities e on e.code = r.legal_entity
        join mt_streams s on s.id = r.id
        where r.legal_entity = @legalEntity and r.currency = @currency and r.status <> 'reversed'
            and r.unapplied > r.on_account and r.unapplied - r.on_account + r.written_off <= @limit
            and r.pending = 0 and r.shares is null and {ReceiptRow.IsNotHeld}
            and r.posting_date <= @day and (s.timestamp at time zone e.time_zone)::date <= @day
            and not r.id = any(@skip)
        order by r.value_date, r.id
        limit @most
        """;

    /// <summary>The oldest of them, at most this many.</summary>
    public static async Task<IReadOnlyList<FoundRest>> FindAsync(
        NpgsqlDataSource database, RestsWanted wanted, int most, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            Sql,
            new
            {
                wanted.LegalEntity,
                currency = wanted.Limit.Currency.Code,
                limit = wanted.Limit.Amount,
                day = wanted.EffectiveDate,
                skip = wanted.Skip.ToArray(),
                most,
            },
            cancellationToken: cancellation));
        return
        [
            .. rows.Select(row => new FoundRest(
                new SmallRest(
                    row.Id, row.Number, row.CustomerId, Money.Of(row.Rest, wanted.Limit.Currency), row.Version),
                row.PayerName, row.ValueDate, row.Queue)),
        ];
    }

    private sealed class Row
    {
        public Guid Id { get; init; }
        public string Number { get; init; } = "";
        public Guid? CustomerId { get; init; }
        public decimal Rest { get; init; }
        public long Version { get; init; }
        public string? PayerName { get; init; }
        public DateOnly ValueDate { get; init; }
        public string Queue { get; init; } = "";
    }
}
