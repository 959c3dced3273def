using OrderToCash.Credit.CreditAccounts;
using OrderToCash.EventSourcing.Projections;
using OrderToCash.Kernel;

namespace OrderToCash.Credit.ReadModels;

/// <summary>Accounts with their limits, and what is at risk in each currency.</summary>
public sealed class CreditAccountsProjection : Projection
{
    private const string Exposed =
        "insert into credit_exposures (customer_id, currency, open_receivables, open_orders, unapplied_cash, " +
        "disputed, open_credits, unbilled_deliveries) select * from unnest($1, $2, $3, $4, $5, $6, $7, $8) " +
        "on conflict (customer_id, currency) do update set " +
        "open_receivables = excluded.open_receivables, open_orders = excluded.open_orders, " +
        "unapplied_cash = excluded.unapplied_cash, disputed = excluded.disputed, " +
        "open_credits = excluded.open_credits, unbilled_deliveries = excluded.unbilled_deliveries";

    public CreditAccountsProjection()
        : base("credit_accounts", "credit_accounts", "credit_exposures", "credit_absorbed", "credit_unsettled")
    {
        OnUnsettledCash();
        OnAccount();
        OnLimits();
        OnMergers();
        OnExposure<ReceivableRecorded>(e => e.Exposure);
        OnExposure<UnappliedCashRecorded>(e => e.Exposure);
        OnExposure<OpenCreditRecorded>(e => e.Exposure);
        OnExposure<OrderApproved>(e => e.Exposure);
        OnExposure<OrderHeld>(e => e.Exposure);
        OnExposure<OrderDeclined>(e => e.Exposure);
        OnExposure<OrderReduced>(e => e.Exposure);
        OnExposure<OrderReleased>(e => e.Exposure);
        OnExposure<OrderCancelled>(e => e.Exposure);
        OnExposure<OrderExpired>(e => e.Exposure);
        OnExposure<ReservationConverted>(e => e.Exposure);
        OnExposure<ReservationRestored>(e => e.Exposure);
        OnExposure<DeliveryRecorded>(e => e.Exposure);
        OnExposure<InvoiceCreditNoted>(e => e.Exposure);
        OnExposure<DepositUseNoted>(e => e.Exposure);
    }

