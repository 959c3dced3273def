using System.Text.Json;
using Npgsql;
using OrderToCash.Collections.Accounts;
using OrderToCash.Collections.Notices;
using OrderToCash.Collections.Playbooks;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Dunning;

/// <summary>A legal entity as the replica has it.</summary>
/// <param name="Country">ISO 3166 alpha-2.</param>
/// <param name="Calendar">When its people work.</param>
public sealed record LegalEntity(string Code, string Name, string TimeZone, string Country, WorkingDays Calendar);

/// <summary>Reads from the replica what a run is decided on.</summary>
public sealed class DunningFactsReader(NpgsqlDataSource database)
{
    /// <summary>The first column that is about the customer.</summary>
    private const int At = ItemFactsSql.Count;

    private const string Next =
        """
        select distinct i.customer_id from open_items i
        where i.legal_entity = $1 and i.balance > 0 and i.due_date <= $2 and i.customer_id > $3
        order by i.customer_id limit $4
        """;

    /// <summary>
    /// Items of one customer come one after the other. What was said to those that were merged into it was said to it.
    /// </summary>
    private const string Items =
        $"""
        select {ItemFactsSql.Columns}, c.id, c.number, c.name, c.currency, c.language, c.contacts::text,
               exists (select 1 from notices n
                   where n.customer_id = any(one.ids) and n.status in ('prepared', 'queued')),
               exists (select 1 from notices n where n.customer_id = any(one.ids) and n.status = 'sent'
                   and (n.date = $2 or (n.settled_at at time zone $4)::date = $5)),
               coalesce((select n.version from notices n where n.customer_id = c.id and n.date = $2
                   and n.legal_entity = $1 and n.channel in ({NoticeChannels.Written})), 0),
               (select h.kind from holds h
                   where h.customer_id = any(one.ids) and h.status = 'active' and h.invoice_id is null
                   order by h.kind = 'dunning-block' limit 1),
               c.address::text, c.country, {ContactBook.NoMail},
               (select max(coalesce((n.settled_at at time zone $4)::date, n.date)) from notices n
                   where n.customer_id = any(one.ids) and n.status in ('sent', 'queued')),
               exists (select 1 from notices n
                   where n.customer_id = any(one.ids) and n.status = 'handed-over' and n.date = $2),
               coalesce((select n.version from notices n where n.customer_id = c.id and n.date = $2
                   and n.legal_entity = $1 and n.channel not in ({NoticeChannels.Written})), 0),
               c.segment, c.reminder_fee, {CompanyPlaybooks.Columns}
        from open_items i
        join customers c on c.id = i.customer_id
        left join (select m.survivor_id, array_agg(m.customer_id) as merged from merged_customers m
            where m.survivor_id is not null group by m.survivor_id) j on j.survivor_id = c.id
        cross join lateral (select array_append(j.merged, c.id) as ids) one
        {CompanyPlaybooks.Join}
        {ItemFactsSql.Joins}
        where i.legal_entity = $1 and i.balance > 0 and i.due_date <= $3 and i.customer_id = any($6)
        order by c.id, i.due_date, i.invoice_id, i.installment
        """;

    private const string NoMessages =
        $"select c.id, {ContactBook.NoMessages} from customers c where c.id = any($1)";

    /// <summary>By who owes the item now.</summary>
    private const string Charged =
        """
        select i.customer_id, s.invoice_id, s.installment, s.step
        from charged_steps s join open_items i on i.invoice_id = s.invoice_id and i.installment = s.installment
        where i.legal_entity = $1 and i.balance > 0 and i.customer_id = any($2)
        """;

    private const string ChargedNotices =
        "select distinct s.notice_id from charged_steps s where s.notice_id = any($1)";

    private const string OpenBalances =
        """
        select i.customer_id, i.currency, sum(i.balance) from open_items i
        where i.legal_entity = $1 and i.balance > 0 and i.customer_id = any($2)
        group by i.customer_id, i.currency
        """;

