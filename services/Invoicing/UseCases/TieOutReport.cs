using Dapper;
using Npgsql;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>
/// Holds three independent sums against each other per legal entity and currency: the subledger, the open items less
/// open credit memos, and the control account in the journal; and the same three in the books' currency by booked
/// rates. They are equal, or something is wrong and is shown. As of a past day or moment the open items of invoices are
/// the balances that the invoices themselves told last until then (nothing is posted on one before its last posting),
/// and those of credit memos what is open now, with what has been posted since taken back.
/// </summary>
public static class TieOutReport
{
    /// <summary>The sums of one legal entity and currency.</summary>
    /// <param name="OpenItems">
    /// Null where the subledger has rows of a version that kept no balances; it can be rebuilt.
    /// </param>
    /// <param name="Base">The three in the books' currency.</param>
    /// <param name="Ties">All of them are equal.</param>
    public sealed record Row(
        string LegalEntity, string Currency, Money Subledger, Money? OpenItems, Money ControlAccount, BaseSums Base,
        bool Ties);

    /// <summary>
    /// The sums in the books' currency; documents that were booked without a rate are left out of all.
    /// </summary>
    public sealed record BaseSums(Money Subledger, Money? OpenItems, Money ControlAccount);

    /// <summary>An item (of a credit memo below zero) whose open amount is not the sum of its movements.</summary>
    public sealed record Difference(
        Guid InvoiceId, string? Number, int Installment, string Currency, decimal Subledger, decimal OpenItem);

    /// <summary>The report.</summary>
    /// <param name="Ties">Everything ties.</param>
    /// <param name="Differences">The first 100 items that do not.</param>
    public sealed record Report(bool Ties, IReadOnlyList<Row> Rows, IReadOnlyList<Difference> Differences);

    private const int MaxDifferences = 100;

    /// <summary>For the whole ledger at once, which nobody waits for.</summary>
    private const int MaxSeconds = 1_200;

    private const string OfNow = "@asOf::date is null and @knownAt::timestamptz is null";

    private const string Then =
        "(@asOf::date is null or posting_date <= @asOf) and (@knownAt::timestamptz is null or recorded_at <= @knownAt)";

    private const string Mine =
        "(@entities::text[] is null or legal_entity = any(@entities)) " +
        "and (@legalEntity::text is null or legal_entity = @legalEntity)";

    /// <summary>
    /// The movements, and what is open per item (of a credit memo below zero) by the documents themselves.
    /// </summary>
    private const string Books =
        $"""
        with moved as not materialized (select * from subledger_entries where {Then} and {Mine}),
        items as not materialized (
            select invoice_id, installment, legal_entity, currency, balance, base_balance
            from open_items where {OfNow} and {Mine}
            union all
            select credit_memo_id, 1, legal_entity, currency, -open_amount, -base_open
            from credit_memos where {OfNow} and {Mine}
            union all
            select * from (
                select distinct on (invoice_id, installment) invoice_id, installment, legal_entity, currency, balance,
                    base_balance
                from moved s where not ({OfNow})
                    and not exists (select 1 from credit_memos m where m.credit_memo_id = s.invoice_id)
                order by invoice_id, installment, version desc nulls first) last
            union all
            select m.credit_memo_id, 1, m.legal_entity, m.currency, -m.open_amount - since.amount,
                -m.base_open - since.base_amount
            from credit_memos m
            cross join lateral (
                select coalesce(sum(amount), 0) as amount, coalesce(sum(base_amount), 0) as base_amount
                from subledger_entries where invoice_id = m.credit_memo_id and not ({Then})) since
            where not ({OfNow}) and {Mine})
        """;

