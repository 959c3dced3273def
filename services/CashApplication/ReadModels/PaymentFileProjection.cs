using OrderToCash.CashApplication.Payouts;
using OrderToCash.EventSourcing.Projections;

namespace OrderToCash.CashApplication.ReadModels;

/// <summary>Keeps <c>payment_files</c>.</summary>
public sealed class PaymentFileProjection : Projection
{
    public PaymentFileProjection()
        : base("payment_files", "payment_files")
    {
        On<PaymentFileCreated>(
            "insert into payment_files (id, legal_entity, bank_account, currency, amount, payments, execution_date, " +
            "created_at, version, status) select *, 'waiting' from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            rows => rows
                .Column(e => e.StreamId)
                .Column(e => e.Data.LegalEntity)
                .Column(e => e.Data.Account.Code)
                .Column(e => e.Data.Total.Currency.Code)
                .Column(e => e.Data.Total.Amount)
                .Column(e => e.Data.Orders.Count)
                .Column(e => e.Data.ExecutionDate)
                .Column(e => e.Data.CreatedAt)
                .Column(e => e.Version));
        Becomes<PaymentFileReleased>(PaymentFileStatus.Released);
        Becomes<PaymentFileDropped>(PaymentFileStatus.Dropped);
    }

    private void Becomes<TEvent>(PaymentFileStatus status) => On<TEvent>(
        "update payment_files f set status = s.status, version = s.version " +
        "from unnest($1, $2, $3) as s (id, status, version) where f.id = s.id",
        rows => rows.Column(e => e.StreamId).Column(_ => status.Kebab()).Column(e => e.Version));
}
