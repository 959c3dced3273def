using OrderToCash.Credit.CreditAccounts;
using OrderToCash.EventSourcing.Projections;

namespace OrderToCash.Credit.ReadModels;

/// <summary>
/// What each customer owed at the end of each quarter of an hour in which that changed. The days of every time zone end
/// with one, and which zone a customer's days are in is known to whoever reads.
/// </summary>
public sealed class BalancesProjection : Projection
{
    private static readonly long Quarter = TimeSpan.FromMinutes(15).Ticks;

    public BalancesProjection()
        : base("credit_balance_moments", "credit_balance_moments")
    {
        On<ReceivableRecorded>(
            "insert into credit_balance_moments (customer_id, currency, at, balance) " +
            "select * from unnest($1, $2, $3, $4) " +
            "on conflict (customer_id, currency, at) do update set balance = excluded.balance",
            rows => rows
                .Column(e => e.StreamId)
                .Column(e => e.Data.Exposure.OpenReceivables.Currency.Code)
                .Column(e => BeginOf(e.At))
                .Column(e => e.Data.Exposure.OpenReceivables.Amount));
    }

    /// <summary>The first instant of the quarter of an hour.</summary>
    private static DateTimeOffset BeginOf(DateTimeOffset at) =>
        new(at.UtcTicks - (at.UtcTicks % Quarter), TimeSpan.Zero);
}