    /// <summary>One statement, so one snapshot: no write can come between the sums.</summary>
    private const string Sums =
        $"""
        {Books},
        sums as (
            select legal_entity, currency, sum(amount) as subledger, 0 as open_items, 0 as control,
                sum(base_amount) as base_subledger, 0 as base_open_items, 0 as base_control, true as is_known
            from moved group by 1, 2
            union all
            select i.legal_entity, i.currency, 0, sum(i.balance), 0, 0,
                sum(case when i.currency = b.base_currency then i.balance else i.base_balance end), 0,
                bool_and(i.balance is not null)
            from items i join legal_entities b on b.code = i.legal_entity group by 1, 2
            union all
            select e.legal_entity, l.currency, 0, 0, sum(l.debit - l.credit), 0, 0, sum(case
                when l.currency = b.base_currency then l.debit - l.credit else l.base_debit - l.base_credit end), true
            from (select * from journal_entries union all select * from received_journal_entries) e
            join (select * from journal_lines union all select * from received_journal_lines) l
                on l.entry_id = e.entry_id
            join legal_entities b on b.code = e.legal_entity
            where l.role = '{AccountRoles.Receivables}' and (@asOf::date is null or e.posting_date <= @asOf)
                and (@knownAt::timestamptz is null or e.recorded_at <= @knownAt)
            group by 1, 2)
        select s.legal_entity, s.currency, sum(s.subledger) as subledger, sum(s.open_items) as open_items,
            sum(s.control) as control_account, b.base_currency, coalesce(sum(s.base_subledger), 0) as base_subledger,
            coalesce(sum(s.base_open_items), 0) as base_open_items,
            coalesce(sum(s.base_control), 0) as base_control_account, bool_and(s.is_known) as is_known
        from sums s join legal_entities b on b.code = s.legal_entity
        where (@entities::text[] is null or s.legal_entity = any(@entities))
            and (@legalEntity::text is null or s.legal_entity = @legalEntity)
        group by 1, 2, b.base_currency order by 1, 2
        """;

    private const string Items =
        $"""
        {Books},
        sums as (
            select invoice_id, installment, currency, sum(amount) as amount from moved group by 1, 2, 3)
        select coalesce(m.invoice_id, o.invoice_id) as invoice_id, coalesce(i.number, c.number) as number,
            coalesce(m.installment, o.installment) as installment, coalesce(m.currency, o.currency) as currency,
            coalesce(m.amount, 0) as subledger, coalesce(o.balance, 0) as open_item
        from sums m
        full join items o on o.invoice_id = m.invoice_id and o.installment = m.installment
        left join invoices i on i.invoice_id = coalesce(m.invoice_id, o.invoice_id)
        left join credit_memos c on c.credit_memo_id = coalesce(m.invoice_id, o.invoice_id)
        where coalesce(m.amount, 0) <> coalesce(o.balance, 0) and (o.invoice_id is null or o.balance is not null)
        order by 1, 3 limit @limit
        """;

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/reports/tie-out", HandleAsync)
        .RequireScope(Scopes.InvoicingRead)
        .Produces<Report>()
        .WithSummary("Subledger = open items = control account at any day, or where not");

    /// <summary>The sums of one legal entity as of a day.</summary>
    internal static async Task<IReadOnlyList<Row>> SumsAsync(
        NpgsqlConnection connection, string legalEntity, DateOnly asOf, CancellationToken cancellation) =>
    [
        .. (await connection.QueryAsync<SumRow>(new CommandDefinition(
            Sums, new { entities = (string[]?)null, legalEntity, asOf, knownAt = (DateTimeOffset?)null },
            cancellationToken: cancellation)))
            .Select(row => row.View),
    ];

    /// <summary>The report of one legal entity as of a day, as it was known at a moment; nobody waits for it.</summary>
    internal static Task<Report> FindAsync(
        string legalEntity, DateOnly asOf, DateTimeOffset knownAt, EventStore store, CancellationToken cancellation)
    {
        var asked = new
        {
            entities = (string[]?)null,
            legalEntity,
            asOf,
            knownAt,
            limit = MaxDifferences,
        };
        return ReadAsync(asked, MaxSeconds, store, cancellation);
    }

