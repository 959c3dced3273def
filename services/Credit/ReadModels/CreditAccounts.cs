using OrderToCash.Credit.CreditAccounts;
using OrderToCash.EventSourcing.Projections;

namespace OrderToCash.Credit.ReadModels;

/// <summary>Accounts with their limits, and what is at risk in each currency.</summary>
public sealed class CreditAccountsProjection : Projection
{
    public CreditAccountsProjection()
        : base("credit_accounts", "credit_accounts", "credit_exposures")
    {
        On<AccountOpened>(
            "insert into credit_accounts (customer_id, legal_entity, number, name, currency, opened_at) " +
            "select * from unnest($1, $2, $3, $4, $5, $6)",
            rows => rows
                .Column(e => e.StreamId)
                .Column(e => e.Data.LegalEntity)
                .Column(e => e.Data.Number)
                .Column(e => e.Data.Name)
                .Column(e => e.Data.Currency)
                .Column(e => e.At));
        On<LimitSet>(
            "update credit_accounts a set limit_amount = e.amount, limit_expires_on = e.expires_on " +
            "from unnest($1, $2, $3) as e (customer_id, amount, expires_on) where a.customer_id = e.customer_id",
            rows => rows
                .Column(e => e.StreamId)
                .Column(e => e.Data.Limit.Amount)
                .Column(e => e.Data.ExpiresOn));
        OnExposure<ReceivableRecorded>(e => e.Exposure);
        OnExposure<UnappliedCashRecorded>(e => e.Exposure);
        OnExposure<OrderApproved>(e => e.Exposure);
        OnExposure<OrderHeld>(e => e.Exposure);
        OnExposure<OrderReduced>(e => e.Exposure);
        OnExposure<OrderReleased>(e => e.Exposure);
        OnExposure<OrderCancelled>(e => e.Exposure);
        OnExposure<ReservationConverted>(e => e.Exposure);
        OnExposure<ReservationRestored>(e => e.Exposure);
    }

    private void OnExposure<TEvent>(Func<TEvent, Exposure> exposure) => On<TEvent>(
        "insert into credit_exposures (customer_id, currency, open_receivables, open_orders, unapplied_cash) " +
        "select * from unnest($1, $2, $3, $4, $5) on conflict (customer_id, currency) do update set " +
        "open_receivables = excluded.open_receivables, open_orders = excluded.open_orders, " +
        "unapplied_cash = excluded.unapplied_cash",
        rows => rows
            .Column(e => e.StreamId)
            .Column(e => exposure(e.Data).OpenOrders.Currency.Code)
            .Column(e => exposure(e.Data).OpenReceivables.Amount)
            .Column(e => exposure(e.Data).OpenOrders.Amount)
            .Column(e => exposure(e.Data).UnappliedCash.Amount));
}
