using MassTransit;
using OrderToCash.CashApplication.Receipts.Matching;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.EventSourcing;
using OrderToCash.Messaging;

namespace OrderToCash.CashApplication.Integration;

/// <summary>Keeps the replica of customers.</summary>
public sealed class CustomersConsumer(Inbox inbox) : IConsumer<CustomerRegistered>, IConsumer<CustomerChanged>
{
    private const string Upsert =
        "insert into customers (id, number, legal_entity, name, currency, compact_key, loose_key, version) " +
        "select * from unnest($1, $2, $3, $4, $5, $6, $7, $8) on conflict (id) do update set " +
        "number = excluded.number, legal_entity = excluded.legal_entity, name = excluded.name, " +
        "currency = excluded.currency, compact_key = excluded.compact_key, loose_key = excluded.loose_key, " +
        "version = excluded.version where excluded.version > customers.version";

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<CustomerRegistered> context)
    {
        var customer = context.Message;
        return WriteAsync(context, new Row(
            customer.CustomerId, customer.Number, customer.LegalEntity, customer.Name, customer.Currency));
    }

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<CustomerChanged> context)
    {
        var customer = context.Message;
        return WriteAsync(context, new Row(
            customer.CustomerId, customer.Number, customer.LegalEntity, customer.Name, customer.Currency));
    }

    private Task WriteAsync(ConsumeContext context, Row row)
    {
        var version = context.StreamVersion();
        return inbox.WriteAsync(context, new SqlRows<Row>()
            .Column(customer => customer.CustomerId)
            .Column(customer => customer.Number)
            .Column(customer => customer.LegalEntity)
            .Column(customer => customer.Name)
            .Column(customer => customer.Currency)
            .Column(customer => ReferenceKeys.Compact(customer.Number))
            .Column(customer => ReferenceKeys.Loose(customer.Number))
            .Column(_ => version)
            .Command(Upsert, [row]));
    }

    private sealed record Row(Guid CustomerId, string Number, string LegalEntity, string Name, string Currency);
}
