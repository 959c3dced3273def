using Npgsql;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.EventSourcing;

namespace OrderToCash.CashApplication.Replicas;

/// <summary>
/// What Invoicing says it did to invoices: amount less all that was settled is what must be open. Kept apart from the
/// balances, so that each is held against the other. A fact that comes again long after the inbox has forgotten its
/// message is still one fact: the version of the invoice tells.
/// </summary>
public static class ItemMovements
{
    /// <summary>Money of a receipt was applied.</summary>
    public const string PaymentApplied = "payment-applied";

    /// <summary>It was taken back.</summary>
    public const string PaymentReversed = "payment-reversed";

    private const string Voided = "voided";

    private static readonly SqlRows<(Guid InvoiceId, long Version, string Kind, decimal Settled, Guid? SourceId)> Rows =
        new SqlRows<(Guid InvoiceId, long Version, string Kind, decimal Settled, Guid? SourceId)>()
            .Column(row => row.InvoiceId)
            .Column(row => row.Version)
            .Column(row => row.Kind)
            .Column(row => row.Settled)
            .Column(row => row.SourceId);

    /// <summary>A payment that was applied.</summary>
    public static NpgsqlBatchCommand Of(long version, PaymentApplied payment)
    {
        ArgumentNullException.ThrowIfNull(payment);
        return Write(payment.InvoiceId, version, PaymentApplied,
            Settled(payment.Amount, payment.Discount, payment.Difference), payment.AllocationId);
    }

    /// <summary>A payment that was taken back.</summary>
    public static NpgsqlBatchCommand Of(long version, PaymentReversed payment)
    {
        ArgumentNullException.ThrowIfNull(payment);
        return Write(payment.InvoiceId, version, PaymentReversed,
            -Settled(payment.Amount, payment.Discount, payment.Difference), payment.AllocationId);
    }

    /// <summary>An invoice that was cancelled; nothing was settled of it by anything else.</summary>
    public static NpgsqlBatchCommand Of(long version, InvoiceVoided invoice)
    {
        ArgumentNullException.ThrowIfNull(invoice);
        return Write(invoice.InvoiceId, version, Voided, invoice.Items.Sum(item => item.Amount.Amount), null);
    }

    /// <summary>Any other change; of kinds that are not known here nothing is taken to be settled.</summary>
    public static NpgsqlBatchCommand Of(long version, OpenItemsChanged change)
    {
        ArgumentNullException.ThrowIfNull(change);
        return Write(change.InvoiceId, version, change.Kind,
            change.Kind switch
            {
                "credit-applied" or "deposit-applied" or "written-off" or "charge-waived" or "charged-back" =>
                    change.Amount.Amount,
                "credit-unapplied" or "deposit-unapplied" or "write-off-recovered" or "charge-reinstated"
                    or "chargeback-reversed" => -change.Amount.Amount,
                _ => 0,
            },
            change.SourceId);
    }

    private static decimal Settled(params ReadOnlySpan<Contracts.MoneyAmount?> amounts)
    {
        var sum = 0m;
        foreach (var amount in amounts)
            sum += amount?.Amount ?? 0;
        return sum;
    }

    private static NpgsqlBatchCommand Write(
        Guid invoiceId, long version, string kind, decimal settled, Guid? sourceId) => Rows.Command(
        "insert into item_movements (invoice_id, version, kind, settled, source_id) " +
        "select * from unnest($1, $2, $3, $4, $5) on conflict do nothing",
        [(invoiceId, version, kind, settled, sourceId)]);
}
