namespace OrderToCash.Contracts.Invoicing.V1;

/// <summary>A customer account was opened at a legal entity.</summary>
/// <param name="CustomerId">The customer.</param>
/// <param name="Number">What people call it, e.g. <c>CUST-US01-000042</c>.</param>
/// <param name="LegalEntity">Code of the selling company.</param>
/// <param name="Name">Registered name.</param>
/// <param name="ExternalId">Identifier in the caller's system, or null.</param>
/// <param name="Currency">ISO 4217 code of its account.</param>
/// <param name="Country">ISO 3166 alpha-2.</param>
/// <param name="Language"><c>en</c>, <c>es</c> or <c>fr</c>.</param>
/// <param name="Segment">E.g. <c>enterprise</c>, or null.</param>
/// <param name="Terms">Agreed payment terms, e.g. <c>NET 30</c>.</param>
/// <param name="ParentId">Customer whose group it belongs to, or null.</param>
/// <param name="Contacts">People to write to.</param>
/// <param name="Address">Where post goes; null where it is not known.</param>
/// <param name="TaxId">Its VAT or tax number with the country prefix, such as <c>DE123456789</c>; null where it is not
/// known.</param>
/// <param name="RegistrationNumber">Its number in the company register of its country; null where it is not known.
/// </param>
public sealed record CustomerRegistered(
    Guid CustomerId, string Number, string LegalEntity, string Name, string? ExternalId, string Currency,
    string Country, string Language, string? Segment, string Terms, Guid? ParentId, IReadOnlyList<Contact> Contacts,
    PostalAddress? Address = null, string? TaxId = null, string? RegistrationNumber = null);
