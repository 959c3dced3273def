using System.Text.Json.Serialization;
using Dapper;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>
/// DSO, CEI and what belongs to them, per legal entity and currency, and in the books' currency over all of them; or by
/// customer.
/// </summary>
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
    /// <param name="Books">In the books' currency, all currencies together.</param>
    /// <param name="CustomerId">Whose; null for all customers together.</param>
    /// <param name="CollectionEffectiveness">
    /// CEI in percent of the calendar months that the days are of, as known like all here. Collections has one by
    /// collector, which has credit memos as collected and debit memos as sold; here credit memos are off sales, and
    /// debit memos are owed and not sold. Null where nothing was to come, and of days of several months that are not
    /// whole.
    /// </param>
    public sealed record Row(
        string LegalEntity, string Currency, Money Sales, Money Opening, Money Receivables, Money Current,
        decimal? Dso, decimal? BestPossibleDso, decimal? CountbackDso, decimal? TrueDso,
        decimal? AverageDaysDelinquent, decimal? Turnover, decimal? AverageDso,
        bool Books = false,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Guid? CustomerId = null,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? CustomerNumber = null,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? CustomerName = null,
        decimal? CollectionEffectiveness = null);

    /// <summary>The report.</summary>
    /// <param name="KnownAt">Only what was recorded up to this moment; null for all that is known.</param>
    /// <param name="Days">From the first day to the last, both counted.</param>
    /// <param name="Rows">Per currency; or, by customer, per customer.</param>
    /// <param name="Books">Per legal entity in its books' currency, all currencies together by booked rates.</param>
    public sealed record Report(
        DateOnly From, DateOnly To, DateTimeOffset? KnownAt, int Days, IReadOnlyList<Row> Rows,
        IReadOnlyList<Row> Books);

    private const int FirstYear = 2000;

    /// <summary>Days are reckoned with, and the last day there is stands for ever in the database.</summary>
    private const int LastYear = 8999;

    /// <summary>So many fit into the memory of an instance beside everything else.</summary>
    private const int MaxRows = 50_000;

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

    /// <summary>What is sold and paid, in the currency of each document, of all customers together.</summary>
    private const string InDocumentCurrency =
        $"""
        with moves as not materialized (
            select legal_entity, currency, null::uuid as customer_id, invoice_id, kind, posting_date, due_date,
                document_date, amount
            from subledger_entries where posting_date <= @to and {IsTrade} and {Mine})
        """;

    /// <summary>The same customer by customer; a duplicate stands for its survivor, as was known.</summary>
    private const string ByCustomer =
        $"""
        with k as (
            select distinct on (customer_id) customer_id, merged_into from customer_versions
            where @knownAt::timestamptz is null or recorded_at <= @knownAt order by customer_id, version desc),
        moves as not materialized (
            select s.legal_entity, s.currency, coalesce(k.merged_into, k.customer_id) as customer_id, s.invoice_id,
                s.kind, s.posting_date, s.due_date, s.document_date, s.amount
            from (select * from subledger_entries where posting_date <= @to and {IsTrade} and {Mine}) s
            join k on k.customer_id = s.customer_id)
        """;

    /// <summary>The same in the books' currency, by booked rates; what was booked without one is left out.</summary>
    private const string InBooks =
        $"""
        with moves as not materialized (
            select s.legal_entity, b.base_currency as currency, null::uuid as customer_id, s.invoice_id, s.kind,
                s.posting_date, s.due_date, s.document_date, s.base_amount as amount
            from (select * from subledger_entries where posting_date <= @to and {IsTrade} and {Mine}) s
            join legal_entities b on b.code = s.legal_entity where s.base_amount is not null)
        """;

    private const string Sums =
        $"""
        , sums as (
            select legal_entity, currency, customer_id,
                coalesce(sum(amount) filter (where {IsSale} and posting_date >= @from), 0) as sales,
                coalesce(sum(amount) filter (where posting_date < @from), 0) as opening,
                sum(amount) as receivables,
                coalesce(sum(amount) filter (where due_date >= @to), 0) as current
            from moves group by 1, 2, 3)
        select s.*, c.number, v.name from sums s
        left join customers c on c.customer_id = s.customer_id
        left join lateral (
            select name from customer_versions v where v.customer_id = s.customer_id
                and (@knownAt::timestamptz is null or v.recorded_at <= @knownAt)
            order by v.version desc limit 1) v on true
        order by s.legal_entity, s.currency, v.name, s.customer_id limit @limit
        """;

    /// <summary>
    /// Sales per month; and what is open of the invoices of each month, times the days since each of them, where what
    /// is open on a chargeback is its invoice's. Months that are too long ago to count back to are of use only where
    /// something of them is open.
    /// </summary>
    private const string Months =
        $"""
        , open as (
            select legal_entity, currency, customer_id, min(coalesce(document_date, posting_date)) as day,
                sum(amount) as amount
            from moves
            left join (select invoice_id as chargeback_id, chargeback_of from invoices
                where chargeback_of is not null) c on c.chargeback_id = invoice_id
            where invoice_id not in (
                select invoice_id from invoices where kind = 'DebitMemo' and chargeback_of is null)
            group by legal_entity, currency, customer_id, coalesce(c.chargeback_of, invoice_id)
            having sum(amount) > 0),
        months as (
            select legal_entity, currency, customer_id, date_trunc('month', posting_date)::date as month,
                sum(amount) as sales, 0 as amount_days, 0 as invoices
            from moves where {IsSale} group by 1, 2, 3, 4
            union all
            select legal_entity, currency, customer_id, date_trunc('month', day)::date, 0,
                sum(amount * greatest(@to::date - day, 0)), count(*)
            from open group by 1, 2, 3, 4)
        select legal_entity, currency, customer_id, month, sum(sales) as sales, sum(amount_days) as amount_days,
            sum(invoices)::bigint as open_invoices
        from months group by 1, 2, 3, 4 having month >= @since or sum(invoices) > 0
        """;

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/reports/dso", HandleAsync)
        .RequireScope(Scopes.InvoicingRead)
        .Produces<Report>()
        .WithSummary("Days sales outstanding (simple, best, countback, true), average days delinquent, turnover, CEI");

    private static async Task<IResult> HandleAsync(
        HttpContext http, DateOnly from, DateOnly to, Caller caller, EventStore store, ReportMoments moments,
        CancellationToken cancellation, string? legalEntity = null, DateTimeOffset? knownAt = null, string? by = null)
    {
        var entities = caller.EntityFilter(legalEntity);
        if (to < from || to.Year is < FirstYear or > LastYear)
        {
            return Problems.Malformed(
                "bad-range", "/to", $"to is not before from, and of the years {FirstYear} to {LastYear}.");
        }

        if (by is not (null or "currency" or "customer"))
            return Problems.Malformed("bad-grouping", "/by", "by is currency or customer.");
        knownAt = await moments.KnownAsync(knownAt, cancellation);
        var asked = new
        {
            from,
            to,
            legalEntity,
            entities,
            knownAt,
            limit = MaxRows + 1,
            since = new DateOnly(to.Year, to.Month, 1).AddMonths(1 - SalesOutstanding.MaxMonths),
        };
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        var rows = await ReadAsync(by == "customer" ? ByCustomer : InDocumentCurrency, false);
        var books = await ReadAsync(InBooks, true);
        var days = to.DayNumber - from.DayNumber + 1;
        return Tables.Result(
            http, new Report(from, to, knownAt, days, rows, books), () => Table.Of(rows.Concat(books)));

        async Task<List<Row>> ReadAsync(string moves, bool inBooks)
        {
            var sums = (await connection.QueryAsync<SumRow>(new CommandDefinition(
                $"{moves} {Sums}", asked, cancellationToken: cancellation))).AsList();
            if (sums.Count > MaxRows)
            {
                throw new ProblemException(Problems.Malformed(
                    "too-many", "/by", $"There are more than {MaxRows} customers; ask for one legal entity."));
            }

            var months = (await connection.QueryAsync<MonthRow>(new CommandDefinition(
                $"{moves} {Months}", asked, cancellationToken: cancellation)))
                .ToLookup(month => (month.LegalEntity, month.Currency, month.CustomerId));
            return [.. sums.Select(sum => sum.View(
                from, to, [.. months[(sum.LegalEntity, sum.Currency, sum.CustomerId)]], inBooks))];
        }
    }

    /// <summary>Months before the last day, the latest first and only up to that day.</summary>
    private static List<(int Days, decimal Sales)> Back(DateOnly to, IEnumerable<MonthRow> months)
    {
        var sales = months.ToDictionary(month => month.Month, month => month.Sales);
        var result = new List<(int Days, decimal Sales)>();
        var first = sales.Count == 0 ? to : sales.Keys.Min();
        for (var month = new DateOnly(to.Year, to.Month, 1);
            month >= first && result.Count < SalesOutstanding.MaxMonths; month = month.AddMonths(-1))
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
        public Guid? CustomerId { get; init; }
        public string? Number { get; init; }
        public string? Name { get; init; }
        public decimal Sales { get; init; }
        public decimal Opening { get; init; }
        public decimal Receivables { get; init; }
        public decimal Current { get; init; }

        public Row View(DateOnly from, DateOnly to, IReadOnlyList<MonthRow> months, bool inBooks)
        {
            var days = to.DayNumber - from.DayNumber + 1;
            var simple = SalesOutstanding.Simple(Receivables, Sales, days);
            var best = SalesOutstanding.BestPossible(Current, Sales, days);
            return new Row(
                LegalEntity, Currency, Money.Of(Sales, Currency), Money.Of(Opening, Currency),
                Money.Of(Receivables, Currency), Money.Of(Current, Currency), simple, best,
                SalesOutstanding.Countback(Receivables, Back(to, months)),
                SalesOutstanding.True(months.Where(month => month.OpenInvoices > 0)
                    .Select(month => (month.AmountDays, month.Sales))),
                SalesOutstanding.AverageDaysDelinquent(simple, best),
                SalesOutstanding.Turnover(Opening, Receivables, Sales),
                SalesOutstanding.Simple((Opening + Receivables) / 2, Sales, days),
                inBooks, CustomerId, Number, Name,
                SalesOutstanding.CollectionEffectiveness(
                    Opening, Sales, SalesOutstanding.Months(from, to), Receivables, Current));
        }
    }

    private sealed class MonthRow
    {
        public required string LegalEntity { get; init; }
        public required string Currency { get; init; }
        public Guid? CustomerId { get; init; }
        public DateOnly Month { get; init; }
        public decimal Sales { get; init; }
        public decimal AmountDays { get; init; }
        public long OpenInvoices { get; init; }
    }
}