    private void OnAccount()
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
        On<CustomerKnown>(
            "update credit_accounts a set name = e.name, country = e.country, segment = e.segment, terms = e.terms, " +
            "parent_id = e.parent_id, status = e.status, merged_into = e.merged_into " +
            "from unnest($1, $2, $3, $4, $5, $6, $7, $8) as e (customer_id, name, country, segment, terms, " +
            "parent_id, status, merged_into) where a.customer_id = e.customer_id",
            rows => rows
                .Column(e => e.StreamId)
                .Column(e => e.Data.Name)
                .Column(e => e.Data.Country)
                .Column(e => e.Data.Segment)
                .Column(e => e.Data.Terms)
                .Column(e => e.Data.ParentId)
                .Column(e => e.Data.Status)
                .Column(e => e.Data.MergedInto));
        On<RiskAssessed>(
            "update credit_accounts a set score = e.score, risk_class = e.risk_class, " +
            "behaviour_score = e.behaviour, assessed_at = e.at " +
            "from unnest($1, $2, $3, $4, $5) as e (customer_id, score, risk_class, behaviour, at) " +
            "where a.customer_id = e.customer_id",
            rows => rows
                .Column(e => e.StreamId)
                .Column(e => e.Data.Score)
                .Column(e => e.Data.RiskClass)
                .Column(e => e.Data.Behaviour)
                .Column(e => e.At));
    }

    private void OnLimits()
    {
        On<LimitSet>(
            "update credit_accounts a set limit_amount = e.amount, limit_expires_on = e.expires_on " +
            "from unnest($1, $2, $3) as e (customer_id, amount, expires_on) where a.customer_id = e.customer_id",
            rows => rows
                .Column(e => e.StreamId)
                .Column(e => e.Data.Limit.Amount)
                .Column(e => e.Data.ExpiresOn));
        On<TemporaryLimitSet>(
            "update credit_accounts a set temporary_limit = e.amount, temporary_from = e.first, " +
            "temporary_until = e.last from unnest($1, $2, $3, $4) as e (customer_id, amount, first, last) " +
            "where a.customer_id = e.customer_id",
            rows => rows
                .Column(e => e.StreamId)
                .Column(e => e.Data.Limit.Amount)
                .Column(e => e.Data.From)
                .Column(e => e.Data.Until));
        On<TemporaryLimitWithdrawn>(
            "update credit_accounts set temporary_limit = null, temporary_from = null, temporary_until = null " +
            "where customer_id = any($1)",
            rows => rows.Column(e => e.StreamId));
    }

    private void OnMergers()
    {
        const string gone =
            "delete from credit_absorbed a using unnest($1, $2) as e (survivor_id, duplicate_id) " +
            "where a.survivor_id = e.survivor_id and a.duplicate_id = e.duplicate_id";
        On<DuplicateReleased>(gone, rows => rows.Column(e => e.StreamId).Column(e => e.Data.DuplicateId));
        On<DuplicateAbsorbed>(gone, rows => rows.Column(e => e.StreamId).Column(e => e.Data.DuplicateId));
        OnEach<DuplicateAbsorbed, (Guid Survivor, Guid Duplicate, Exposure Exposure)>(
            e => e.Data.Exposures.Select(exposure => (e.StreamId, e.Data.DuplicateId, exposure)),
            "insert into credit_absorbed (survivor_id, duplicate_id, currency, open_receivables, open_orders, " +
            "unapplied_cash, disputed, open_credits, unbilled_deliveries) " +
            "select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            rows => rows
                .Column(e => e.Survivor)
                .Column(e => e.Duplicate)
                .Column(e => e.Exposure.OpenOrders.Currency.Code)
                .Column(e => e.Exposure.OpenReceivables.Amount)
                .Column(e => e.Exposure.OpenOrders.Amount)
                .Column(e => e.Exposure.UnappliedCash.Amount)
                .Column(e => Amount(e.Exposure.Disputed))
                .Column(e => Amount(e.Exposure.OpenCredits))
                .Column(e => Amount(e.Exposure.UnbilledDeliveries)));
    }

    private void OnUnsettledCash() => OnEach<UnappliedCashRecorded, (Guid CustomerId, UnappliedCashRecorded Cash)>(
        e => e.Data.Booked?.MayBounceUntil is null ? [] : [(e.StreamId, e.Data)],
        "insert into credit_unsettled (customer_id, receipt_id, currency, unapplied, spent, until) " +
        "select * from unnest($1, $2, $3, $4, $5, $6) on conflict (customer_id, receipt_id) do update set " +
        "unapplied = excluded.unapplied, spent = excluded.spent, until = excluded.until",
        rows => rows
            .Column(e => e.CustomerId)
            .Column(e => e.Cash.ReceiptId)
            .Column(e => e.Cash.Unapplied.Currency.Code)
            .Column(e => e.Cash.Unapplied.Amount)
            .Column(e => Amount(e.Cash.Spent) + Amount(e.Cash.Gone))
            .Column(e => e.Cash.Booked!.MayBounceUntil));

    private void OnExposure<TEvent>(Func<TEvent, Exposure> exposure) => On<TEvent>(
        Exposed,
        rows => rows
            .Column(e => e.StreamId)
            .Column(e => exposure(e.Data).OpenOrders.Currency.Code)
            .Column(e => exposure(e.Data).OpenReceivables.Amount)
            .Column(e => exposure(e.Data).OpenOrders.Amount)
            .Column(e => exposure(e.Data).UnappliedCash.Amount)
            .Column(e => Amount(exposure(e.Data).Disputed))
            .Column(e => Amount(exposure(e.Data).OpenCredits))
            .Column(e => Amount(exposure(e.Data).UnbilledDeliveries)));

    private static decimal Amount(Money? money) => money?.Amount ?? 0;
}
