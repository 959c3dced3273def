using OrderToCash.Credit.CreditAccounts;
using OrderToCash.EventSourcing.Projections;

namespace OrderToCash.Credit.ReadModels;

/// <summary>What each customer owed at the end of each day (UTC) on which that changed.</summary>
public sealed class BalancesProjection : Projection
{
    public BalancesProjection()
        : base("credit_balances", "credit_balances")
    {
        On<ReceivableRecorded>(
            "insert into credit_balances (customer_id, currency, day, balance) " +
            "select * from unnest($1, $2, $3, $4) " +
            "on conflict (customer_id, currency, day) do update set balance = excluded.balance",
            rows => rows
                .Column(e => e.StreamId)
                .Column(e => e.Data.Exposure.OpenReceivables.Currency.Code)
                .Column(e => DateOnly.FromDateTime(e.At.UtcDateTime))
                .Column(e => e.Data.Exposure.OpenReceivables.Amount));
    }
}
