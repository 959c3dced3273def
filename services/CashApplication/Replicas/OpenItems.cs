using Npgsql;
using OrderToCash.CashApplication.Receipts.Matching;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.Messaging;

namespace OrderToCash.CashApplication.Replicas;

/// <summary>The replica of Invoicing's open items: what may be paid, and how much of it.</summary>
public static class OpenItems
{
    /// <summary>
    /// The terms and what is net are told by the invoice alone, and may come after a newer message about the item. What
    /// publishers of before do not tell at all, and what never changes, is kept.
    /// </summary>
    private const string Upsert =
        "insert into open_items as o (invoice_id, installment, invoice_number, legal_entity, customer_id, " +
        "invoice_date, due_date, currency, amount, balance, compact_key, loose_key, version, purchase_order, " +
        "order_reference, purchase_order_key, order_reference_key, discount_until, discount_rate, discounted, " +
        "disputed, late_charge, terms, charge, external_number, external_number_key, unearned_until, " +
        "unearned_left, net) " +
        "select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, " +
        "$20, $21, $22, $23, $24, $25, $26, $27, $28, $29) " +
        "on conflict (invoice_id, installment) do update set invoice_number = excluded.invoice_number, " +
        "legal_entity = excluded.legal_entity, customer_id = excluded.customer_id, " +
        "invoice_date = excluded.invoice_date, due_date = excluded.due_date, currency = excluded.currency, " +
        "amount = excluded.amount, balance = excluded.balance, compact_key = excluded.compact_key, " +
        "loose_key = excluded.loose_key, version = excluded.version, purchase_order = excluded.purchase_order, " +
        "order_reference = excluded.order_reference, purchase_order_key = excluded.purchase_order_key, " +
        "order_reference_key = excluded.order_reference_key, " +
        "discount_until = excluded.discount_until, discount_rate = excluded.discount_rate, " +
        "discounted = excluded.discounted, disputed = excluded.disputed, late_charge = excluded.late_charge, " +
        "terms = coalesce(excluded.terms, o.terms), charge = coalesce(excluded.charge, o.charge), " +
        "external_number = coalesce(excluded.external_number, o.external_number), " +
        "external_number_key = coalesce(excluded.external_number_key, o.external_number_key), " +
        "unearned_until = excluded.unearned_until, unearned_left = excluded.unearned_left, " +
        "net = coalesce(excluded.net, o.net) " +
        "where excluded.version >= o.version";

    private const string Terms =
        "update open_items i set terms = s.terms, net = s.net from unnest($1, $2, $3, $4) " +
        "as s (invoice_id, installment, terms, net) " +
        "where i.invoice_id = s.invoice_id and i.installment = s.installment " +
        "and (i.terms, i.net) is distinct from (s.terms, s.net)";

    private const string Lock =
        "select 1 from open_items where (invoice_id, installment) in (select * from unnest($1, $2)) " +
        "order by invoice_id, installment for update";

    private const string Check =
        "select otc_version_conflict() from unnest($1, $2, $3) as wanted (invoice_id, installment, amount) " +
        "left join open_items i using (invoice_id, installment) where wanted.amount > coalesce(i.balance, 0) - " +
        "coalesce((select sum(p.settled + p.credited) from allocations p " +
        "where p.invoice_id = wanted.invoice_id and p.installment = wanted.installment and p.status = 'pending'), 0)";

    private static readonly SqlRows<(OpenItem Item, long Version, string? Terms, decimal? Net)> Rows =
        new SqlRows<(OpenItem Item, long Version, string? Terms, decimal? Net)>()
            .Column(row => row.Item.InvoiceId)
            .Column(row => row.Item.Installment)
            .Column(row => row.Item.InvoiceNumber)
            .Column(row => row.Item.LegalEntity)
            .Column(row => row.Item.CustomerId)
            .Column(row => row.Item.InvoiceDate)
            .Column(row => row.Item.DueDate)
            .Column(row => row.Item.Balance.Currency)
            .Column(row => row.Item.Amount.Amount)
            .Column(row => row.Item.Balance.Amount)
            .Column(row => ReferenceKeys.Compact(row.Item.InvoiceNumber))
            .Column(row => ReferenceKeys.Loose(row.Item.InvoiceNumber))
            .Column(row => row.Version)
            .Column(row => row.Item.PurchaseOrder)
            .Column(row => row.Item.OrderReference)
            .Column(row => OrderKey(row.Item.PurchaseOrder))
            .Column(row => OrderKey(row.Item.OrderReference))
            .Column(row => row.Item.DiscountUntil)
            .Column(row => row.Item.DiscountRate)
            .Column(row => Discounted(row.Item))
            .Column(row => row.Item.Disputed?.Amount ?? 0)
            .Column(row => row.Item.Kind == "debit-memo")
            .Column(row => row.Terms)
            .Column(row => row.Item.Charge)
            .Column(row => row.Item.ExternalNumber)
            .Column(row => OrderKey(row.Item.ExternalNumber))
            .Column(row => row.Item.Unearned is { } late ? late.Until ?? DateOnly.MaxValue : (DateOnly?)null)
            .Column(row => row.Item.Unearned?.UpTo?.Amount)
            .Column(row => row.Net);

