using MassTransit;
using Npgsql;
using OrderToCash.CashApplication.Receipts.Matching;
using OrderToCash.CashApplication.Replicas;
using OrderToCash.CashApplication.UseCases;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.EventSourcing;
using OrderToCash.Messaging;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.Integration;

/// <summary>Keeps the replica of customers, and the keys under which their names are looked for.</summary>
public sealed class CustomersConsumer(Inbox inbox, WakeUp<WaitingMatchService> wakeUp)
    : IConsumer<CustomerRegistered>, IConsumer<CustomerChanged>
{
    private const string ForgetNames =
        "delete from customer_name_keys where customer_id = $1 and exists " +
        "(select 1 from customers where id = $1 and version < $2)";

    private const string Upsert =
        "insert into customers (id, number, legal_entity, name, currency, compact_key, loose_key, version, " +
        "parent_id, status) select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) " +
        "on conflict (id) do update set number = excluded.number, legal_entity = excluded.legal_entity, " +
        "name = excluded.name, currency = excluded.currency, compact_key = excluded.compact_key, " +
        "loose_key = excluded.loose_key, version = excluded.version, parent_id = excluded.parent_id, " +
        "status = excluded.status where excluded.version >= customers.version";

    private const string AddNames =
        "insert into customer_name_keys (key, legal_entity, customer_id) select k, $3, $1 from unnest($4) k " +
        "where exists (select 1 from customers where id = $1 and version = $2) on conflict do nothing";

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<CustomerRegistered> context)
    {
        var customer = context.Message;
        return WriteAsync(context, new Row(
            customer.CustomerId, customer.Number, customer.LegalEntity, customer.Name, customer.Currency,
            customer.ParentId, "active"));
    }

    /// <summary>A customer that was merged into another is one of its group from then on.</summary>
    public Task Consume(ConsumeContext<CustomerChanged> context)
    {
        var customer = context.Message;
        return WriteAsync(context, new Row(
            customer.CustomerId, customer.Number, customer.LegalEntity, customer.Name, customer.Currency,
            customer.MergedInto ?? customer.ParentId, customer.Status));
    }

    private async Task WriteAsync(ConsumeContext context, Row row)
    {
        var version = context.StreamVersion();
        var forget = new NpgsqlBatchCommand(ForgetNames);
        forget.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = row.CustomerId });
        forget.Parameters.Add(new NpgsqlParameter<long> { TypedValue = version });
        var add = new NpgsqlBatchCommand(AddNames);
        add.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = row.CustomerId });
        add.Parameters.Add(new NpgsqlParameter<long> { TypedValue = version });
        add.Parameters.Add(new NpgsqlParameter<string> { TypedValue = row.LegalEntity });
        add.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. PartyName.Blocks(row.Name)] });
        await inbox.WriteAsync(context, forget, new SqlRows<Row>()
            .Column(customer => customer.CustomerId)
            .Column(customer => customer.Number)
            .Column(customer => customer.LegalEntity)
            .Column(customer => customer.Name)
            .Column(customer => customer.Currency)
            .Column(customer => ReferenceKeys.Compact(customer.Number))
            .Column(customer => ReferenceKeys.Loose(customer.Number))
            .Column(_ => version)
            .Column(customer => customer.ParentId)
            .Column(customer => customer.Status)
            .Command(Upsert, [row]), add, MatchNews.Of(MatchNews.Customer, row.CustomerId));
        wakeUp.Wake();
    }

    private sealed record Row(
        Guid CustomerId, string Number, string LegalEntity, string Name, string Currency, Guid? ParentId,
        string Status);
}
