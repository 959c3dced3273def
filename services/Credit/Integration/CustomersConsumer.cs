using MassTransit;
using Npgsql;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.Credit.CreditAccounts;
using OrderToCash.Messaging;

namespace OrderToCash.Credit.Integration;

/// <summary>Opens a credit account for each customer and keeps the legal entities' calendars.</summary>
public sealed class CustomersConsumer(Inbox inbox) : IConsumer<CustomerRegistered>, IConsumer<LegalEntityDefined>
{
    private const string UpsertEntity =
        "insert into legal_entities (code, time_zone, version) values ($1, $2, $3) on conflict (code) do update set " +
        "time_zone = excluded.time_zone, version = excluded.version where excluded.version > legal_entities.version";

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<CustomerRegistered> context)
    {
        var customer = context.Message;
        var opened = new AccountOpened(customer.LegalEntity, customer.Number, customer.Name, customer.Currency);
        return inbox.DecideAsync(context, CreditAccountStream.Type, customer.CustomerId,
            account => ExposureDecider.Open(account, opened));
    }

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<LegalEntityDefined> context)
    {
        var row = new NpgsqlBatchCommand(UpsertEntity);
        row.Parameters.Add(new NpgsqlParameter<string> { TypedValue = context.Message.Code });
        row.Parameters.Add(new NpgsqlParameter<string> { TypedValue = context.Message.TimeZone });
        row.Parameters.Add(new NpgsqlParameter<long> { TypedValue = context.StreamVersion() });
        return inbox.WriteAsync(context, row);
    }
}
