using OrderToCash.Invoicing.Customers;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>A customer as the API shows it.</summary>
/// <param name="Invoices">How it wants its invoices; null: as its legal entity does.</param>
/// <param name="MergedInto">The customer that is billed in its place, or null.</param>
/// <param name="AgreedBilling">How it is to be billed by its last agreement with Credit, in words; null where nothing
/// was said.</param>
public sealed record CustomerView(
    Guid Id, string Number, string LegalEntity, string Name, string? ExternalId, string Currency, string Country,
    string Language, string? Segment, string Terms, TermsOrigin TermsOrigin, Guid? ParentId,
    IReadOnlyList<Contact> Contacts, int DiscountGraceDays, ContractClauses? Clauses, StatementPreference? Statements,
    CustomerStatus Status, Guid? MergedInto, BillTo? BillTo, InvoicePreference? Invoices, long Version,
    string? AgreedBilling = null)
{
    public static CustomerView Of(Guid id, CustomerSnapshot c, long version) => new(
        id, c.Number, c.LegalEntity, c.Name, c.ExternalId, c.Currency, c.Country, c.Language, c.Segment, c.Terms,
        c.TermsOrigin, c.ParentId, c.Contacts, c.DiscountGraceDays, c.Clauses, c.Statements, c.Status, c.MergedInto,
        c.BillTo, c.Invoices, version, c.AgreedBilling);
}
