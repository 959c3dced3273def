using Dapper;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>
/// Holds three independent sums against each other per legal entity and currency: the subledger, the open items less
/// open credit memos, and the control account in the journal. They are equal, or something is wrong and is shown.
/// </summary>
public static class TieOutReport
{
    /// <summary>The sums of one legal entity and currency.</summary>
    /// <param name="OpenItems">Null as of a past day: what is open is known as of now.</param>
    /// <param name="Ties">All of them are equal.</param>
    public sealed record Row(
        string LegalEntity, string Currency, Money Subledger, Money? OpenItems, Money ControlAccount, bool Ties);

    /// <summary>An item (of a credit memo below zero) whose open amount is not the sum of its movements.</summary>
    public sealed record Difference(
        Guid InvoiceId, string? Number, int Installment, string Currency, decimal Subledger, decimal OpenItem);

    /// <summary>The report.</summary>
    /// <param name="Ties">Everything ties.</param>
    /// <param name="Differences">The first 100 items that do not.</param>
    public sealed record Report(bool Ties, IReadOnlyList<Row> Rows, IReadOnlyList<Difference> Differences);

    private const int MaxDifferences = 100;

    /// <summary>One statement, so one snapshot: no write can come between the sums.</summary>
    private const string Sums =
        $"""
        with sums as (
            select legal_entity, currency, sum(amount) as subledger, 0 as open_items, 0 as control
            from subledger_entries where @asOf::date is null or posting_date <= @asOf group by 1, 2
            union all
            select legal_entity, currency, 0, sum(balance), 0 from open_items where @asOf::date is null group by 1, 2
            union all
            select legal_entity, currency, 0, -sum(open_amount), 0 from credit_memos where @asOf::date is null
            group by 1, 2
            union all
            select e.legal_entity, l.currency, 0, 0, sum(l.debit - l.credit)
            from (select * from journal_entries union all select * from received_journal_entries) e
            join (select * from journal_lines union all select * from received_journal_lines) l
                on l.entry_id = e.entry_id
            where l.role = '{AccountRoles.Receivables}' and (@asOf::date is null or e.posting_date <= @asOf)
            group by 1, 2)
        select legal_entity, currency, sum(subledger) as subledger, sum(open_items) as open_items,
            sum(control) as control_account
        from sums
        where (@entities::text[] is null or legal_entity = any(@entities))
            and (@legalEntity::text is null or legal_entity = @legalEntity)
        group by 1, 2 order by 1, 2
        """;

    private const string Items =
        """
        with moved as (
            select invoice_id, installment, currency, legal_entity, sum(amount) as amount
            from subledger_entries group by 1, 2, 3, 4),
        items as (
            select invoice_id, installment, currency, legal_entity, balance from open_items
            union all
            select credit_memo_id, 1, currency, legal_entity, -open_amount from credit_memos)
        select coalesce(m.invoice_id, o.invoice_id) as invoice_id, coalesce(i.number, c.number) as number,
            coalesce(m.installment, o.installment) as installment, coalesce(m.currency, o.currency) as currency,
            coalesce(m.amount, 0) as subledger, coalesce(o.balance, 0) as open_item
        from moved m
        full join items o on o.invoice_id = m.invoice_id and o.installment = m.installment
        left join invoices i on i.invoice_id = coalesce(m.invoice_id, o.invoice_id)
        left join credit_memos c on c.credit_memo_id = coalesce(m.invoice_id, o.invoice_id)
        where coalesce(m.amount, 0) <> coalesce(o.balance, 0)
            and (@entities::text[] is null or coalesce(m.legal_entity, o.legal_entity) = any(@entities))
            and (@legalEntity::text is null or coalesce(m.legal_entity, o.legal_entity) = @legalEntity)
        order by 1, 3 limit @limit
        """;

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/reports/tie-out", HandleAsync)
        .RequireScope(Scopes.InvoicingRead)
        .Produces<Report>()
        .WithSummary("Subledger = open items = control account, or where not");

    private static async Task<IResult> HandleAsync(
        HttpContext http, Caller caller, EventStore store, CancellationToken cancellation, string? legalEntity = null,
        DateOnly? asOf = null)
    {
        if (legalEntity is not null && caller.Deny(legalEntity) is { } denied)
            return Problems.From(denied);
        var parameters = new { entities = caller.EntityFilter(), legalEntity, asOf, limit = MaxDifferences };
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        var sums = (await connection.QueryAsync<SumRow>(Sums, parameters))
            .Select(row => row.View(asOf)).ToList();
        List<Difference> items = asOf is not null ? []
            : [.. (await connection.QueryAsync<ItemRow>(Items, parameters)).Select(row => row.View)];
        var report = new Report(items.Count == 0 && sums.TrueForAll(row => row.Ties), sums, items);
        return Tables.Result(http, report, () => Table.Of(sums));
    }

    private sealed class SumRow
    {
        public required string LegalEntity { get; init; }
        public required string Currency { get; init; }
        public decimal Subledger { get; init; }
        public decimal OpenItems { get; init; }
        public decimal ControlAccount { get; init; }

        public Row View(DateOnly? asOf) => new(
            LegalEntity, Currency, Money.Of(Subledger, Currency), asOf is null ? Money.Of(OpenItems, Currency) : null,
            Money.Of(ControlAccount, Currency),
            (asOf is not null || Subledger == OpenItems) && Subledger == ControlAccount);
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
