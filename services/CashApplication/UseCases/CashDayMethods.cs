using Dapper;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>A day of a bank account by one way of paying.</summary>
/// <param name="Method"><c>wire</c>, <c>ach</c>, <c>card</c>, <c>check</c>, <c>cash</c> or <c>lockbox</c>.</param>
/// <param name="Credits">What the bank's entries come to that brought such receipts.</param>
/// <param name="Entries">How many entries; a deposit that was entered item by item counts for none.</param>
/// <param name="Receipts">What these receipts come to.</param>
/// <param name="Count">How many receipts.</param>
/// <param name="Ledger">What they moved on the ledger account of the bank.</param>
/// <param name="Ties">True when all three say the same.</param>
public sealed record CashDayMethod(
    string Method, Money Credits, int Entries, Money Receipts, int Count, Money Ledger, bool Ties);

/// <summary>
/// CASH-23: bank, receipts and ledger of days, by the way of paying. An entry is of the kind of the receipts that it
/// brought; of one that brought several kinds each has its own receipts. What a person told to be a deposit's, or a
/// customer's after all, stands for itself: that it is the entry's money was held against it then. Of settlements it is
/// what was paid, with the fee that was kept. Refunds that came back are none of these.
/// </summary>
internal static class CashDayMethods
{
    private const string Figures = """
        with day_receipts as (
            select r.id, r.bank_account, r.booking_date as day, r.method, r.amount, p.amount as ledger
            from receipts r
            left join bank_postings p on p.receipt_id = r.id and p.kind in ('receipt-booked', 'receipt-cleared')
                and p.bank_account = r.bank_account
            where r.booking_date between @from and @to and r.import_id is not null and r.bank_account is not null
                and (@bankAccount::text is null or r.bank_account = @bankAccount)
                and (@entities::text[] is null or r.legal_entity = any(@entities))
        ), lines as (
            select l.import_id, l.statement, l.entry, l.bank_account, l.booking_date as day, l.receipt_ids,
                l.amount - coalesce((
                    select sum(o.amount) from returned_credits o
                    where o.import_id = l.import_id and o.statement = l.statement and o.entry = l.entry), 0) as amount
            from statement_lines l join bank_accounts b on b.code = l.bank_account
            where l.booking_date between @from and @to and l.amount > 0
                and l.class in ('receipt', 'payment-returned')
                and (@bankAccount::text is null or l.bank_account = @bankAccount)
                and (@entities::text[] is null or b.legal_entity = any(@entities))
        ), told as (
            select l.import_id, l.statement, l.entry, l.bank_account, l.day, l.amount,
                cardinality(l.receipt_ids) as receipts, r.id, r.method, r.amount as part
            from lines l cross join unnest(l.receipt_ids) as brought(id) join day_receipts r on r.id = brought.id
        ), entries as (
            select bank_account, day, method, case
                when count(*) = receipts then amount else sum(part) end as credits, 1 as entries
            from told group by import_id, statement, entry, bank_account, day, amount, receipts, method
        ), bank as (
            select bank_account, day, method, credits, entries from entries
            union all
            select r.bank_account, r.day, r.method, r.amount, 0 from day_receipts r
            where not exists (select 1 from told t where t.id = r.id)
        )
        select k.bank_account, k.day, k.method, a.currency, coalesce(b.credits, 0) as credits,
            coalesce(b.entries, 0)::int as entries, k.receipts, k.count::int as count, k.ledger
        from (
            select bank_account, day, method, sum(amount) as receipts, count(*) as count,
                coalesce(sum(ledger), 0) as ledger
            from day_receipts group by bank_account, day, method
        ) k
        left join (
            select bank_account, day, method, sum(credits) as credits, sum(entries) as entries
            from bank group by bank_account, day, method
        ) b using (bank_account, day, method)
        join bank_accounts a on a.code = k.bank_account
        order by k.bank_account, k.day, k.method
        """;

    /// <summary>By bank account and day, in this order.</summary>
    /// <param name="store">Where they are.</param>
    /// <param name="from">First day.</param>
    /// <param name="to">Last day.</param>
    /// <param name="bankAccount">Code of the account, or null for all.</param>
    /// <param name="entities">The caller's legal entities (<c>entities</c>).</param>
    /// <param name="cancellation">Ends it.</param>
    public static async Task<ILookup<(string BankAccount, DateOnly Day), CashDayMethod>> ReadAsync(
        EventStore store, DateOnly from, DateOnly to, string? bankAccount, DynamicParameters entities,
        CancellationToken cancellation)
    {
        var parameters = new DynamicParameters(entities);
        parameters.Add("from", from);
        parameters.Add("to", to);
        parameters.Add("bankAccount", bankAccount);
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        var rows = await connection.QueryAsync<Row>(
            new CommandDefinition(Figures, parameters, cancellationToken: cancellation));
        return rows.ToLookup(row => (row.BankAccount, row.Day), row => row.ToView());
    }

    private sealed class Row
    {
        public string BankAccount { get; init; } = "";
        public DateOnly Day { get; init; }
        public string Method { get; init; } = "";
        public string Currency { get; init; } = "";
        public decimal Credits { get; init; }
        public int Entries { get; init; }
        public decimal Receipts { get; init; }
        public int Count { get; init; }
        public decimal Ledger { get; init; }

        public CashDayMethod ToView()
        {
            return new CashDayMethod(
                Method, Of(Credits), Entries, Of(Receipts), Count, Of(Ledger),
                Credits == Receipts && Receipts == Ledger);

            Money Of(decimal amount) => Money.Of(amount, Currency);
        }
    }
}
