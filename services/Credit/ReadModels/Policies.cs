using System.Text.Json;
using OrderToCash.Credit.Groups;
using OrderToCash.Credit.Policies;
using OrderToCash.Credit.Rates;
using OrderToCash.EventSourcing.Projections;
using OrderToCash.Kernel;

namespace OrderToCash.Credit.ReadModels;

/// <summary>Policies, one row per version, in the stored form.</summary>
public sealed class PoliciesProjection : Projection
{
    public PoliciesProjection()
        : base("credit_policies", "credit_policies")
    {
        On<PolicyDefined>(
            "insert into credit_policies (legal_entity, number, content, defined_at, defined_by) " +
            "select * from unnest($1, $2, $3, $4, $5)",
            rows => rows
                .Column(e => e.Data.LegalEntity)
                .Column(e => e.Data.Number)
                .JsonColumn(e => JsonSerializer.Serialize(e.Data.Policy, Json.Stored))
                .Column(e => e.At)
                .Column(e => e.Event.Metadata.By));
    }
}

/// <summary>Exchange rates by day that were entered here: of all legal entities with that base.</summary>
public sealed class RatesProjection : Projection
{
    public RatesProjection()
        : base("exchange_rates", "exchange_rates")
    {
        OnEach<RatesPublished, RatesPublished>(
            e => e.Data.Source is null ? [e.Data] : [],
            "delete from exchange_rates r using unnest($1, $2) as e (base, day) " +
            "where r.base = e.base and r.day = e.day",
            rows => rows.Column(sheet => sheet.Base).Column(sheet => sheet.On));
        OnEach<RatesPublished, (RatesPublished Sheet, string Currency, decimal Rate)>(
            e => e.Data.Source is null ? e.Data.Rates.Select(rate => (e.Data, rate.Key, rate.Value)) : [],
            "insert into exchange_rates (base, currency, day, rate) select * from unnest($1, $2, $3, $4) " +
            "on conflict (base, currency, day) do update set rate = excluded.rate",
            rows => rows
                .Column(e => e.Sheet.Base)
                .Column(e => e.Currency)
                .Column(e => e.Sheet.On)
                .Column(e => e.Rate));
    }
}

/// <summary>Exchange rates by day from the books of each legal entity.</summary>
public sealed class EntityRatesProjection : Projection
{
    public EntityRatesProjection()
        : base("entity_exchange_rates", "entity_exchange_rates")
    {
        OnEach<RatesPublished, (RatesPublished Sheet, string Entity)>(
            e => e.Data.Source is { } source ? [(e.Data, source.LegalEntity)] : [],
            "delete from entity_exchange_rates r using unnest($1, $2, $3) as e (legal_entity, base, day) " +
            "where r.legal_entity = e.legal_entity and r.base = e.base and r.day = e.day",
            rows => rows.Column(e => e.Entity).Column(e => e.Sheet.Base).Column(e => e.Sheet.On));
        OnEach<RatesPublished, (RatesPublished Sheet, string Entity, string Currency, decimal Rate)>(
            e => e.Data.Source is { } source
                ? e.Data.Rates.Select(rate => (e.Data, source.LegalEntity, rate.Key, rate.Value))
                : [],
            "insert into entity_exchange_rates (legal_entity, base, currency, day, rate) " +
            "select * from unnest($1, $2, $3, $4, $5) " +
            "on conflict (legal_entity, base, currency, day) do update set rate = excluded.rate",
            rows => rows
                .Column(e => e.Entity)
                .Column(e => e.Sheet.Base)
                .Column(e => e.Currency)
                .Column(e => e.Sheet.On)
                .Column(e => e.Rate));
    }
}

/// <summary>Groups with a limit.</summary>
public sealed class GroupsProjection : Projection
{
    public GroupsProjection()
        : base("credit_groups", "credit_groups")
    {
        On<GroupLimitSet>(
            "insert into credit_groups (customer_id, legal_entity, limit_amount, currency, expires_on) " +
            "select * from unnest($1, $2, $3, $4, $5) on conflict (customer_id) do update set " +
            "limit_amount = excluded.limit_amount, currency = excluded.currency, expires_on = excluded.expires_on",
            rows => rows
                .Column(e => e.Data.CustomerId)
                .Column(e => e.Data.LegalEntity)
                .Column(e => e.Data.Limit.Amount)
                .Column(e => e.Data.Limit.Currency.Code)
                .Column(e => e.Data.ExpiresOn));
        On<GroupLimitRemoved>(
            "delete from credit_groups where customer_id = any($1)", rows => rows.Column(e => e.Data.CustomerId));
    }
}
