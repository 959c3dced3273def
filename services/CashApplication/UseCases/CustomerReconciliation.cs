using Dapper;
using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Replicas;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>What a customer owes and has paid, in one currency.</summary>
/// <param name="Invoiced">All that was invoiced.</param>
/// <param name="Paid">Settled by payments, with their discounts and small differences.</param>
/// <param name="Credited">Settled by credit memos.</param>
/// <param name="OtherwiseSettled">Written off, waived or cancelled.</param>
/// <param name="Open">What is left open.</param>
/// <param name="Promised">Part of it that is asked for and not answered yet.</param>
/// <param name="Unapplied">Money of the customer that is not applied, what is on account included.</param>
/// <param name="Owed">Open less what is the customer's: unapplied, open credits and refunds of receipts that are not
/// paid. Below zero where that is more than is open.</param>
/// <param name="OpenCredits">What is open of credit memos.</param>
/// <param name="Refunds">Asked for of receipts and not paid yet: in neither unapplied nor paid back.</param>
/// <param name="CreditRefunds">Part of the open credits that is to be paid back and is not yet.</param>
public sealed record ReconciliationRow(
    Money Invoiced, Money Paid, Money Credited, Money OtherwiseSettled, Money Open, Money Promised, Money Unapplied,
    Money Owed, bool Ties, Money OpenCredits, Money Refunds, Money CreditRefunds);

/// <summary>Something that does not tie.</summary>
/// <param name="Kind"><c>invoice</c>: what was settled and what is open do not make its amount. <c>allocation</c>: what
/// we hold for applied and what Invoicing applied differ. <c>receipt</c>: its money and its allocations differ.
/// <c>credit</c>: credit memos that were applied together with money are not settled of the invoice by Invoicing.
/// <c>credit-memo</c>: what is open of it, applied and paid back do not make its total; not of those whose total is not
/// known here.</param>
/// <param name="Id">The invoice, allocation, receipt or credit memo.</param>
/// <param name="Number">Of the invoice, receipt or credit memo.</param>
/// <param name="Expected">What should be there.</param>
/// <param name="Found">What is there.</param>
public sealed record ReconciliationDifference(
    string Kind, Guid Id, string Number, Money Expected, Money Found, string Detail);

/// <summary>Where a customer stands, and what does not tie.</summary>
public sealed record CustomerReconciliationView(
    Guid CustomerId, string CustomerNumber, string LegalEntity, bool Ties, IReadOnlyList<ReconciliationRow> Currencies,
    IReadOnlyList<ReconciliationDifference> Differences);

/// <summary>
/// <c>GET /v1/customers/{id}/reconciliation</c>: ties receipts, allocations, credits, refunds, what Invoicing says it
/// did and what is open, and names what does not tie. What is asked for and not answered yet is no difference.
/// </summary>
public static class CustomerReconciliation
{
    private const int MostNamed = 1_000;

    private const string Items = """
        select i.currency, sum(i.amount) as invoiced, sum(i.balance) as open, coalesce(sum(m.paid), 0) as paid,
            coalesce(sum(m.credited), 0) as credited, coalesce(sum(m.other), 0) as other,
            coalesce(sum(i.promised), 0) as promised
        from (
            select invoice_id, currency, sum(amount) as amount, sum(balance) as balance,
                (select sum(a.settled + a.credited) from allocations a
                    where a.invoice_id = o.invoice_id and a.status = 'pending')
                    as promised
            from open_items o where customer_id = @id group by invoice_id, currency
        ) i
        left join lateral (
            select sum(settled) filter (where kind in ('payment-applied', 'payment-reversed')) as paid,
                sum(settled) filter (where kind in ('credit-applied', 'credit-unapplied')) as credited,
                sum(settled) filter (where kind not in ('payment-applied', 'payment-reversed', 'credit-applied',
                    'credit-unapplied')) as other
            from item_movements where invoice_id = i.invoice_id
        ) m on true
        group by i.currency
        """;

    private const string Cash = """
        select currency, sum(unapplied) as unapplied from (
            select currency, unapplied - coalesce((
                select sum((s->'Unapplied'->>'amount')::numeric) from jsonb_array_elements(shares) s), 0) as unapplied
            from receipts where customer_id = @id and unapplied > 0
            union all
            select currency, (s->'Unapplied'->>'amount')::numeric from receipts, jsonb_array_elements(shares) s
            where shares @> jsonb_build_array(jsonb_build_object('CustomerId', @id::text))
                and (s->>'CustomerId')::uuid = @id
        ) money group by currency
        """;

