using OrderToCash.Invoicing.Ledger;
using OrderToCash.Invoicing.LegalEntities;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>A legal entity as the API shows it.</summary>
public sealed record LegalEntityView(
    string Code, string Name, string BaseCurrency, string Country, string TimeZone, TaxRounding TaxRounding,
    LedgerAccounts Accounts, WorkingCalendar? Calendar, long Version,
    ApplicationRules? ApplicationRules = null)
{
    public static LegalEntityView Of(LegalEntityDefined entity, long version) => new(
        entity.Code, entity.Name, entity.BaseCurrency, entity.Country, entity.TimeZone, entity.TaxRounding,
        entity.Accounts, entity.Calendar, version, entity.ApplicationRules);
}
