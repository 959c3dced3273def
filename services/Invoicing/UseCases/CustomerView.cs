using OrderToCash.Invoicing.Customers;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>A customer as the API shows it.</summary>
public sealed record CustomerView(
    Guid Id, string Number, string LegalEntity, string Name, string? ExternalId, string Currency, string Country,
    string Language, string? Segment, string Terms, Guid? ParentId, IReadOnlyList<Contact> Contacts,
    int DiscountGraceDays, long Version)
{
    public static CustomerView Of(Guid id, CustomerRegistered c, long version) => new(
        id, c.Number, c.LegalEntity, c.Name, c.ExternalId, c.Currency, c.Country, c.Language, c.Segment, c.Terms,
        c.ParentId, c.Contacts, c.DiscountGraceDays, version);
}
