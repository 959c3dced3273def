namespace OrderToCash.CashApplication.UseCases;

/// <summary>
/// What a day of a bank account comes to beside its receipts, as all reports reckon it: joins beside a row
/// <c>d</c> that names the account and the day.
/// </summary>
internal static class DayFigures
{
    /// <summary>Refunds that came back and other credits of the day, as <c>f</c>.</summary>
    public const string ReturnedCredits = """
        left join lateral (
            select sum(o.amount) filter (where o.closed is not null) as closed,
                sum(o.amount) filter (where o.refund_id is not null) as refunds, sum(g.amount) as ledger
            from returned_credits o
            left join bank_postings g on g.refund_id = o.refund_id and g.kind = 'refund-returned'
                and g.bank_account = o.bank_account
            where o.bank_account = d.bank_account and o.booking_date = d.day
        ) f on true
        """;

    /// <summary>What processors kept of settlements of the day, below zero, as <c>s</c>.</summary>
    public const string SettlementFees = """
        left join lateral (
            select sum(p.amount) as fees from receipts r
            join bank_postings p on p.receipt_id = r.id and p.kind = 'settlement-fee'
            where r.bank_account = d.bank_account and r.booking_date = d.day
        ) s on true
        """;

    /// <summary>
    /// Fees of the day that are in the books, by the bank (<c>bank</c>) and by their entries (<c>ledger</c>), below
    /// zero where more was charged than given back, as <c>e</c>; and those that are not (<c>left_out</c>, and how many
    /// as <c>left_out_count</c>): they are none, were taken back, or the account named no ledger account then.
    /// </summary>
    public const string BankFees = """
        left join lateral (
            select sum(x.amount) filter (where x.posted <> 0) as bank, sum(x.posted) as ledger,
                sum(x.amount) filter (where coalesce(x.posted, 0) = 0) as left_out,
                count(*) filter (where coalesce(x.posted, 0) = 0)::int as left_out_count from (
                select t.amount, (
                    select sum(p.amount) from bank_postings p
                    where p.import_id = t.import_id and p.statement = t.statement and p.entry = t.entry) as posted
                from statement_lines t
                where t.bank_account = d.bank_account and t.booking_date = d.day and t.class in ('fee', 'fee-returned')
            ) x
        ) e on true
        """;
}
