using System.Text.Json.Serialization;
using OrderToCash.Invoicing.Ledger;

namespace OrderToCash.Invoicing.LegalEntities;

/// <summary>A legal entity was registered or changed; the whole of it as it is now.</summary>
public sealed record LegalEntityDefined(
    string Code, string Name, string BaseCurrency, string Country, string TimeZone, TaxRounding TaxRounding,
    LedgerAccounts Accounts,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] WorkingCalendar? Calendar = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    ApplicationRules? ApplicationRules = null);
