namespace OrderToCash.Invoicing.Customers;

/// <summary>A person or mailbox at a customer.</summary>
/// <param name="Name">How to address them.</param>
/// <param name="Role">What they are asked about: <c>accounts-payable</c>, <c>dispute</c>, <c>legal</c>, ….</param>
/// <param name="Email">Address for mail.</param>
/// <param name="Phone">E.164 number.</param>
/// <param name="TimeZone">IANA zone; without it the legal entity's is meant.</param>
public sealed record Contact(
    string Name, string Role, string? Email = null, string? Phone = null, string? TimeZone = null);

/// <summary>A customer account was opened at a legal entity.</summary>
/// <param name="DiscountGraceDays">Days after a discount date on which deductions are still accepted.</param>
public sealed record CustomerRegistered(
    string Number, string LegalEntity, string Name, string? ExternalId, string Currency, string Country,
    string Language, string? Segment, string Terms, Guid? ParentId, IReadOnlyList<Contact> Contacts,
    int DiscountGraceDays = 0);
