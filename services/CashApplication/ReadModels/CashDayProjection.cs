using OrderToCash.CashApplication.Controls;
using OrderToCash.EventSourcing.Projections;

namespace OrderToCash.CashApplication.ReadModels;

/// <summary>Keeps <c>cash_days</c>.</summary>
public sealed class CashDayProjection : Projection
{
    public CashDayProjection()
        : base("cash_days", "cash_days")
    {
        On<CashDayClosed>(
            "insert into cash_days (bank_account, day, legal_entity, credits, receipts, ledger, count, closed_by, " +
            "closed_at, version, fees) select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) " +
            "on conflict (bank_account, day) do update set credits = excluded.credits, " +
            "receipts = excluded.receipts, ledger = excluded.ledger, count = excluded.count, " +
            "closed_by = excluded.closed_by, closed_at = excluded.closed_at, version = excluded.version, " +
            "fees = excluded.fees",
            rows => rows
                .Column(e => e.Data.BankAccount)
                .Column(e => e.Data.Day)
                .Column(e => e.Data.LegalEntity)
                .Column(e => e.Data.Figures.Credits.Amount)
                .Column(e => e.Data.Figures.Receipts.Amount)
                .Column(e => e.Data.Figures.Ledger.Amount)
                .Column(e => e.Data.Figures.Count)
                .Column(e => e.Data.By)
                .Column(e => e.At)
                .Column(e => e.Version)
                .Column(e => e.Data.Figures.Fees?.Amount ?? 0));
    }
}