    private static readonly SqlRows<(OpenItem Item, long Version, string? Terms, decimal? Net)> TermRows =
        new SqlRows<(OpenItem Item, long Version, string? Terms, decimal? Net)>()
            .Column(row => row.Item.InvoiceId)
            .Column(row => row.Item.Installment)
            .Column(row => row.Terms)
            .Column(row => row.Net);

    /// <summary>Rows as they are after an event of the invoice; older ones change nothing.</summary>
    public static NpgsqlBatchCommand Write(long version, params IReadOnlyList<OpenItem> items) =>
        Rows.Command(Upsert, [.. items.Select(item => (item, version, (string?)null, (decimal?)null))]);

    /// <summary>The rows of a new invoice, and its terms and net whatever is known of it already.</summary>
    public static NpgsqlBatchCommand[] Write(long version, InvoiceIssued invoice)
    {
        ArgumentNullException.ThrowIfNull(invoice);
        (OpenItem, long, string?, decimal?)[] rows =
            [.. invoice.Items.Zip(Net(invoice), (item, net) => (item, version, (string?)invoice.Terms, net))];
        return [Rows.Command(Upsert, rows), TermRows.Command(Terms, rows)];
    }

    /// <summary>
    /// Holds the write to what is available in the moment of writing: the items are locked in order, and a promise
    /// beyond balance minus promises counts as a version conflict, so that the caller matches again on what is left.
    /// Thus no two instances promise the same money, and one round trip is enough.
    /// </summary>
    public static WriteBatch GuardPromises(
        this WriteBatch batch, IEnumerable<(Guid InvoiceId, int Installment, decimal Amount)> promises)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var wanted = promises
            .GroupBy(promise => (promise.InvoiceId, promise.Installment))
            .Select(item => (item.Key.InvoiceId, item.Key.Installment, Amount: item.Sum(promise => promise.Amount)))
            .ToArray();
        if (wanted.Length == 0)
            return batch;
        return batch
            .Guard(new SqlRows<(Guid InvoiceId, int Installment, decimal Amount)>()
                .Column(item => item.InvoiceId).Column(item => item.Installment).Command(Lock, wanted))
            .Guard(new SqlRows<(Guid InvoiceId, int Installment, decimal Amount)>()
                .Column(item => item.InvoiceId).Column(item => item.Installment).Column(item => item.Amount)
                .Command(Check, wanted));
    }

    private static string? OrderKey(string? order) =>
        order is not null && ReferenceKeys.Compact(order) is { Length: > 0 } key ? key : null;

    /// <summary>
    /// What the invoice bills without tax, as its installments share it; null where one of them bills nothing.
    /// </summary>
    private static IEnumerable<decimal?> Net(InvoiceIssued invoice) =>
        invoice.Items.Count > 0 && invoice.Items.All(item => item.Amount.Amount > 0)
            ? invoice.Net.ToMoney().Split([.. invoice.Items.Select(item => item.Amount.Amount)])
                .Select(share => (decimal?)share.Amount)
            : invoice.Items.Select(_ => (decimal?)null);

    /// <summary>What is to be paid when the discount is taken; null where there is none.</summary>
    private static decimal? Discounted(OpenItem item) => item.DiscountRate is { } rate && item.Balance.Amount > 0
        ? item.Balance.Amount - item.Balance.ToMoney().Times(rate).Amount
        : null;
}