    private const string Credits = """
        select currency, sum(open) as credits, sum(refunds) as refunds, sum(credit_refunds) as credit_refunds from (
            select currency, open, 0 as refunds, 0 as credit_refunds from credit_memos
            where customer_id = @id and open > 0
            union all
            select currency, 0, case when credit_memo_id is null then amount else 0 end,
                case when credit_memo_id is null then 0 else amount end
            from refunds where customer_id = @id and status in ('waiting', 'approved', 'in-payment')
        ) owed group by currency
        """;

    private const string WrongInvoices = """
        select 'invoice' as kind, i.invoice_id as id, i.number, i.currency,
            i.amount - coalesce(m.settled, 0) as expected, i.balance as found
        from (
            select invoice_id, max(invoice_number) as number, currency, sum(amount) as amount, sum(balance) as balance
            from open_items where customer_id = @id group by invoice_id, currency
        ) i
        left join lateral (
            select sum(settled) as settled from item_movements where invoice_id = i.invoice_id
        ) m on true
        where i.amount - coalesce(m.settled, 0) <> i.balance
        order by i.number limit @most
        """;

    private const string WrongAllocations = """
        select 'allocation' as kind, a.allocation_id as id, coalesce(i.invoice_number, '') as number, a.currency,
            case when a.status in ('confirmed', 'reversal-pending') then a.settled else 0 end as expected,
            coalesce(m.settled, 0) as found
        from allocations a
        left join open_items i using (invoice_id, installment)
        left join lateral (
            select sum(settled) as settled from item_movements where source_id = a.allocation_id
                and invoice_id = a.invoice_id and kind in ('payment-applied', 'payment-reversed')
        ) m on true
        where a.customer_id = @id and a.status <> 'pending' and coalesce(m.settled, 0) <>
            case when a.status in ('confirmed', 'reversal-pending') then a.settled else 0 end
        order by a.allocation_id limit @most
        """;

    private const string WrongReceipts = """
        select 'receipt' as kind, r.id, r.number, r.currency, r.applied as expected, coalesce(a.applied, 0) as found
        from receipts r
        left join lateral (
            select sum(amount) as applied from allocations where receipt_id = r.id and status = 'confirmed'
        ) a on true
        where r.customer_id = @id and r.applied <> coalesce(a.applied, 0)
        order by r.number limit @most
        """;

    /// <summary>
    /// Credit memos are applied to invoices without money, too: of an invoice no less may be settled by them than was
    /// confirmed here, be it taken back there since. The two come by different queues: what is confirmed may be a
    /// moment ahead.
    /// </summary>
    private const string WrongCredits = """
        select 'credit' as kind, a.invoice_id as id, coalesce(i.number, '') as number, a.currency,
            a.credited as expected, coalesce(m.settled, 0) as found
        from (
            select invoice_id, currency, sum(credited) as credited from allocations
            where customer_id = @id and credited > 0 and status in ('confirmed', 'reversal-pending')
            group by invoice_id, currency
        ) a
        left join lateral (
            select max(invoice_number) as number from open_items where invoice_id = a.invoice_id
        ) i on true
        left join lateral (
            select sum(settled) as settled from item_movements
            where invoice_id = a.invoice_id and kind = 'credit-applied'
        ) m on true
        where a.credited > coalesce(m.settled, 0)
        order by a.invoice_id limit @most
        """;

    private const string WrongCreditMemos = """
        select 'credit-memo' as kind, c.credit_memo_id as id, coalesce(c.number, '') as number, c.currency,
            c.total - coalesce(m.settled, 0) as expected, c.open as found
        from credit_memos c
        left join lateral (
            select sum(settled) as settled from credit_memo_movements where credit_memo_id = c.credit_memo_id
        ) m on true
        where c.customer_id = @id and c.total - coalesce(m.settled, 0) <> c.open
        order by c.number limit @most
        """;

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/v1/customers/{id:guid}/reconciliation", Handle)
        .RequireScope(Scopes.CashRead)
        .Produces<CustomerReconciliationView>()
        .WithTags("Reports")
        .WithSummary("Ties a customer's receipts, credits and invoices, and names what does not tie");

