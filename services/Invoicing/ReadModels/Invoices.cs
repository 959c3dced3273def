using OrderToCash.EventSourcing.Projections;
using OrderToCash.Invoicing.Customers;
using OrderToCash.Invoicing.Invoices;

namespace OrderToCash.Invoicing.ReadModels;

/// <summary>
/// Invoices and their open items as they are now. There is no status column: it follows from the amounts.
/// </summary>
public sealed class InvoicesProjection : Projection
{
    public InvoicesProjection()
        : base("invoices", "invoices", "open_items")
    {
        Issued();
        Settled<PaymentApplied>(e => (e.Item, -e.Settled.Amount));
        Settled<PaymentReversed>(e => (e.Item, e.Settled.Amount));
        On<InvoiceVoided>(
            "update invoices set balance = 0, is_void = true, version = e.version " +
            "from unnest($1, $2) as e (id, version) where invoice_id = e.id",
            rows => rows.Column(e => e.StreamId).Column(e => e.Version));
        On<InvoiceVoided>(
            "update open_items set balance = 0, disputed = 0, base_balance = base_balance * 0 " +
            "where invoice_id = any($1)",
            rows => rows.Column(e => e.StreamId));
        Settled<CreditApplied>(e => (e.Item, -e.Amount.Amount));
        Settled<CreditUnapplied>(e => (e.Item, e.Amount.Amount));
        Settled<WrittenOff>(e => (e.Item, -e.Amount.Amount));
        Settled<WriteOffRecovered>(e => (e.Item, e.Amount.Amount));
        Settled<ChargeWaived>(e => (e.Item, -e.Amount.Amount));
        Settled<ChargeReinstated>(e => (e.Item, e.Amount.Amount));
        GivenUp<ChargeWaived>(e => e.Amount.Amount);
        GivenUp<ChargeReinstated>(e => -e.Amount.Amount);
        GivenUp<WrittenOff>(e => e.Amount.Amount);
        GivenUp<WriteOffRecovered>(e => -e.Amount.Amount);
        Settled<DisputeMarked>(e => (e.Item, 0));
        Settled<DepositApplied>(e => (e.Item, -e.Amount.Amount));
        Settled<DepositUnapplied>(e => (e.Item, e.Amount.Amount));
        Settled<InvoiceChargedBack>(e => (e.Item, -e.Amount.Amount));
        Settled<InvoiceChargebackReversed>(e => (e.Item, e.Amount.Amount));
        Seen<DepositUsed>();
        Seen<DepositReleased>();
        Rescheduled();
        BecameOverdue();
        Seen<PaymentApplicationRejected>();
        Seen<PaymentReversalAwaited>();
        Seen<InvoiceCredited>();
        Seen<InvoiceCreditWithdrawn>();
        Seen<InvoiceCreditRefundReserved>();
        Seen<InvoiceCreditRefundReleased>();
        Seen<InvoiceCreditRefundUncovered>();
        Seen<InvoiceCreditRefunded>();
        Seen<InvoiceCreditRefundReturned>();
        Seen<InvoiceCorrected>();
    }

    /// <summary>The invoice shows the first of its due dates.</summary>
    private void Rescheduled()
    {
        On<InstallmentRescheduled>(
            "update open_items o set due_date = e.due, original_due_date = e.original " +
            "from unnest($1, $2, $3, $4) as e (id, installment, due, original) " +
            "where o.invoice_id = e.id and o.installment = e.installment",
            rows => rows
                .Column(e => e.StreamId)
                .Column(e => e.Data.Item.Installment)
                .Column(e => e.Data.Item.DueDate)
                .Column(e => e.Data.Item.OriginalDueDate));
        On<InstallmentRescheduled>(
            "update invoices i set version = e.version, due_date = (select min(o.due_date) from open_items o " +
            "where o.invoice_id = i.invoice_id) from unnest($1, $2) as e (id, version) where i.invoice_id = e.id",
            rows => rows.Column(e => e.StreamId).Column(e => e.Version));
    }

    private void BecameOverdue()
    {
        On<InvoiceBecameOverdue>(
            "update open_items o set passed_due_date = e.due from unnest($1, $2, $3) as e (id, installment, due) " +
            "where o.invoice_id = e.id and o.installment = e.installment",
            rows => rows
                .Column(e => e.StreamId)
                .Column(e => e.Data.Item.Installment)
                .Column(e => e.Data.Item.DueDate));
        Seen<InvoiceBecameOverdue>();
    }

    private void GivenUp<TEvent>(Func<TEvent, decimal> change) => On<TEvent>(
        "update invoices set written_off = written_off + e.change from unnest($1, $2) as e (id, change) " +
        "where invoice_id = e.id",
        rows => rows.Column(e => e.StreamId).Column(e => change(e.Data)));

