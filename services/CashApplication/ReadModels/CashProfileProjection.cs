using System.Text.Json;
using OrderToCash.CashApplication.Policies;
using OrderToCash.CashApplication.Receipts.Matching;
using OrderToCash.EventSourcing.Projections;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.ReadModels;

/// <summary>Keeps <c>cash_profiles</c> and <c>profile_traits</c>.</summary>
public sealed class CashProfileProjection : Projection
{
    public CashProfileProjection()
        : base("cash_profiles", "cash_profiles", "profile_traits")
    {
        On<CashProfileDefined>(
            "insert into cash_profiles (customer_id, legal_entity, rule_set, hold, may_pay_for, aliases, accounts, " +
            "version, deduction_reasons) select a, b, c, d, e::uuid[], array(select jsonb_array_elements_text(f)), " +
            "array(select jsonb_array_elements_text(g)), h, i " +
            "from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9) as x (a, b, c, d, e, f, g, h, i) " +
            "on conflict (customer_id) do update set rule_set = excluded.rule_set, hold = excluded.hold, " +
            "may_pay_for = excluded.may_pay_for, aliases = excluded.aliases, accounts = excluded.accounts, " +
            "version = excluded.version, deduction_reasons = excluded.deduction_reasons",
            rows => rows
                .Column(e => e.Data.CustomerId)
                .Column(e => e.Data.LegalEntity)
                .Column(e => e.Data.RuleSet)
                .Column(e => e.Data.Hold)

                // unnest would flatten an array of arrays; each travels as PostgreSQL's own text form of it.
                .Column(e => $"{{{string.Join(',', e.Data.MayPayFor)}}}")
                .JsonColumn(e => Text(e.Data.Aliases))
                .JsonColumn(e => Text(e.Data.Accounts))
                .Column(e => e.Version)
                .JsonColumn(e => e.Data.DeductionReasons is { } reasons
                    ? JsonSerializer.Serialize(reasons, Json.Stored)
                    : null));
        On<CashProfileDefined>(
            "delete from profile_traits where customer_id = any($1)", rows => rows.Column(e => e.Data.CustomerId));
        OnEach<CashProfileDefined, (CashProfileDefined Profile, string Trait, string Key)>(
            e => e.Data.Aliases.Select(alias => (e.Data, "alias", PartyName.Key(alias)))
                .Concat(e.Data.Accounts.Select(account => (e.Data, "account", account)))
                .Concat((e.Data.TextRules ?? []).Select(rule => (e.Data, "text", rule.Key))),
            "insert into profile_traits (customer_id, legal_entity, trait, key) select * from unnest($1, $2, $3, $4) " +
            "on conflict do nothing",
            rows => rows
                .Column(row => row.Profile.CustomerId)
                .Column(row => row.Profile.LegalEntity)
                .Column(row => row.Trait)
                .Column(row => row.Key));
    }

    private static string Text(IReadOnlyList<string> texts) => JsonSerializer.Serialize(texts);
}
