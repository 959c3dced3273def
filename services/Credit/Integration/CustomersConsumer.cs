using MassTransit;
using Npgsql;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.Credit.CreditAccounts;
using OrderToCash.Credit.Decisions;
using OrderToCash.Credit.Policies;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.Messaging;

namespace OrderToCash.Credit.Integration;

/// <summary>
/// Opens a credit account for each customer, keeps what Invoicing knows of it, and the legal entities' calendars; a
/// legal entity begins with the standard policy.
/// </summary>
public sealed class CustomersConsumer(Inbox inbox, EventStore store, GroupMembership membership)
    : IConsumer<CustomerRegistered>, IConsumer<CustomerChanged>, IConsumer<LegalEntityDefined>
{
    private const string Active = "active";

    private const string UpsertEntity =
        "insert into legal_entities (code, time_zone, base_currency, version) values ($1, $2, $3, $4) " +
        "on conflict (code) do update set time_zone = excluded.time_zone, base_currency = excluded.base_currency, " +
        "version = excluded.version where excluded.version >= legal_entities.version";

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<CustomerRegistered> context)
    {
        var now = context.Message;
        return KeepAsync(
            context, now.CustomerId, new AccountOpened(now.LegalEntity, now.Number, now.Name, now.Currency),
            new CustomerKnown(
                now.Name, now.Country, now.Segment, now.Terms, now.ParentId, Active, null, context.StreamVersion()),
            now.RegistrationNumber, now.TaxId);
    }

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<CustomerChanged> context)
    {
        var now = context.Message;
        return KeepAsync(
            context, now.CustomerId, new AccountOpened(now.LegalEntity, now.Number, now.Name, now.Currency),
            new CustomerKnown(
                now.Name, now.Country, now.Segment, now.Terms, now.ParentId, now.Status, now.MergedInto,
                context.StreamVersion()),
            now.RegistrationNumber, now.TaxId);
    }

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<LegalEntityDefined> context)
    {
        var entity = context.Message;
        return inbox.CommitAsync(context, async batch =>
        {
            var row = new NpgsqlBatchCommand(UpsertEntity);
            row.Parameters.Add(new NpgsqlParameter<string> { TypedValue = entity.Code });
            row.Parameters.Add(new NpgsqlParameter<string> { TypedValue = entity.TimeZone });
            row.Parameters.Add(new NpgsqlParameter<string> { TypedValue = entity.BaseCurrency });
            row.Parameters.Add(new NpgsqlParameter<long> { TypedValue = context.StreamVersion() });
            batch.Row(row);
            var id = PolicyStream.Id(entity.Code);
            var book = await store.LoadAsync(PolicyStream.Type, id, context.CancellationToken);
            batch.Append(PolicyStream.Type, id, book.Version, PolicyDecider.Begin(book.State, entity.Code).Events);
        });
    }

    private Task KeepAsync(
        ConsumeContext context, Guid customerId, AccountOpened opened, CustomerKnown customer,
        string? registrationNumber, string? taxId) =>
        inbox.CommitAsync(context, async batch =>
        {
            batch.Row(CompanyNumbersConsumer.Row(customerId, registrationNumber, taxId, customer.SourceVersion));
            var account = await store.LoadAsync(CreditAccountStream.Type, customerId, context.CancellationToken);
            var events = ExposureDecider.Open(account.State, opened, customer).Events;
            if (events.Any(e => e is CustomerKnown) && account.State.Customer?.ParentId != customer.ParentId)
            {
                var groups = await membership.MoveAsync(
                    batch, customerId, customer.ParentId, context.CancellationToken);
                Guid[] left = [.. account.State.Groups.Except(groups.Groups)];
                if (!groups.Groups.SequenceEqual(account.State.Groups))
                    events = [.. events, left is [] ? groups : groups with { Left = left }];
            }

            batch.Append(CreditAccountStream.Type, customerId, account.Version, events);
        });
}
