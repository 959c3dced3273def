using Dapper;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Invoicing.Periods;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>
/// The journal account by account and month by month, in the books' currency: opening balance, debits, credits, closing
/// balance. Debits equal credits, all balances come to nothing, and the receivables control account is what the
/// subledger sums to, or the report says where not. It is of this journal: nothing is closed to retained earnings here,
/// so accounts of profit and loss run on from year to year.
/// </summary>
public static class TrialBalanceReport
{
    /// <summary>One account and month; balances are debits less credits.</summary>
    /// <param name="Role">What the account stands for, several with commas.</param>
    public sealed record Row(
        string LegalEntity, string Period, string Account, string Role, Money Opening, Money Debits, Money Credits,
        Money Closing);

    /// <summary>All accounts of a legal entity and month.</summary>
    /// <param name="Control">Closing balance of the receivables control account.</param>
    /// <param name="Subledger">What the subledger sums to at the end of the month.</param>
    /// <param name="Untranslated">Lines of the journal, up to the end of the month, in a currency that had no rate:
    /// they are left out of all sums, both sides of them.</param>
    /// <param name="Ties">Debits are credits, opening and closing balances come to nothing, and the control account is
    /// the subledger.</param>
    public sealed record Total(
        string LegalEntity, string Period, Money Debits, Money Credits, Money Control, Money Subledger,
        long Untranslated, bool Ties);

    /// <summary>The report.</summary>
    /// <param name="From">The first month, e.g. <c>2026-10</c>.</param>
    /// <param name="KnownAt">Only what was recorded up to this moment; null for all that is known.</param>
    /// <param name="Ties">Everything ties.</param>
    public sealed record Report(
        string From, string To, DateTimeOffset? KnownAt, bool Ties, IReadOnlyList<Total> Totals,
        IReadOnlyList<Row> Rows);

    private const int MaxMonths = 36;

    private const string Mine =
        "(@entities::text[] is null or legal_entity = any(@entities)) " +
        "and (@legalEntity::text is null or legal_entity = @legalEntity) " +
        "and (@knownAt::timestamptz is null or recorded_at <= @knownAt) and posting_date <= @last";

    /// <summary>
    /// One statement, so one snapshot. What was before the first month is one sum, of no month; the subledger is an
    /// account of no name.
    /// </summary>
    private const string Sums =
        $"""
        with entries as (
            select entry_id, legal_entity,
                case when posting_date >= @first then date_trunc('month', posting_date)::date end as month
            from (select entry_id, legal_entity, posting_date, recorded_at from journal_entries union all
                select entry_id, legal_entity, posting_date, recorded_at from received_journal_entries) e
            where {Mine}),
        lines as (
            select e.legal_entity, e.month, l.account, l.role, case
                when l.currency = b.base_currency then l.debit
                when @knownAt::timestamptz is null or l.translated_at is null or l.translated_at <= @knownAt
                    then l.base_debit end as debit, case
                when l.currency = b.base_currency then l.credit
                when @knownAt::timestamptz is null or l.translated_at is null or l.translated_at <= @knownAt
                    then l.base_credit end as credit
            from entries e
            join (select * from journal_lines union all select * from received_journal_lines) l
                on l.entry_id = e.entry_id
            join legal_entities b on b.code = e.legal_entity),
        sums as (
            select legal_entity, month, account, role, coalesce(sum(debit), 0) as debits,
                coalesce(sum(credit), 0) as credits, count(*) filter (where debit is null) as untranslated
            from lines group by 1, 2, 3, 4
            union all
            select legal_entity, case when posting_date >= @first then date_trunc('month', posting_date)::date end,
                '', '', coalesce(sum(base_amount), 0), 0, 0
            from subledger_entries where {Mine} group by 1, 2)
        select s.legal_entity, b.base_currency as currency, s.month, s.account, s.role, s.debits, s.credits,
            s.untranslated
        from sums s join legal_entities b on b.code = s.legal_entity order by 1, 4, 5
        """;

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/reports/trial-balance", HandleAsync)
        .RequireScope(Scopes.InvoicingRead)
        .Produces<Report>()
        .WithSummary("The journal by account and month (yyyy-MM), tied to the subledger");

