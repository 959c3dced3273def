using Dapper;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>
/// How receivables came from one day to another: opening balance, what each kind of event added or took, closing
/// balance. The kinds sum to the difference, since all three are sums over one ledger. In the books' currency money
/// counts with its worth, and what that differs from the booked rate is a line of its own: opening + billed − paid −
/// credited − given up ± exchange differences = closing = control account.
/// </summary>
public static class RollForwardReport
{
    /// <summary>What one kind of event came to.</summary>
    public sealed record Movement(string Kind, Money Amount);

    /// <summary>One legal entity and currency.</summary>
    /// <param name="Opening">At the end of the day before the first.</param>
    /// <param name="Closing">At the end of the last day.</param>
    public sealed record Row(
        string LegalEntity, string Currency, Money Opening, IReadOnlyList<Movement> Movements, Money Closing);

    /// <summary>
    /// One legal entity in the books' currency, by booked rates; documents booked without a rate are left out.
    /// </summary>
    /// <param name="Movements">With exchange differences as kind <c>exchange-difference</c>.</param>
    /// <param name="ControlAccount">At the end of the last day, by the journal.</param>
    /// <param name="Ties">It is the closing balance.</param>
    public sealed record BooksRow(
        string LegalEntity, string Currency, Money Opening, IReadOnlyList<Movement> Movements, Money Closing,
        Money ControlAccount, bool Ties);

    /// <summary>The report.</summary>
    /// <param name="KnownAt">Only what was recorded up to this moment; null for all that is known.</param>
    /// <param name="Books">In the books' currency, all currencies together.</param>
    public sealed record Report(
        DateOnly From, DateOnly To, DateTimeOffset? KnownAt, IReadOnlyList<Row> Rows, IReadOnlyList<BooksRow> Books);

    /// <summary>For a close, which nobody waits for.</summary>
    private const int MaxSeconds = 1_200;

    private const string Opening = "";
    private const string Difference = "exchange-difference";
    private const string Control = "control-account";

    private const string Mine =
        "(@entities::text[] is null or legal_entity = any(@entities)) " +
        "and (@legalEntity::text is null or legal_entity = @legalEntity) " +
        "and (@knownAt::timestamptz is null or recorded_at <= @knownAt) and posting_date <= @to";

    /// <summary>
    /// One statement, so one snapshot. Kinds that move nothing in sum, such as a credit applied within the account, are
    /// left out. What was gained or lost at a kind of event is taken off that kind and shown by itself.
    /// </summary>
    private const string Sums =
        $"""
        with moved as (
            select legal_entity, currency, case when posting_date < @from then '{Opening}' else kind end as kind,
                sum(amount) as amount, sum(base_amount) as base
            from subledger_entries where {Mine} group by 1, 2, 3),
        gained as (
            select e.legal_entity, e.kind, sum(l.base_credit - l.base_debit) as base
            from journal_entries e join journal_lines l on l.entry_id = e.entry_id
            where {Mine} and posting_date >= @from
                and l.role in ('{AccountRoles.ExchangeGain}', '{AccountRoles.ExchangeLoss}')
            group by 1, 2),
        control as (
            select e.legal_entity, sum(case
                when l.currency = b.base_currency then l.debit - l.credit else l.base_debit - l.base_credit end) as base
            from (select * from journal_entries union all select * from received_journal_entries) e
            join (select * from journal_lines union all select * from received_journal_lines) l
                on l.entry_id = e.entry_id and l.role = '{AccountRoles.Receivables}'
            join legal_entities b on b.code = e.legal_entity where {Mine} group by 1),
        sums as (
            select false as books, legal_entity, currency, kind, amount from moved
            union all
            select true, m.legal_entity, b.base_currency, m.kind, m.base
            from moved m join legal_entities b on b.code = m.legal_entity where m.base is not null
            union all
            select true, g.legal_entity, b.base_currency, v.kind, v.amount
            from gained g join legal_entities b on b.code = g.legal_entity
            cross join lateral (values (g.kind, -g.base), ('{Difference}', g.base)) v (kind, amount)
            union all
            select true, c.legal_entity, b.base_currency, '{Control}', c.base
            from control c join legal_entities b on b.code = c.legal_entity)
        select books, legal_entity, currency, kind, sum(amount) as amount
        from sums group by 1, 2, 3, 4 having sum(amount) <> 0 order by 1, 2, 3, 4
        """;

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/reports/roll-forward", HandleAsync)
        .RequireScope(Scopes.InvoicingRead)
        .Produces<Report>()
        .WithSummary("Receivables from one day to another, by kind of event, in each currency and in the books'");

