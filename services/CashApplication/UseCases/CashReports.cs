using Dapper;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>What a bank account's statements of a day came to, and what was booked of it.</summary>
/// <param name="StatementCredits">Credits of statements and files, without lumps that files tell one by one.</param>
/// <param name="Difference">Statement credits less receipts, refunds, fees and other credits; zero when all is booked.
/// </param>
/// <param name="Lumps">Net sum that statements show of what comes by file, which books it.</param>
/// <param name="Ledger">What the entries of receipts, refunds and fees moved on the ledger account of the bank.</param>
/// <param name="Fees">What the bank charged, in the books or not.</param>
/// <param name="RefundsReturned">Refunds that came back.</param>
/// <param name="FeesReturned">Charges that the bank gave back.</param>
/// <param name="OtherCredits">Payments of ours that came back and are no refunds.</param>
/// <param name="SettlementFees">What processors kept of receipts that they settled.</param>
/// <param name="Others">Debits that are none of these.</param>
/// <param name="Payments">Debits by which the bank paid refunds of our payment files.</param>
/// <param name="PaymentsLedger">What the entries of these refunds took from the ledger account of the bank.</param>
/// <param name="FeesBooked">What the bank charged, less what it gave back, as far as it is in the books.</param>
public sealed record CashPostingRow(
    string BankAccount, string LegalEntity, Money StatementCredits, Money Receipts, int ReceiptCount, Money Difference,
    Money Ledger, Money StatementDebits, Money Fees, Money Returns, Money Others, Money Lumps, bool Ties,
    Money RefundsReturned, Money FeesReturned, Money OtherCredits, Money SettlementFees, Money Payments,
    Money PaymentsLedger, Money FeesBooked);

/// <summary>Receipts of a day by how the money came.</summary>
public sealed record CashMethodRow(string BankAccount, string Method, Money Receipts, int Count, Money Ledger);

/// <summary>The daily posting.</summary>
public sealed record CashPostingReport(
    DateOnly Date, IReadOnlyList<CashPostingRow> Rows, IReadOnlyList<CashMethodRow> Methods, bool Ties);

/// <summary>Where the money of all receipts of a legal entity is, in one currency.</summary>
/// <param name="Unapplied">Of known customers, what is kept on account included.</param>
/// <param name="Difference">Receipts less all the places; zero, or money is lost.</param>
public sealed record CashTieOutRow(
    string LegalEntity, Money Receipts, Money Applied, Money Unapplied, Money Unidentified, Money Pending,
    Money Refunded, Money WrittenOff, Money Reversed, Money Difference, int Count, bool Ties);

/// <summary>The proof that no receipt has lost money.</summary>
public sealed record CashTieOutReport(IReadOnlyList<CashTieOutRow> Rows, bool Ties);

/// <summary>Reports of this service.</summary>
public static class CashReports
{
    private const string Posting = $"""
        with {PaidOrders.Tied}
        select b.code as bank_account, b.legal_entity, b.currency,
            sum(l.amount) filter (where l.amount > 0 and l.class <> 'lump') as credits,
            sum(-l.amount) filter (where l.amount < 0 and l.class <> 'lump') as debits,
            sum(l.amount) filter (where l.class = 'lump') as lumps,
            sum(-l.amount) filter (where l.class = 'fee') as fees,
            sum(-l.amount) filter (where l.class = 'return') as returns,
            sum(-l.amount) filter (where l.class = 'other') as others,
            sum(l.amount) filter (where l.class = 'fee-returned') as fees_returned,
            coalesce(max(r.amount), 0) as receipts, coalesce(max(r.count), 0)::int as receipt_count,
            coalesce(max(r.ledger), 0) + coalesce(max(f.ledger), 0) + coalesce(max(s.fees), 0)
                + coalesce(max(e.ledger), 0) as ledger,
            -coalesce(max(s.fees), 0) as settlement_fees, -coalesce(max(e.bank), 0) as fees_booked,
            coalesce(max(f.refunds), 0) as refunds_returned, coalesce(max(f.closed), 0) as other_credits,
            coalesce(max(w.payments), 0) as payments, coalesce(max(w.ledger), 0) as payments_ledger
        from statement_lines l
        join bank_accounts b on b.code = l.bank_account
        cross join lateral (select b.code as bank_account, @date::date as day) d
        left join lateral (
            select sum(r.amount) as amount, count(*) as count, sum(p.amount) as ledger from receipts r
            left join bank_postings p on p.receipt_id = r.id and p.kind in ('receipt-booked', 'receipt-cleared')
            and p.bank_account = r.bank_account
            where r.bank_account = b.code and r.booking_date = @date and r.import_id is not null
        ) r on true
        {DayFigures.ReturnedCredits}
        {DayFigures.SettlementFees}
        {DayFigures.BankFees}
        left join lateral (
            select sum(t.amount) as payments, sum(g.ledger) as ledger from tied t
            left join lateral (
                select -sum(p.amount) as ledger from bank_postings p
                where p.refund_id = any(t.refunds) and p.kind = 'refund-paid' and p.bank_account = t.bank_account
            ) g on true
            where t.bank_account = b.code and t.booking_date = @date
        ) w on true
        where l.booking_date = @date and l.class not in ('information', 'already-booked', 'pending')
            and (@entities::text[] is null or b.legal_entity = any(@entities))
        group by b.code, b.legal_entity, b.currency
        order by b.code
        """;

