using System.Text.Json;
using MassTransit;
using Npgsql;
using NpgsqlTypes;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Collections.Reviews;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.Kernel;
using OrderToCash.Messaging;

namespace OrderToCash.Collections.Integration;

/// <summary>
/// Keeps the replica of legal entities, and of customers with the people and places to write to; and forgets people.
/// </summary>
public sealed class CustomersConsumer(Inbox inbox, TimeProvider clock)
    : IConsumer<LegalEntityDefined>, IConsumer<CustomerRegistered>, IConsumer<CustomerChanged>,
        IConsumer<ContactErased>
{
    /// <summary>
    /// The same word may come from an Invoicing that knows no calendars yet: that erases none that is known.
    /// </summary>
    private const string UpsertEntity =
        "insert into legal_entities (code, name, country, time_zone, version, base_currency, days_off, holidays) " +
        "values ($1, $2, $3, $4, $5, $6, $7, $8) " +
        "on conflict (code) do update set name = excluded.name, country = excluded.country, " +
        "time_zone = excluded.time_zone, version = excluded.version, base_currency = excluded.base_currency, " +
        "days_off = case when excluded.version > legal_entities.version then excluded.days_off " +
        "else coalesce(excluded.days_off, legal_entities.days_off) end, " +
        "holidays = case when excluded.version > legal_entities.version then excluded.holidays " +
        "else coalesce(excluded.holidays, legal_entities.holidays) end " +
        "where excluded.version >= legal_entities.version";

    private const string UpsertCustomer =
        "insert into customers (id, number, legal_entity, name, currency, language, segment, parent_id, contacts, " +
        "version, country, status, may_suspend, address, reminder_fee, suspended_for, suspended_for_version) " +
        "values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $10) " +
        "on conflict (id) do update set number = excluded.number, " +
        "legal_entity = excluded.legal_entity, name = excluded.name, currency = excluded.currency, " +
        "language = excluded.language, segment = excluded.segment, parent_id = excluded.parent_id, " +
        "contacts = excluded.contacts, version = excluded.version, country = excluded.country, " +
        "status = excluded.status, may_suspend = excluded.may_suspend, " +
        "address = excluded.address, reminder_fee = excluded.reminder_fee, " +
        "suspended_for = excluded.suspended_for, suspended_for_version = excluded.suspended_for_version " +
        "where excluded.version >= customers.version";

    private static readonly string[] DaysOfWeek = [.. Enum.GetValues<DayOfWeek>().Select(day => Kebab.Of(day))];

    private const string Know =
        "insert into known_contacts (customer_id, contact_id, kind, value) " +
        "select $1, (p->>'Id')::uuid, v.kind, v.value from jsonb_array_elements($2) p, " +
        "lateral (values ('name', p->>'Name'), ('email', p->>'Email'), ('phone', p->>'Phone')) as v (kind, value) " +
        "where p->>'Id' is not null and v.value <> '' " +
        "and not exists (select 1 from erased_contacts e where e.contact_id = (p->>'Id')::uuid) " +
        "on conflict do nothing";

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<LegalEntityDefined> context)
    {
        var entity = context.Message;
        if (!LocalClock.IsTimeZone(entity.TimeZone))
            throw new MessageRefusedException(
                $"Legal entity {entity.Code}: '{entity.TimeZone}' is not an IANA time zone.");
        if (entity.Calendar?.DaysOff.FirstOrDefault(day => !DaysOfWeek.Contains(day)) is { } no)
            throw new MessageRefusedException($"Legal entity {entity.Code}: '{no}' is no day of the week.");
        var command = new NpgsqlBatchCommand(UpsertEntity);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = entity.Code });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = entity.Name });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = entity.Country });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = entity.TimeZone });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = context.StreamVersion() });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = Currency.Of(entity.BaseCurrency).Code });
        command.Parameters.Add(new NpgsqlParameter<string[]?> { TypedValue = entity.Calendar?.DaysOff.ToArray() });
        command.Parameters.Add(new NpgsqlParameter<DateOnly[]?> { TypedValue = entity.Calendar?.Holidays.ToArray() });
        return inbox.WriteAsync(context, command);
    }

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<CustomerRegistered> context)
    {
        var customer = context.Message;
        return WriteAsync(context, new CustomerChanged(
            customer.CustomerId, customer.Number, customer.LegalEntity, customer.Name, customer.ExternalId,
            customer.Currency, customer.Country, customer.Language, customer.Segment, customer.Terms,
            customer.ParentId, customer.Contacts, "active", null, false, customer.Address));
    }

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<CustomerChanged> context) => WriteAsync(context, context.Message);

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<ContactErased> context)
    {
        var (now, erased) = (clock.GetUtcNow(), context.Message);
        var command = new NpgsqlBatchCommand("select forget_contact($1, $2, $3)");
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = erased.CustomerId });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = erased.ContactId });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = now });
        return inbox.WriteAsync(context, command, ReviewQueue.Request(now, erased.CustomerId));
    }

    /// <summary>All that was ever known of a person, until it is forgotten.</summary>
    private static NpgsqlBatchCommand Known(Guid customerId, string contacts)
    {
        var command = new NpgsqlBatchCommand(Know);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = customerId });
        command.Parameters.Add(new NpgsqlParameter<string>
        {
            TypedValue = contacts,
            NpgsqlDbType = NpgsqlDbType.Jsonb,
        });
        return command;
    }

    private Task WriteAsync(ConsumeContext context, CustomerChanged customer)
    {
        var contacts = JsonSerializer.Serialize(customer.Contacts, Json.Stored);
        var command = new NpgsqlBatchCommand(UpsertCustomer);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = customer.CustomerId });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = customer.Number });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = customer.LegalEntity });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = customer.Name });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = Currency.Of(customer.Currency).Code });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = customer.Language });
        command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = customer.Segment });
        command.Parameters.Add(new NpgsqlParameter<Guid?> { TypedValue = customer.ParentId });
        command.Parameters.Add(new NpgsqlParameter<string>
        {
            TypedValue = contacts,
            NpgsqlDbType = NpgsqlDbType.Jsonb,
        });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = context.StreamVersion() });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = customer.Country });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = customer.Status });
        command.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = customer.MaySuspend });
        command.Parameters.Add(new NpgsqlParameter<string?>
        {
            TypedValue = customer.Address is { } address ? JsonSerializer.Serialize(address, Json.Stored) : null,
            NpgsqlDbType = NpgsqlDbType.Jsonb,
        });
        command.Parameters.Add(new NpgsqlParameter<decimal?> { TypedValue = Fee(customer) });
        command.Parameters.Add(new NpgsqlParameter<Guid[]?> { TypedValue = customer.SuspendedFor?.ToArray() });
        return inbox.WriteAsync(
            context, command, Known(customer.CustomerId, contacts),
            ReviewQueue.Request(clock.GetUtcNow(), customer.CustomerId));
    }

    /// <summary>What may be charged for a notice: an amount in the currency of the account.</summary>
    private static decimal? Fee(CustomerChanged customer) => customer.ReminderFee?.ToMoney() switch
    {
        null => null,
        { } fee when fee.Currency == Currency.Of(customer.Currency) => fee.Amount,
        { } fee => throw new MessageRefusedException(
            $"Customer {customer.Number}: a fee of {fee} is not in {customer.Currency}, the currency of its account."),
    };
}
