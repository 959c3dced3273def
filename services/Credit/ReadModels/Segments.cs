using Npgsql;
using OrderToCash.Credit.CreditAccounts;
using OrderToCash.Credit.Segments;
using OrderToCash.EventSourcing;
using OrderToCash.EventSourcing.Projections;

namespace OrderToCash.Credit.ReadModels;

/// <summary>Segments of customers with a limit.</summary>
public sealed class SegmentsProjection : Projection
{
    public SegmentsProjection()
        : base("credit_segments", "credit_segments")
    {
        On<SegmentLimitSet>(
            "insert into credit_segments (legal_entity, segment, limit_amount, currency, expires_on) " +
            "select * from unnest($1, $2, $3, $4, $5) on conflict (legal_entity, segment) do update set " +
            "limit_amount = excluded.limit_amount, currency = excluded.currency, expires_on = excluded.expires_on",
            rows => rows
                .Column(e => e.Data.LegalEntity)
                .Column(e => e.Data.Segment)
                .Column(e => e.Data.Limit.Amount)
                .Column(e => e.Data.Limit.Currency.Code)
                .Column(e => e.Data.ExpiresOn));
        On<SegmentLimitRemoved>(
            "delete from credit_segments s using unnest($1, $2) as e (legal_entity, segment) " +
            "where s.legal_entity = e.legal_entity and s.segment = e.segment",
            rows => rows.Column(e => e.Data.LegalEntity).Column(e => e.Data.Segment));
    }

    /// <summary>
    /// Turns away what approves an order without having decided it on a segment that has a limit: whoever decided knew
    /// of none.
    /// </summary>
    public static NpgsqlBatchCommand? CheckLimits(IReadOnlyList<StoredEvent> events)
    {
        ArgumentNullException.ThrowIfNull(events);
        Guid[] customers =
        [
            .. events.Where(e => e.Data is OrderApproved or OrderReleased).Select(e => e.StreamId)
                .Except(events.Select(e => e.Data).OfType<SegmentOrderDecided>().Select(order => order.CustomerId)),
        ];
        if (customers.Length == 0)
            return null;
        var check = new NpgsqlBatchCommand("select check_credit_segments($1)");
        check.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = customers });
        return check;
    }

    /// <summary>Waits for those orders, and keeps others waiting until the limit is changed.</summary>
    public static NpgsqlBatchCommand LockFor(string legalEntity, string segment)
    {
        var alone = new NpgsqlBatchCommand("select pg_advisory_xact_lock(credit_segment_key($1, $2))");
        alone.Parameters.Add(new NpgsqlParameter<string> { TypedValue = legalEntity });
        alone.Parameters.Add(new NpgsqlParameter<string> { TypedValue = segment });
        return alone;
    }
}
