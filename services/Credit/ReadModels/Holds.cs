using OrderToCash.Credit.CreditAccounts;
using OrderToCash.EventSourcing.Projections;

namespace OrderToCash.Credit.ReadModels;

/// <summary>Holds that were not let go, and rules that are quiet because a person let theirs go.</summary>
public sealed class HoldsProjection : Projection
{
    public HoldsProjection()
        : base("credit_holds", "credit_holds", "credit_quiet_rules")
    {
        On<HoldPlaced>(
            "insert into credit_holds (hold_id, customer_id, code, detail, by_rule, until, placed_at, placed_by) " +
            "select * from unnest($1, $2, $3, $4, $5, $6, $7, $8) on conflict (hold_id) do update set " +
            "detail = excluded.detail, until = excluded.until, placed_at = excluded.placed_at, " +
            "placed_by = excluded.placed_by",
            rows => rows
                .Column(e => e.Data.HoldId)
                .Column(e => e.StreamId)
                .Column(e => e.Data.Code)
                .Column(e => e.Data.Detail)
                .Column(e => e.Data.ByRule)
                .Column(e => e.Data.Until)
                .Column(e => e.At)
                .Column(e => e.Event.Metadata.By));
        On<HoldReleased>(
            "delete from credit_holds where hold_id = any($1)", rows => rows.Column(e => e.Data.HoldId));
        OnEach<HoldReleased, (Guid CustomerId, string Code, DateOnly Until)>(
            e => e.Data.QuietUntil is { } until ? [(e.StreamId, e.Data.Code, until)] : [],
            "insert into credit_quiet_rules (customer_id, code, until) select * from unnest($1, $2, $3) " +
            "on conflict (customer_id, code) do update set until = excluded.until",
            rows => rows.Column(e => e.CustomerId).Column(e => e.Code).Column(e => e.Until));
        OnResumption<HoldPlaced>(e => e.ByRule ? e.Code : null);
        OnResumption<HoldRuleResumed>(e => e.Code);
    }

    private void OnResumption<TEvent>(Func<TEvent, string?> code) =>
        OnEach<TEvent, (Guid CustomerId, string Code)>(
            e => code(e.Data) is { } resumed ? [(e.StreamId, resumed)] : [],
            "delete from credit_quiet_rules q using unnest($1, $2) as e (customer_id, code) " +
            "where q.customer_id = e.customer_id and q.code = e.code",
            rows => rows.Column(e => e.CustomerId).Column(e => e.Code));
}

/// <summary>Guarantees and insurance.</summary>
public sealed class CoverProjection : Projection
{
    public CoverProjection()
        : base("credit_cover", "credit_cover")
    {
        On<CoverRegistered>(
            "insert into credit_cover (cover_id, customer_id, kind, provider, reference, amount, currency, percent, " +
            "valid_from, valid_until) select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) " +
            "on conflict (cover_id) do update set kind = excluded.kind, provider = excluded.provider, " +
            "reference = excluded.reference, amount = excluded.amount, currency = excluded.currency, " +
            "percent = excluded.percent, valid_from = excluded.valid_from, valid_until = excluded.valid_until",
            rows => rows
                .Column(e => e.Data.CoverId)
                .Column(e => e.StreamId)
                .Column(e => e.Data.Kind)
                .Column(e => e.Data.Provider)
                .Column(e => e.Data.Reference)
                .Column(e => e.Data.Cover.Amount)
                .Column(e => e.Data.Cover.Currency.Code)
                .Column(e => e.Data.Percent)
                .Column(e => e.Data.From)
                .Column(e => e.Data.Until));
        On<CoverEnded>(
            "update credit_cover c set valid_until = e.day - 1 from unnest($1, $2) as e (cover_id, day) " +
            "where c.cover_id = e.cover_id",
            rows => rows.Column(e => e.Data.CoverId).Column(e => e.Data.On));
    }
}