    private static async Task<IResult> HandleAsync(
        HttpContext http, string from, Caller caller, EventStore store, ReportMoments moments,
        CancellationToken cancellation, string? to = null, string? legalEntity = null, DateTimeOffset? knownAt = null)
    {
        var entities = caller.EntityFilter(legalEntity);
        if (!Period.TryParse(from, out var first))
            return Problems.Malformed("bad-period", "/from", "from is a month such as 2026-10.");
        if (!Period.TryParse(to ?? from, out var last))
            return Problems.Malformed("bad-period", "/to", "to is a month such as 2026-10.");
        if (last.FirstDay < first.FirstDay || last.FirstDay >= first.FirstDay.AddMonths(MaxMonths))
        {
            return Problems.Malformed(
                "bad-range", "/to", $"to is not before from, and there are at most {MaxMonths} months.");
        }

        var asked = new
        {
            first = first.FirstDay,
            last = last.LastDay,
            entities,
            legalEntity,
            knownAt = await moments.KnownAsync(knownAt, cancellation),
        };
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        var sums = (await connection.QueryAsync<Sum>(new CommandDefinition(
            Sums, asked, cancellationToken: cancellation))).ToLookup(sum => sum.LegalEntity);
        List<Period> months = [first];
        while (months[^1] != last)
            months.Add(months[^1].Next);
        var rows = sums.SelectMany(entity => RowsOf(entity, months)).ToList();
        var totals = sums.SelectMany(entity => TotalsOf(entity, months, rows)).ToList();
        var report = new Report(
            $"{first}", $"{last}", asked.knownAt, totals.TrueForAll(total => total.Ties), totals, rows);
        return Tables.Result(http, report, () => Table.Of(rows) with
        {
            Summary = new TableSummary($"Trial balance from {first} to {last}", Table.Of(totals)),
        });
    }

    /// <summary>Month by month, its accounts in their order; those without anything in it are left out.</summary>
    private static IEnumerable<Row> RowsOf(IGrouping<string, Sum> entity, List<Period> months)
    {
        var accounts = entity.Where(sum => !sum.IsSubledger).GroupBy(sum => sum.Account).ToList();
        return
            from month in months
            from account in accounts
            let role = string.Join(", ", account.Select(sum => sum.Role).Distinct())
            let row = new Row(
                entity.Key, $"{month}", account.Key, role, Balance(account, month.FirstDay.AddDays(-1)),
                Sides(account, month, sum => sum.Debits), Sides(account, month, sum => sum.Credits),
                Balance(account, month.LastDay))
            where !(row.Opening.IsZero && row.Debits.IsZero && row.Credits.IsZero)
            select row;
    }

    private static IEnumerable<Total> TotalsOf(IGrouping<string, Sum> entity, List<Period> months, List<Row> rows)
    {
        var currency = Currency.Of(entity.First().Currency);
        foreach (var month in months)
        {
            var mine = rows.Where(row => row.LegalEntity == entity.Key && row.Period == $"{month}").ToList();
            var (debits, credits) = (All(row => row.Debits), All(row => row.Credits));
            var control = Balance(entity.Where(sum => sum.Role == AccountRoles.Receivables), month.LastDay);
            var subledger = Balance(entity.Where(sum => sum.IsSubledger), month.LastDay);
            yield return new Total(
                entity.Key, $"{month}", debits, credits, control, subledger,
                entity.Where(sum => sum.IsUntil(month.LastDay)).Sum(sum => sum.Untranslated),
                debits == credits && All(row => row.Opening).IsZero && All(row => row.Closing).IsZero
                    && control == subledger);

            Money All(Func<Row, Money> of) => Money.Sum(mine.Select(of), currency);
        }

        Money Balance(IEnumerable<Sum> sums, DateOnly day) => Money.Of(
            sums.Where(sum => sum.IsUntil(day)).Sum(sum => sum.Debits - sum.Credits), currency.Code);
    }

    private static Money Balance(IGrouping<string, Sum> account, DateOnly day) => Money.Of(
        account.Where(sum => sum.IsUntil(day)).Sum(sum => sum.Debits - sum.Credits), account.First().Currency);

    private static Money Sides(IGrouping<string, Sum> account, Period month, Func<Sum, decimal> side) => Money.Of(
        account.Where(sum => sum.Month == month.FirstDay).Sum(side), account.First().Currency);

    private sealed class Sum
    {
        public required string LegalEntity { get; init; }
        public required string Currency { get; init; }
        public DateOnly? Month { get; init; }
        public required string Account { get; init; }
        public required string Role { get; init; }
        public decimal Debits { get; init; }
        public decimal Credits { get; init; }
        public long Untranslated { get; init; }

        public bool IsSubledger => Account.Length == 0;

        /// <summary>What was before the first month is of no month.</summary>
        public bool IsUntil(DateOnly day) => Month is not { } month || month <= day;
    }
}
