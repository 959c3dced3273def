using OrderToCash.EventSourcing.Projections;
using OrderToCash.Invoicing.Customers;

namespace OrderToCash.Invoicing.ReadModels;

/// <summary>Customers as they are now; its unique constraints keep numbers and external ids apart.</summary>
public sealed class CustomersProjection : Projection
{
    /// <summary>Refuses a second customer with one external id at one legal entity.</summary>
    public const string ExternalIdKey = "customers_external_id_key";

    public CustomersProjection()
        : base("customers", "customers", "customer_versions")
    {
        Known<CustomerRegistered>(CustomerSnapshot.Of);
        On<CustomerRegistered>(
            "insert into customers (customer_id, number, legal_entity, name, external_id, currency, country, " +
            "language, segment, terms, parent_id, contacts, registered_at, discount_grace_days, version, bill_to) " +
            "select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
            rows => rows
                .Column(e => e.StreamId)
                .Column(e => e.Data.Number)
                .Column(e => e.Data.LegalEntity)
                .Column(e => e.Data.Name)
                .Column(e => e.Data.ExternalId)
                .Column(e => e.Data.Currency)
                .Column(e => e.Data.Country)
                .Column(e => e.Data.Language)
                .Column(e => e.Data.Segment)
                .Column(e => e.Data.Terms)
                .Column(e => e.Data.ParentId)
                .JsonColumn(e => StoredContacts.Write(e.Data.Contacts))
                .Column(e => e.At)
                .Column(e => e.Data.DiscountGraceDays)
                .Column(e => e.Version)
                .JsonColumn(e => JsonPart.Write(e.Data.BillTo)));
        Changed<CustomerChanged>(e => e.After);
        Changed<CustomerSuspended>(e => e.After);
        Changed<CustomerReinstated>(e => e.After);
        Changed<CustomerTerminated>(e => e.After);
        Changed<CustomerMerged>(e => e.After);
        Changed<CustomerUnmerged>(e => e.After);
        Changed<ContactErased>(e => e.After);
        Seen<DuplicateAbsorbed>();
        Seen<DuplicateReleased>();
    }

    private void Known<TEvent>(Func<TEvent, CustomerSnapshot> after) => On<TEvent>(
        "insert into customer_versions (customer_id, version, recorded_at, name, country, segment, merged_into, " +
        "parent_id) select * from unnest($1, $2, $3, $4, $5, $6, $7, $8)",
        rows => rows
            .Column(e => e.StreamId)
            .Column(e => e.Version)
            .Column(e => e.At)
            .Column(e => after(e.Data).Name)
            .Column(e => after(e.Data).Country)
            .Column(e => after(e.Data).Segment)
            .Column(e => after(e.Data).MergedInto)
            .Column(e => after(e.Data).ParentId));

    private void Changed<TEvent>(Func<TEvent, CustomerSnapshot> after)
    {
        Known(after);
        On<TEvent>(
            "update customers set name = e.name, external_id = e.external_id, country = e.country, " +
            "language = e.language, segment = e.segment, terms = e.terms, terms_origin = e.origin, " +
            "parent_id = e.parent, " +
            "contacts = e.contacts, discount_grace_days = e.grace, clauses = e.clauses, statements = e.statements, " +
            "status = e.status, merged_into = e.merged, bill_to = e.bill_to, " +
            "invoices = e.invoices, agreed_billing = e.agreed_billing, version = e.version " +
            "from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19) " +
            "as e (id, name, external_id, country, language, segment, terms, origin, parent, contacts, grace, " +
            "clauses, statements, status, merged, bill_to, invoices, agreed_billing, version) " +
            "where customer_id = e.id",
            rows => rows
                .Column(e => e.StreamId)
                .Column(e => after(e.Data).Name)
                .Column(e => after(e.Data).ExternalId)
                .Column(e => after(e.Data).Country)
                .Column(e => after(e.Data).Language)
                .Column(e => after(e.Data).Segment)
                .Column(e => after(e.Data).Terms)
                .Column(e => after(e.Data).TermsOrigin.ToString())
                .Column(e => after(e.Data).ParentId)
                .JsonColumn(e => StoredContacts.Write(after(e.Data).Contacts))
                .Column(e => after(e.Data).DiscountGraceDays)
                .JsonColumn(e => JsonPart.Write(after(e.Data).Clauses))
                .JsonColumn(e => JsonPart.Write(after(e.Data).Statements))
                .Column(e => after(e.Data).Status.ToString())
                .Column(e => after(e.Data).MergedInto)
                .JsonColumn(e => JsonPart.Write(after(e.Data).BillTo))
                .JsonColumn(e => JsonPart.Write(after(e.Data).Invoices))
                .Column(e => after(e.Data).AgreedBilling)
                .Column(e => e.Version));
    }

    private void Seen<TEvent>() => On<TEvent>(
        "update customers set version = e.version from unnest($1, $2) as e (id, version) where customer_id = e.id",
        rows => rows.Column(e => e.StreamId).Column(e => e.Version));
}
