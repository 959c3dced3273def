using Dapper;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>DSO and what belongs to it, per legal entity and currency.</summary>
public static class SalesOutstandingReport
{
    /// <summary>One legal entity and currency; formulas in <see cref="SalesOutstanding"/>.</summary>
    /// <param name="Sales">Invoices less voids and credit memos, tax included as in receivables; no deposits, no debit
    /// memos. What is charged back stays a sale of its invoice.</param>
    /// <param name="Current">Receivables that are not overdue at the end.</param>
    /// <param name="TrueDso">
    /// Of the invoices that are open, with their chargebacks, other debit memos left out as in sales; null where one is
    /// of a month without sales.
    /// </param>
    /// <param name="AverageDso">From the average of opening and closing receivables; <paramref name="Dso"/> goes by the
    /// closing ones.</param>
    public sealed record Row(
        string LegalEntity, string Currency, Money Sales, Money Opening, Money Receivables, Money Current,
        decimal? Dso, decimal? BestPossibleDso, decimal? CountbackDso, decimal? TrueDso,
        decimal? AverageDaysDelinquent, decimal? Turnover, decimal? AverageDso);

    /// <summary>The report.</summary>
    /// <param name="KnownAt">Only what was recorded up to this moment; null for all that is known.</param>
    /// <param name="Days">From the first day to the last, both counted.</param>
    public sealed record Report(
        DateOnly From, DateOnly To, DateTimeOffset? KnownAt, int Days, IReadOnlyList<Row> Rows);

    /// <summary>
    /// A late fee or interest is no sale, so neither its void nor its credit is the opposite of one. A chargeback is
    /// none either, but its credit is the opposite of one: what it charges was sold by its invoice.
    /// </summary>
    internal const string IsSale =
        $"(kind in ('{PostingKinds.InvoiceIssued}', '{PostingKinds.InvoiceVoided}', " +
        $"'{PostingKinds.CreditMemoIssued}', '{PostingKinds.CreditMemoVoided}') and invoice_id not in (" +
        "select invoice_id from invoices where kind = 'DebitMemo' union all " +
        "select m.credit_memo_id from credit_memos m join invoices d on d.invoice_id = m.invoice_id " +
        "where d.kind = 'DebitMemo' and d.chargeback_of is null))";

    /// <summary>
    /// What was billed ahead is no sale before it is delivered, nor is its credit the opposite of one: the invoice over
    /// the delivery is the sale, and what a deposit has paid of it is gone from its balance.
    /// </summary>
    internal const string IsTrade =
        "invoice_id not in (select invoice_id from invoices where kind = 'Deposit' union all " +
        "select m.credit_memo_id from credit_memos m join invoices d on d.invoice_id = m.invoice_id " +
        "where d.kind = 'Deposit')";

    private const string Mine =
        "(@entities::text[] is null or legal_entity = any(@entities)) " +
        "and (@legalEntity::text is null or legal_entity = @legalEntity) " +
        "and (@knownAt::timestamptz is null or recorded_at <= @knownAt)";

    private const string Sums =
        $"""
        select legal_entity, currency,
            coalesce(sum(amount) filter (where {IsSale} and posting_date >= @from), 0) as sales,
            coalesce(sum(amount) filter (where posting_date < @from), 0) as opening,
            sum(amount) as receivables,
            coalesce(sum(amount) filter (where due_date >= @to), 0) as current
        from subledger_entries where posting_date <= @to and {IsTrade} and {Mine}
        group by 1, 2 order by 1, 2
        """;

    private const string Months =
        $"""
        select legal_entity, currency, date_trunc('month', posting_date)::date as month, sum(amount) as sales
        from subledger_entries where {IsSale} and posting_date <= @to and {IsTrade} and {Mine}
        group by 1, 2, 3
        """;

    /// <summary>
    /// What is open of the invoices of each month, times the days since each of them; what is open on a chargeback is
    /// its invoice's.
    /// </summary>
    private const string Open =
        $"""
        with open as (
            select legal_entity, currency, min(coalesce(document_date, posting_date)) as day, sum(amount) as amount
            from subledger_entries
            left join (select invoice_id as chargeback_id, chargeback_of from invoices
                where chargeback_of is not null) c on c.chargeback_id = invoice_id
            where posting_date <= @to and {IsTrade} and {Mine}
                and invoice_id not in (
                    select invoice_id from invoices where kind = 'DebitMemo' and chargeback_of is null)
            group by legal_entity, currency, coalesce(c.chargeback_of, invoice_id) having sum(amount) > 0)
        select legal_entity, currency, date_trunc('month', day)::date as month,
            sum(amount * greatest(@to::date - day, 0)) as sales
        from open group by 1, 2, 3
        """;

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/reports/dso", HandleAsync)
        .RequireScope(Scopes.InvoicingRead)
        .Produces<Report>()
        .WithSummary("Days sales outstanding (simple, best, countback, true), average days delinquent, turnover");

