namespace OrderToCash.Contracts.Invoicing.V1;

/// <summary>
/// A customer was changed, suspended, reinstated, terminated, merged or unmerged; the whole of it as it is now.
/// </summary>
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
/// <param name="Status"><c>active</c>, <c>suspended</c>, <c>terminated</c> or <c>merged</c>.</param>
/// <param name="MergedInto">The customer that is billed in its place, or null.</param>
/// <param name="MaySuspend">Its contract lets service be suspended.</param>
/// <param name="Address">Where post goes; null where it is not known.</param>
/// <param name="ReminderFee">Its contract lets at most so much be charged for a dunning notice; null for
/// nothing.</param>
/// <param name="TaxId">Its VAT or tax number with the country prefix, such as <c>DE123456789</c>; null where it is not
/// known.</param>
/// <param name="RegistrationNumber">Its number in the company register of its country; null where it is not known.
/// </param>
/// <param name="SuspendedFor">Recommendations at Collections for which service is suspended, none where only a person
/// wants that; null where it is not suspended, and where it is not known for whom.</param>
public sealed record CustomerChanged(
    Guid CustomerId, string Number, string LegalEntity, string Name, string? ExternalId, string Currency,
    string Country, string Language, string? Segment, string Terms, Guid? ParentId, IReadOnlyList<Contact> Contacts,
    string Status, Guid? MergedInto, bool MaySuspend, PostalAddress? Address = null,
    MoneyAmount? ReminderFee = null, string? TaxId = null, string? RegistrationNumber = null,
    IReadOnlyList<Guid>? SuspendedFor = null);
