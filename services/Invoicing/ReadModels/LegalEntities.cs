using OrderToCash.EventSourcing.Projections;
using OrderToCash.Invoicing.LegalEntities;

namespace OrderToCash.Invoicing.ReadModels;

/// <summary>Legal entities as they are now.</summary>
public sealed class LegalEntitiesProjection : Projection
{
    public LegalEntitiesProjection()
        : base("legal_entities", "legal_entities")
    {
        On<LegalEntityDefined>(
            "insert into legal_entities (code, name, base_currency, country, time_zone, tax_rounding, " +
            "receivables_account, unapplied_cash_account, tax_account, revenue_account, other_accounts, calendar, " +
            "application_rules, version) " +
            "select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) " +
            "on conflict (code) do update set name = excluded.name, base_currency = excluded.base_currency, " +
            "country = excluded.country, time_zone = excluded.time_zone, tax_rounding = excluded.tax_rounding, " +
            "receivables_account = excluded.receivables_account, " +
            "unapplied_cash_account = excluded.unapplied_cash_account, tax_account = excluded.tax_account, " +
            "revenue_account = excluded.revenue_account, other_accounts = excluded.other_accounts, " +
            "calendar = excluded.calendar, application_rules = excluded.application_rules, version = excluded.version",
            rows => rows
                .Column(e => e.Data.Code)
                .Column(e => e.Data.Name)
                .Column(e => e.Data.BaseCurrency)
                .Column(e => e.Data.Country)
                .Column(e => e.Data.TimeZone)
                .Column(e => e.Data.TaxRounding.ToString())
                .Column(e => e.Data.Accounts.Receivables)
                .Column(e => e.Data.Accounts.UnappliedCash)
                .Column(e => e.Data.Accounts.Tax)
                .Column(e => e.Data.Accounts.Revenue)
                .JsonColumn(e => JsonPart.Write(e.Data.Accounts.Others))
                .JsonColumn(e => JsonPart.Write(e.Data.Calendar))
                .JsonColumn(e => JsonPart.Write(e.Data.ApplicationRules))
                .Column(e => e.Version));
    }
}
