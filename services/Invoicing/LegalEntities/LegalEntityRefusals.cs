using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.LegalEntities;

/// <summary>Why a legal entity may be refused.</summary>
public static class LegalEntityRefusals
{
    public static Refusal Invalid(string field, string detail) => new("invalid-legal-entity", detail, Field: field);

    public static Refusal BaseCurrencyInUse(LegalEntityDefined entity) => Refusal.State(
        "base-currency-in-use",
        $"The books of {entity.Code} are kept in {entity.BaseCurrency} and hold documents; another base currency " +
        "needs another entity.");

    public static Refusal Unknown(string code) => new(
        "unknown-legal-entity", $"There is no legal entity {code}; define it first.", Field: "/legalEntity");
}
