using OrderToCash.CashApplication.Refunds;
using OrderToCash.EventSourcing.Projections;

namespace OrderToCash.CashApplication.ReadModels;

/// <summary>Keeps <c>refunds</c>.</summary>
public sealed class RefundProjection : Projection
{
    public RefundProjection()
        : base("refunds", "refunds")
    {
        On<RefundRequested>(
            "insert into refunds (id, legal_entity, receipt_id, receipt_number, customer_id, currency, amount, " +
            "payee_name, reason, requested_by, requested_at, version, status) " +
            "select *, 'waiting' from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
            rows => rows
                .Column(e => e.StreamId)
                .Column(e => e.Data.LegalEntity)
                .Column(e => e.Data.ReceiptId)
                .Column(e => e.Data.ReceiptNumber)
                .Column(e => e.Data.CustomerId)
                .Column(e => e.Data.Amount.Currency.Code)
                .Column(e => e.Data.Amount.Amount)
                .Column(e => e.Data.Payee.Name)
                .Column(e => e.Data.Reason)
                .Column(e => e.Data.RequestedBy)
                .Column(e => e.At)
                .Column(e => e.Version));
        On<CreditRefundRequested>(
            "insert into refunds (id, legal_entity, credit_memo_id, credit_memo_number, customer_id, currency, " +
            "amount, payee_name, reason, requested_by, requested_at, version, status) " +
            "select *, 'approved' from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
            rows => rows
                .Column(e => e.StreamId)
                .Column(e => e.Data.LegalEntity)
                .Column(e => e.Data.CreditMemoId)
                .Column(e => e.Data.Number)
                .Column(e => e.Data.CustomerId)
                .Column(e => e.Data.Amount.Currency.Code)
                .Column(e => e.Data.Amount.Amount)
                .Column(e => e.Data.Payee.Name)
                .Column(e => e.Data.Reason)
                .Column(e => e.Data.RequestedBy)
                .Column(e => e.At)
                .Column(e => e.Version));
        Becomes<RefundApproved>(RefundStatus.Approved);
        Becomes<RefundRejected>(RefundStatus.Rejected);
        Becomes<RefundCancelled>(RefundStatus.Cancelled);
        Becomes<RefundPutIntoFile>(RefundStatus.InPayment);
        Becomes<RefundTakenOutOfFile>(RefundStatus.Approved);
        Becomes<RefundPaid>(RefundStatus.Paid);
        Becomes<RefundReturned>(RefundStatus.Returned);
        Becomes<CreditRefundDeclined>(RefundStatus.Rejected);
        Becomes<CreditRefundCancelled>(RefundStatus.Cancelled);
        Becomes<CreditRefundPaid>(RefundStatus.Paid);
        Becomes<CreditRefundReturned>(RefundStatus.Returned);
        On<CreditRefundHeld>(
            "update refunds r set version = s.version from unnest($1, $2) as s (id, version) where r.id = s.id",
            rows => rows.Column(e => e.StreamId).Column(e => e.Version));
        On<RefundPutIntoFile>(
            "update refunds r set payment_file_id = s.file from unnest($1, $2) as s (id, file) where r.id = s.id",
            rows => rows.Column(e => e.StreamId).Column(e => e.Data.PaymentFileId));
        On<RefundTakenOutOfFile>(
            "update refunds set payment_file_id = null where id = any($1)", rows => rows.Column(e => e.StreamId));
    }

    private void Becomes<TEvent>(RefundStatus status) => On<TEvent>(
        "update refunds r set status = s.status, version = s.version " +
        "from unnest($1, $2, $3) as s (id, status, version) where r.id = s.id",
        rows => rows.Column(e => e.StreamId).Column(_ => status.Kebab()).Column(e => e.Version));
}