    private static async Task<IResult> HandleAsync(
        HttpContext http, DateOnly from, DateOnly to, Caller caller, EventStore store, ReportMoments moments,
        CancellationToken cancellation, string? legalEntity = null, DateTimeOffset? knownAt = null)
    {
        var entities = caller.EntityFilter(legalEntity);
        if (to < from)
            return Problems.Malformed("bad-range", "/to", "to is not before from.");
        knownAt = await moments.KnownAsync(knownAt, cancellation);
        var parameters = new
        {
            from,
            to,
            legalEntity,
            entities,
            knownAt,
        };
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        var sums = await connection.QueryAsync<SumRow>(new CommandDefinition(
            Sums, parameters, cancellationToken: cancellation));
        var months = (await connection.QueryAsync<MonthRow>(new CommandDefinition(
            Months, parameters, cancellationToken: cancellation)))
            .ToLookup(month => (month.LegalEntity, month.Currency));
        var open = (await connection.QueryAsync<MonthRow>(new CommandDefinition(
            Open, parameters, cancellationToken: cancellation)))
            .ToLookup(month => (month.LegalEntity, month.Currency));
        var days = to.DayNumber - from.DayNumber + 1;
        List<Row> rows =
        [
            .. sums.Select(sum => (Sum: sum, Key: (sum.LegalEntity, sum.Currency))).Select(one => one.Sum.View(
                days, Back(to, months[one.Key]), SalesOutstanding.True(WithSales(open[one.Key], months[one.Key])))),
        ];
        return Tables.Result(http, new Report(from, to, knownAt, days, rows), () => Table.Of(rows));
    }

    /// <summary>Open amounts times their days, and the sales of the same month.</summary>
    private static IEnumerable<(decimal AmountDays, decimal Sales)> WithSales(
        IEnumerable<MonthRow> open, IEnumerable<MonthRow> months)
    {
        var sales = months.ToDictionary(month => month.Month, month => month.Sales);
        return open.Select(month => (month.Sales, sales.GetValueOrDefault(month.Month)));
    }

    /// <summary>Months before the last day, the latest first and only up to that day.</summary>
    private static List<(int Days, decimal Sales)> Back(DateOnly to, IEnumerable<MonthRow> months)
    {
        var sales = months.ToDictionary(month => month.Month, month => month.Sales);
        var result = new List<(int Days, decimal Sales)>();
        var first = sales.Count == 0 ? to : sales.Keys.Min();
        for (var month = new DateOnly(to.Year, to.Month, 1); month >= first; month = month.AddMonths(-1))
        {
            var days = result.Count == 0 ? to.Day : DateTime.DaysInMonth(month.Year, month.Month);
            result.Add((days, sales.GetValueOrDefault(month)));
        }

        return result;
    }

    private sealed class SumRow
    {
        public required string LegalEntity { get; init; }
        public required string Currency { get; init; }
        public decimal Sales { get; init; }
        public decimal Opening { get; init; }
        public decimal Receivables { get; init; }
        public decimal Current { get; init; }

        public Row View(int days, IReadOnlyList<(int Days, decimal Sales)> months, decimal? trueDso)
        {
            var simple = SalesOutstanding.Simple(Receivables, Sales, days);
            var best = SalesOutstanding.BestPossible(Current, Sales, days);
            return new Row(
                LegalEntity, Currency, Money.Of(Sales, Currency), Money.Of(Opening, Currency),
                Money.Of(Receivables, Currency), Money.Of(Current, Currency), simple, best,
                SalesOutstanding.Countback(Receivables, months), trueDso,
                SalesOutstanding.AverageDaysDelinquent(simple, best),
                SalesOutstanding.Turnover(Opening, Receivables, Sales),
                SalesOutstanding.Simple((Opening + Receivables) / 2, Sales, days));
        }
    }

    private sealed class MonthRow
    {
        public required string LegalEntity { get; init; }
        public required string Currency { get; init; }
        public DateOnly Month { get; init; }
        public decimal Sales { get; init; }
    }
}