    private static async Task<IResult> HandleAsync(
        HttpContext http, DateOnly from, DateOnly to, Caller caller, EventStore store, ReportMoments moments,
        CancellationToken cancellation, string? legalEntity = null, DateTimeOffset? knownAt = null)
    {
        var entities = caller.EntityFilter(legalEntity);
        if (to < from)
            return Problems.Malformed("bad-range", "/to", "to is not before from.");
        var asked = new Asked(from, to, legalEntity, entities, await moments.KnownAsync(knownAt, cancellation));
        var report = await ReadAsync(asked, null, store, cancellation);
        return Tables.Result(http, report, () => TableOf(report));
    }

    /// <summary>The report of one legal entity, as it was known at a moment; nobody waits for it.</summary>
    internal static Task<Report> FindAsync(
        string legalEntity, DateOnly from, DateOnly to, DateTimeOffset knownAt, EventStore store,
        CancellationToken cancellation) =>
        ReadAsync(new Asked(from, to, legalEntity, null, knownAt), MaxSeconds, store, cancellation);

    /// <summary>The rows, and behind them those in the books' currency, for spreadsheets.</summary>
    internal static Table TableOf(Report report) => new(
        ["legalEntity", "currency", "kind", "amount", "books"],
        [
            .. report.Rows.SelectMany(row => Cells(row, false)),
            .. report.Books.SelectMany(row => Cells(
                new Row(row.LegalEntity, row.Currency, row.Opening, row.Movements, row.Closing), true)),
        ]);

    private static async Task<Report> ReadAsync(
        Asked asked, int? seconds, EventStore store, CancellationToken cancellation)
    {
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        var sums = (await connection.QueryAsync<Sum>(new CommandDefinition(
            Sums, asked, commandTimeout: seconds, cancellationToken: cancellation))).ToLookup(sum => sum.Books);
        var rows = sums[false].GroupBy(sum => (sum.LegalEntity, sum.Currency)).Select(group =>
            new Row(group.Key.LegalEntity, group.Key.Currency, Of(group, Opening), Movements(group), Total(group)))
            .ToList();
        var books = sums[true].GroupBy(sum => (sum.LegalEntity, sum.Currency)).Select(group =>
        {
            var (closing, control) = (Total(group), Of(group, Control));
            return new BooksRow(
                group.Key.LegalEntity, group.Key.Currency, Of(group, Opening), Movements(group), closing, control,
                closing == control);
        }).ToList();
        return new Report(asked.From, asked.To, asked.KnownAt, rows, books);
    }

    private static Money Of(IEnumerable<Sum> sums, string kind) =>
        sums.Where(sum => sum.Kind == kind).Select(sum => Money.Of(sum.Amount, sum.Currency)).FirstOrDefault(
            Money.Zero(Currency.Of(sums.First().Currency)));

    private static List<Movement> Movements(IEnumerable<Sum> sums) =>
    [
        .. sums.Where(sum => sum.Kind is not (Opening or Control))
            .Select(sum => new Movement(sum.Kind, Money.Of(sum.Amount, sum.Currency))),
    ];

    private static Money Total(IEnumerable<Sum> sums) =>
        Money.Of(sums.Where(sum => sum.Kind != Control).Sum(sum => sum.Amount), sums.First().Currency);

    private static IEnumerable<IReadOnlyList<object?>> Cells(Row row, bool books) =>
    [
        [row.LegalEntity, row.Currency, "opening", row.Opening.Amount, books],
        .. row.Movements.Select(one => (IReadOnlyList<object?>)
            [row.LegalEntity, row.Currency, one.Kind, one.Amount.Amount, books]),
        [row.LegalEntity, row.Currency, "closing", row.Closing.Amount, books],
    ];

    private sealed record Asked(
        DateOnly From, DateOnly To, string? LegalEntity, string[]? Entities, DateTimeOffset? KnownAt);

    private sealed class Sum
    {
        public bool Books { get; init; }
        public required string LegalEntity { get; init; }
        public required string Currency { get; init; }
        public required string Kind { get; init; }
        public decimal Amount { get; init; }
    }
}