    /// <summary>
    /// The next customers of a legal entity with an open item due up to a date, in the order of their identifiers.
    /// </summary>
    /// <param name="legalEntity">Whose receivables.</param>
    /// <param name="dueUpTo">The last due date that counts.</param>
    /// <param name="after">The last customer that was seen to; empty before the first.</param>
    /// <param name="most">So many at most; fewer means that there are no others.</param>
    /// <param name="cancellation">Stops it.</param>
    public async Task<Guid[]> NextAsync(
        string legalEntity, DateOnly dueUpTo, Guid after, int most, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(Next);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = legalEntity });
        command.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = dueUpTo });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = after });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = most });
        return [.. await command.ReadAsync(row => row.GetGuid(0), cancellation)];
    }

    /// <summary>The currency of a customer's account.</summary>
    public async Task<Currency> CurrencyAsync(Guid customerId, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand("select c.currency from customers c where c.id = $1");
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = customerId });
        return Currency.Of((await command.ReadAsync(row => row.GetString(0), cancellation)).Single());
    }

    /// <summary>
    /// Customers of a legal entity with an open item due up to a date. Who got a notice today has had the one of the
    /// day, whatever day it was written for: runs of two days may be made on one.
    /// </summary>
    public async Task<IReadOnlyList<CustomerFacts>> ReadAsync(
        LegalEntity entity, DateOnly date, DateOnly today, DateOnly dueUpTo, Guid[] customerIds,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(entity);
        var cash = await CashAsync(customerIds, cancellation);
        var open = await OpenAsync(entity.Code, customerIds, cancellation);
        var noMessages = await NoMessagesAsync(customerIds, cancellation);
        await using var command = database.CreateCommand(Items);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = entity.Code });
        command.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = date });
        command.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = dueUpTo });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = entity.TimeZone });
        command.Parameters.Add(new NpgsqlParameter<DateOnly?> { TypedValue = date <= today ? today : null });
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = customerIds });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var customers = new List<CustomerFacts>();
        var items = new List<ItemFacts>();
        while (await reader.ReadAsync(cancellation))
        {
            if (customers.Count == 0 || customers[^1].CustomerId != reader.GetGuid(At))
            {
                items = [];
                customers.Add(Customer(reader, cash, open, noMessages, items, entity.Country));
            }

            items.Add(ItemFactsSql.Read(reader));
        }

        return await WithChargesAsync(entity.Code, date, customers, cancellation);
    }

    /// <summary>
    /// What was charged is read after the notices: one that goes out and comes back in between is known to have been
    /// charged.
    /// </summary>
    private async Task<IReadOnlyList<CustomerFacts>> WithChargesAsync(
        string legalEntity, DateOnly date, List<CustomerFacts> customers, CancellationToken cancellation)
    {
        await using var steps = database.CreateCommand(Charged);
        steps.Parameters.Add(new NpgsqlParameter<string> { TypedValue = legalEntity });
        steps.Parameters.Add(new NpgsqlParameter<Guid[]>
        {
            TypedValue = [.. customers.Select(customer => customer.CustomerId)],
        });
        var charged = (await steps.ReadAsync(
            row => (Customer: row.GetGuid(0), Step: new ChargedStep(row.GetGuid(1), row.GetInt32(2), row.GetString(3))),
            cancellation)).ToLookup(row => row.Customer, row => row.Step);
        await using var notices = database.CreateCommand(ChargedNotices);
        notices.Parameters.Add(new NpgsqlParameter<Guid[]>
        {
            TypedValue = [.. customers.Select(customer => OfDay(customer))],
        });
        var costly = (await notices.ReadAsync(row => row.GetGuid(0), cancellation)).ToHashSet();
        return customers.ConvertAll(customer => customer with
        {
            Charged = [.. charged[customer.CustomerId]],
            HasFeeOfDay = costly.Contains(OfDay(customer)),
        });

        Guid OfDay(CustomerFacts customer) => NoticeStream.Id(legalEntity, customer.CustomerId, date);
    }

    private async Task<IReadOnlyDictionary<Guid, CustomerCash>> CashAsync(
        Guid[] customerIds, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(CustomerCash.OfCustomers);
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = customerIds });
        return await CustomerCash.ReadAsync(command, cancellation);
    }

    private async Task<ILookup<Guid, Money>> OpenAsync(
        string legalEntity, Guid[] customerIds, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(OpenBalances);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = legalEntity });
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = customerIds });
        return (await command.ReadAsync(row => (Customer: row.GetGuid(0), Amount: row.Money(2, 1)), cancellation))
            .ToLookup(row => row.Customer, row => row.Amount);
    }

    private async Task<IReadOnlyDictionary<Guid, string[]>> NoMessagesAsync(
        Guid[] customerIds, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(NoMessages);
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = customerIds });
        return (await command.ReadAsync(row => (row.GetGuid(0), row.GetFieldValue<string[]>(1)), cancellation))
            .ToDictionary();
    }

    private static CustomerFacts Customer(
        NpgsqlDataReader row, IReadOnlyDictionary<Guid, CustomerCash> cash, ILookup<Guid, Money> open,
        IReadOnlyDictionary<Guid, string[]> noMessages, IReadOnlyList<ItemFacts> items, string home)
    {
        var id = row.GetGuid(At);
        var address = row.Text(At + 10) is { } json
            ? JsonSerializer.Deserialize<PostalAddress>(json, Json.Stored)
            : null;
        var post = Recipients.Post(row.GetString(At + 2), address, row.Text(At + 11), home);
        var contacts = JsonSerializer.Deserialize<IReadOnlyList<Contact>>(row.GetString(At + 5), Json.Stored)!;
        var noMail = row.GetFieldValue<string[]>(At + 12);
        return new CustomerFacts(
            id, row.GetString(At + 1), row.GetString(At + 2), Currency.Of(row.GetString(At + 3)),
            row.GetString(At + 4), Recipients.Choose(contacts, noMail, post),
            cash.GetValueOrDefault(id, CustomerCash.None), row.GetBoolean(At + 6), row.GetBoolean(At + 7), items,
            row.GetInt64(At + 8), row.Text(At + 9), post, [.. open[id]], row.Optional<DateOnly>(At + 13),
            row.GetBoolean(At + 14), row.GetInt64(At + 15), row.Text(At + 16), row.Text(At + 11),
            CompanyPlaybooks.Read(row, At + 18), row.IsDBNull(At + 17) ? null : row.Money(At + 17, At + 3),
            Region: address?.Region, Reached: Recipients.Reached(contacts, noMail),
            Readers: MessageReaders.Of(contacts, noMessages.GetValueOrDefault(id, [])));
    }
}
