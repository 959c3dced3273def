using System.Text.Json;
using OrderToCash.EventSourcing.Projections;
using OrderToCash.Invoicing.Customers;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.ReadModels;

/// <summary>Customers as they are now; its unique constraints keep numbers and external ids apart.</summary>
public sealed class CustomersProjection : Projection
{
    /// <summary>Refuses a second customer with one external id at one legal entity.</summary>
    public const string ExternalIdKey = "customers_external_id_key";

    public CustomersProjection()
        : base("customers", "customers")
    {
        On<CustomerRegistered>(
            "insert into customers (customer_id, number, legal_entity, name, external_id, currency, country, " +
            "language, segment, terms, parent_id, contacts, registered_at, discount_grace_days, version) " +
            "select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
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
                .JsonColumn(e => JsonSerializer.Serialize(e.Data.Contacts, Json.Wire))
                .Column(e => e.At)
                .Column(e => e.Data.DiscountGraceDays)
                .Column(e => e.Version));
    }
}