    /// <summary>The sums, for spreadsheets.</summary>
    internal static Table TableOf(Report report) => Table.Of(report.Rows);

    /// <summary>All sums as of now, and the first items that do not tie.</summary>
    internal static async Task<(IReadOnlyList<Row> Rows, IReadOnlyList<Difference> Items)> AllAsync(
        NpgsqlConnection connection, CancellationToken cancellation)
    {
        var all = new
        {
            entities = (string[]?)null,
            legalEntity = (string?)null,
            asOf = (DateOnly?)null,
            knownAt = (DateTimeOffset?)null,
            limit = MaxDifferences,
        };
        var sums = await connection.QueryAsync<SumRow>(new CommandDefinition(
            Sums, all, commandTimeout: MaxSeconds, cancellationToken: cancellation));
        var items = await connection.QueryAsync<ItemRow>(new CommandDefinition(
            Items, all, commandTimeout: MaxSeconds, cancellationToken: cancellation));
        return ([.. sums.Select(row => row.View)], [.. items.Select(row => row.View)]);
    }

    private static async Task<IResult> HandleAsync(
        HttpContext http, Caller caller, EventStore store, ReportMoments moments, CancellationToken cancellation,
        string? legalEntity = null, DateOnly? asOf = null, DateTimeOffset? knownAt = null)
    {
        var entities = caller.EntityFilter(legalEntity);
        knownAt = await moments.KnownAsync(knownAt, cancellation);
        var asked = new
        {
            entities,
            legalEntity,
            asOf,
            knownAt,
            limit = MaxDifferences,
        };
        var report = await ReadAsync(asked, null, store, cancellation);
        return Tables.Result(http, report, () => TableOf(report));
    }

    private static async Task<Report> ReadAsync(
        object asked, int? seconds, EventStore store, CancellationToken cancellation)
    {
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        var sums = (await connection.QueryAsync<SumRow>(new CommandDefinition(
            Sums, asked, commandTimeout: seconds, cancellationToken: cancellation)))
            .Select(row => row.View).ToList();
        List<Difference> items =
        [
            .. (await connection.QueryAsync<ItemRow>(new CommandDefinition(
                Items, asked, commandTimeout: seconds, cancellationToken: cancellation))).Select(row => row.View),
        ];
        return new Report(items.Count == 0 && sums.TrueForAll(row => row.Ties), sums, items);
    }

    private sealed class SumRow
    {
        public required string LegalEntity { get; init; }
        public required string Currency { get; init; }
        public decimal Subledger { get; init; }
        public decimal OpenItems { get; init; }
        public decimal ControlAccount { get; init; }
        public required string BaseCurrency { get; init; }
        public decimal BaseSubledger { get; init; }
        public decimal BaseOpenItems { get; init; }
        public decimal BaseControlAccount { get; init; }
        public bool IsKnown { get; init; }

        public Row View => new(
            LegalEntity, Currency, Money.Of(Subledger, Currency), IsKnown ? Money.Of(OpenItems, Currency) : null,
            Money.Of(ControlAccount, Currency),
            new BaseSums(
                Money.Of(BaseSubledger, BaseCurrency), IsKnown ? Money.Of(BaseOpenItems, BaseCurrency) : null,
                Money.Of(BaseControlAccount, BaseCurrency)),
            Subledger == ControlAccount && BaseSubledger == BaseControlAccount
                && (!IsKnown || (Subledger == OpenItems && BaseSubledger == BaseOpenItems)));
    }

    private sealed class ItemRow
    {
        public Guid InvoiceId { get; init; }
        public string? Number { get; init; }
        public int Installment { get; init; }
        public required string Currency { get; init; }
        public decimal Subledger { get; init; }
        public decimal OpenItem { get; init; }

        public Difference View => new(InvoiceId, Number, Installment, Currency, Subledger, OpenItem);
    }
}
