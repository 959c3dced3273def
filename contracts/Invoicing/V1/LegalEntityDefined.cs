namespace OrderToCash.Contracts.Invoicing.V1;

/// <summary>A legal entity was registered or changed; the whole of it as it is now.</summary>
/// <param name="Code">E.g. <c>US01</c>.</param>
/// <param name="Name">Registered name.</param>
/// <param name="BaseCurrency">ISO 4217 code of its books.</param>
/// <param name="Country">ISO 3166 alpha-2.</param>
/// <param name="TimeZone">IANA zone in which its days end.</param>
public sealed record LegalEntityDefined(string Code, string Name, string BaseCurrency, string Country, string TimeZone);
