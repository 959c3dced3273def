namespace OrderToCash.Contracts.Invoicing.V1;

/// <summary>A person or mailbox at a customer.</summary>
/// <param name="Name">How to address them.</param>
/// <param name="Role">E.g. <c>accounts-payable</c>, <c>dispute</c>, <c>legal</c>.</param>
/// <param name="Email">Address for mail, or null.</param>
/// <param name="Phone">E.164 number, or null.</param>
/// <param name="TimeZone">IANA zone of the contact, or null: then the legal entity's.</param>
/// <param name="Id">The person; null where it was registered before persons had one.</param>
/// <param name="Language"><c>en</c>, <c>es</c> or <c>fr</c>, or null: then the customer's.</param>
/// <param name="PreferredChannel"><c>email</c>, <c>phone</c> or <c>post</c>; null where they have not said.</param>
/// <param name="Consent">Whether they agree to be written to; null where they have not said.</param>
public sealed record Contact(
    string Name, string Role, string? Email, string? Phone, string? TimeZone, Guid? Id = null,
    string? Language = null, string? PreferredChannel = null, bool? Consent = null);