    private static async Task<IResult> Handle(Guid id, EventStore store, HttpContext http)
    {
        if (await store.Database.CustomerAsync(id, http.RequestAborted) is not { } customer)
            return Problems.From(Refusal.NotFound("customer", id));
        if (Caller.Of(http).Deny(customer.LegalEntity) is { } denied)
            return Problems.From(denied);
        await using var connection = await store.Database.OpenConnectionAsync(http.RequestAborted);

        // One snapshot: a payment that is answered meanwhile must not look like a difference.
        await using var snapshot = await connection.BeginTransactionAsync(
            System.Data.IsolationLevel.RepeatableRead, http.RequestAborted);
        var items = await QueryAsync<ItemsRow>(Items);
        var cash = (await QueryAsync<CashRow>(Cash)).ToDictionary(row => row.Currency, row => row.Unapplied);
        var credits = (await QueryAsync<CreditsRow>(Credits)).ToDictionary(row => row.Currency);
        List<DifferenceRow> wrong = [];
        string[] questions = [WrongInvoices, WrongAllocations, WrongReceipts, WrongCredits, WrongCreditMemos];
        foreach (var question in questions)
            wrong.AddRange(await QueryAsync<DifferenceRow>(question));
        var currencies = items.Select(row => row.Currency).Union(cash.Keys).Union(credits.Keys)
            .Order(StringComparer.Ordinal);
        return Results.Json(
            new CustomerReconciliationView(
                id, customer.Number, customer.LegalEntity, wrong.Count == 0,
                [
                    .. currencies.Select(currency => Row(
                        currency, items.FirstOrDefault(row => row.Currency == currency) ?? new ItemsRow(),
                        cash.GetValueOrDefault(currency), credits.GetValueOrDefault(currency) ?? new CreditsRow())),
                ],
                [.. wrong.Select(row => row.ToView())]),
            Json.Wire);

        Task<IEnumerable<T>> QueryAsync<T>(string sql) => connection.QueryAsync<T>(new CommandDefinition(
            sql, new { id, most = MostNamed }, snapshot, cancellationToken: http.RequestAborted));
    }

    private static ReconciliationRow Row(string currency, ItemsRow items, decimal unapplied, CreditsRow credits)
    {
        return new ReconciliationRow(
            Of(items.Invoiced), Of(items.Paid), Of(items.Credited), Of(items.Other), Of(items.Open),
            Of(items.Promised), Of(unapplied), Of(items.Open - unapplied - credits.Credits - credits.Refunds),
            items.Invoiced == items.Paid + items.Credited + items.Other + items.Open,
            Of(credits.Credits), Of(credits.Refunds), Of(credits.CreditRefunds));

        Money Of(decimal amount) => Money.Of(amount, currency);
    }

    private sealed class ItemsRow
    {
        public string Currency { get; init; } = "";
        public decimal Invoiced { get; init; }
        public decimal Open { get; init; }
        public decimal Paid { get; init; }
        public decimal Credited { get; init; }
        public decimal Other { get; init; }
        public decimal Promised { get; init; }
    }

    private sealed record CashRow(string Currency, decimal Unapplied);

    private sealed class CreditsRow
    {
        public string Currency { get; init; } = "";
        public decimal Credits { get; init; }
        public decimal Refunds { get; init; }
        public decimal CreditRefunds { get; init; }
    }

    private sealed class DifferenceRow
    {
        public string Kind { get; init; } = "";
        public Guid Id { get; init; }
        public string Number { get; init; } = "";
        public string Currency { get; init; } = "";
        public decimal Expected { get; init; }
        public decimal Found { get; init; }

        public ReconciliationDifference ToView()
        {
            var (expected, found) = (Money.Of(Expected, Currency), Money.Of(Found, Currency));
            return new ReconciliationDifference(Kind, Id, Number, expected, found, Kind switch
            {
                "invoice" => $"By what Invoicing did to {Number}, {expected} should be open; {found} are.",
                "allocation" => $"{expected} are held for applied to {Number}; Invoicing applied {found}.",
                "credit" => $"{expected} of credit memos are held for applied to {Number} with money; by Invoicing " +
                    $"{found} are settled by credit memos.",
                "credit-memo" => $"By what Invoicing did to {Number}, {expected} of it should be open; {found} are.",
                _ => $"{expected} of {Number} are applied; its allocations come to {found}.",
            });
        }
    }
}