    private const string TieOut = """
        select legal_entity, currency, sum(amount) as receipts, sum(applied) as applied,
            sum(unapplied) filter (where customer_id is not null) as unapplied,
            sum(unapplied) filter (where customer_id is null) as unidentified,
            sum(pending) as pending, sum(refunded) as refunded, sum(written_off) as written_off,
            sum(reversed) as reversed, count(*)::int as count
        from receipts
        where (@legalEntity::text is null or legal_entity = @legalEntity)
            and (@entities::text[] is null or legal_entity = any(@entities))
        group by legal_entity, currency
        order by legal_entity, currency
        """;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/reports/cash-posting", CashPosting)
            .RequireScope(Scopes.CashRead).Produces<CashPostingReport>().WithTags("Reports")
            .WithSummary("Statements of a day against what was booked, per bank account");
        routes.MapGet("/v1/reports/cash-tie-out", CashTieOut)
            .RequireScope(Scopes.CashRead).Produces<CashTieOutReport>().WithTags("Reports")
            .WithSummary("Receipts against where their money is");
    }

    private static async Task<IResult> CashPosting(DateOnly date, EventStore store, HttpContext http)
    {
        var parameters = new DynamicParameters();
        parameters.Add("date", date);
        parameters.Add("from", date);
        parameters.Add("to", date);
        parameters.Add("entities", Caller.Of(http).EntityFilter());
        var methods = (await CashDayMethods.ReadAsync(store, date, date, null, parameters, http.RequestAborted))
            .SelectMany(day => day.Select(one => new CashMethodRow(
                day.Key.BankAccount, one.Method, one.Receipts, one.Count, one.Ledger)));
        await using var connection = await store.Database.OpenConnectionAsync(http.RequestAborted);
        var found = await connection.QueryAsync<PostingRow>(
            new CommandDefinition(Posting, parameters, cancellationToken: http.RequestAborted));
        CashPostingRow[] rows = [.. found.Select(row => row.ToView())];
        var report = new CashPostingReport(date, rows, [.. methods], rows.All(row => row.Ties));
        return Tables.Result(http, report, () => Table.Of(rows));
    }

    private static async Task<IResult> CashTieOut(string? legalEntity, EventStore store, HttpContext http)
    {
        var parameters = new DynamicParameters();
        parameters.Add("legalEntity", legalEntity);
        parameters.Add("entities", Caller.Of(http).EntityFilter(legalEntity));
        await using var connection = await store.Database.OpenConnectionAsync(http.RequestAborted);
        var found = await connection.QueryAsync<TieOutRow>(
            new CommandDefinition(TieOut, parameters, cancellationToken: http.RequestAborted));
        CashTieOutRow[] rows = [.. found.Select(row => row.ToView())];
        var report = new CashTieOutReport(rows, rows.All(row => row.Ties));
        return Tables.Result(http, report, () => Table.Of(rows));
    }

    private sealed class PostingRow
    {
        public string BankAccount { get; init; } = "";
        public string LegalEntity { get; init; } = "";
        public string Currency { get; init; } = "";
        public decimal Credits { get; init; }
        public decimal Debits { get; init; }
        public decimal Fees { get; init; }
        public decimal Returns { get; init; }
        public decimal Others { get; init; }
        public decimal FeesReturned { get; init; }
        public decimal RefundsReturned { get; init; }
        public decimal OtherCredits { get; init; }
        public decimal SettlementFees { get; init; }
        public decimal Payments { get; init; }
        public decimal PaymentsLedger { get; init; }
        public decimal FeesBooked { get; init; }
        public decimal Lumps { get; init; }
        public decimal Receipts { get; init; }
        public int ReceiptCount { get; init; }
        public decimal Ledger { get; init; }

        public CashPostingRow ToView()
        {
            var booked = Receipts + RefundsReturned - SettlementFees;
            var left = Credits - booked - FeesReturned - OtherCredits;
            return new CashPostingRow(BankAccount, LegalEntity, Of(Credits), Of(Receipts), ReceiptCount,
                Of(left), Of(Ledger), Of(Debits), Of(Fees), Of(Returns), Of(Others - Payments), Of(Lumps),
                left == 0 && booked - FeesBooked == Ledger && Debits == Fees + Returns + Others
                    && Payments == PaymentsLedger,
                Of(RefundsReturned), Of(FeesReturned), Of(OtherCredits), Of(SettlementFees), Of(Payments),
                Of(PaymentsLedger), Of(FeesBooked));

            Money Of(decimal amount) => Money.Of(amount, Currency);
        }
    }

    private sealed class TieOutRow
    {
        public string LegalEntity { get; init; } = "";
        public string Currency { get; init; } = "";
        public decimal Receipts { get; init; }
        public decimal Applied { get; init; }
        public decimal Unapplied { get; init; }
        public decimal Unidentified { get; init; }
        public decimal Pending { get; init; }
        public decimal Refunded { get; init; }
        public decimal WrittenOff { get; init; }
        public decimal Reversed { get; init; }
        public int Count { get; init; }

        public CashTieOutRow ToView()
        {
            var difference =
                Receipts - (Applied + Unapplied + Unidentified + Pending + Refunded + WrittenOff + Reversed);
            return new CashTieOutRow(LegalEntity, Of(Receipts), Of(Applied), Of(Unapplied), Of(Unidentified),
                Of(Pending), Of(Refunded), Of(WrittenOff), Of(Reversed), Of(difference), Count, difference == 0);

            Money Of(decimal amount) => Money.Of(amount, Currency);
        }
    }
}
