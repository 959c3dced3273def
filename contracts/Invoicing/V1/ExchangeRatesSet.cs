using System.Text.Json.Serialization;

namespace OrderToCash.Contracts.Invoicing.V1;

/// <summary>The exchange rates of a legal entity for one day were set; the whole of them as they are now.</summary>
/// <param name="LegalEntity">Whose books.</param>
/// <param name="BaseCurrency">ISO 4217 code of these.</param>
/// <param name="Type"><c>daily</c>, <c>month-end</c> or another word.</param>
/// <param name="Day">The day they hold for, and after it until the next ones.</param>
/// <param name="Rates">One per currency.</param>
public sealed record ExchangeRatesSet(
    string LegalEntity, string BaseCurrency, string Type, DateOnly Day, IReadOnlyList<ExchangeRate> Rates);

/// <summary>What one unit of a currency is in the base currency.</summary>
/// <param name="Currency">ISO 4217.</param>
/// <param name="Rate">Above zero; text in JSON.</param>
public sealed record ExchangeRate(
    string Currency, [property: JsonConverter(typeof(DecimalTextConverter))] decimal Rate);