    private void Issued()
    {
        On<InvoiceIssued>(
            "insert into invoices (invoice_id, number, legal_entity, customer_id, invoice_date, due_date, currency, " +
            "terms, terms_mismatch, order_reference, purchase_order, net, tax, total, balance, is_void, issued_at, " +
            "version, kind, agreed_terms, external_number, chargeback_of, chargeback_installment, " +
            "contract_reference) " +
            "select e.id, e.number, e.entity, e.customer, e.date, e.due, e.currency, e.terms, e.mismatch, " +
            "e.order_reference, e.purchase_order, e.net, e.tax, e.total, e.total, false, e.at, e.version, e.kind, " +
            "e.agreed_terms, e.external, e.chargeback_of, e.chargeback_installment, e.contract " +
            "from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, " +
            "$20, $21, $22) " +
            "as e (id, number, entity, customer, date, due, currency, terms, mismatch, order_reference, " +
            "purchase_order, net, tax, total, at, version, kind, agreed_terms, external, chargeback_of, " +
            "chargeback_installment, contract)",
            rows => rows
                .Column(e => e.StreamId)
                .Column(e => e.Data.Number)
                .Column(e => e.Data.Books.LegalEntity)
                .Column(e => e.Data.CustomerId)
                .Column(e => e.Data.InvoiceDate)
                .Column(e => e.Data.Installments[0].DueDate)
                .Column(e => e.Data.Total.Currency.Code)
                .Column(e => e.Data.OfferedTerms)
                .Column(e => e.Data.Terms != e.Data.AgreedTerms)
                .Column(e => e.Data.OrderReference)
                .Column(e => e.Data.PurchaseOrder)
                .Column(e => e.Data.Net.Amount)
                .Column(e => e.Data.Tax.Amount)
                .Column(e => e.Data.Total.Amount)
                .Column(e => e.At)
                .Column(e => e.Version)
                .Column(e => e.Data.Kind.ToString())
                .Column(e => e.Data.Terms == e.Data.AgreedTerms ? null : e.Data.AgreedTerms)
                .Column(e => e.Data.ExternalNumber)
                .Column(e => e.Data.Chargeback?.InvoiceId)
                .Column(e => e.Data.Chargeback?.Installment)
                .Column(e => e.Data.ContractReference));
        OnEach<InvoiceIssued, (Recorded<InvoiceIssued> Event, Installment Due)>(
            e => e.Data.Installments.Select(due => (e, due)),
            "insert into open_items (invoice_id, installment, legal_entity, customer_id, currency, due_date, amount, " +
            "balance, base_balance, original_due_date) " +
            "select e.id, e.installment, e.entity, e.customer, e.currency, e.due, e.amount, e.amount, e.base, " +
            "e.agreed from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9) as e (id, installment, entity, customer, " +
            "currency, due, amount, base, agreed)",
            rows => rows
                .Column(row => row.Event.StreamId)
                .Column(row => row.Due.Number)
                .Column(row => row.Event.Data.Books.LegalEntity)
                .Column(row => row.Event.Data.CustomerId)
                .Column(row => row.Due.Amount.Currency.Code)
                .Column(row => row.Due.DueDate)
                .Column(row => row.Due.Amount.Amount)
                .Column(row => row.Due.Base?.Amount)
                .Column(row => row.Event.Data.Chargeback?.AgreedDueDate));
    }

    private void Settled<TEvent>(Func<TEvent, (OpenItem Item, decimal Change)> read)
    {
        On<TEvent>(
            "update invoices set balance = balance + e.change, version = e.version " +
            "from unnest($1, $2, $3) as e (id, change, version) where invoice_id = e.id",
            rows => rows
                .Column(e => e.StreamId)
                .Column(e => read(e.Data).Change)
                .Column(e => e.Version));
        On<TEvent>(
            "update open_items o set balance = e.balance, disputed = e.disputed, base_balance = e.base " +
            "from unnest($1, $2, $3, $4, $5) as e (id, installment, balance, disputed, base) " +
            "where o.invoice_id = e.id and o.installment = e.installment",
            rows => rows
                .Column(e => e.StreamId)
                .Column(e => read(e.Data).Item.Installment)
                .Column(e => read(e.Data).Item.Balance.Amount)
                .Column(e => read(e.Data).Item.Disputed?.Amount ?? 0)
                .Column(e => read(e.Data).Item.BaseBalance?.Amount));
    }

    /// <summary>Changes no amount, but the row carries the version that the resource's ETag shows.</summary>
    private void Seen<TEvent>() => On<TEvent>(
        "update invoices set version = e.version from unnest($1, $2) as e (id, version) where invoice_id = e.id",
        rows => rows.Column(e => e.StreamId).Column(e => e.Version));
}
