using System.Text.Json;
using Npgsql;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Dunning;

/// <summary>A legal entity as the replica has it.</summary>
public sealed record LegalEntity(string Code, string Name, string TimeZone);

/// <summary>Reads from the replica what a run is decided on.</summary>
public sealed class DunningFactsReader(NpgsqlDataSource database)
{
    /// <summary>
    /// Items of one customer come one after the other. Steps of notices that failed or were withdrawn do not count.
    /// </summary>
    private const string Items =
        """
        select c.id, c.number, c.name, c.currency, c.language, c.contacts::text,
               exists (select 1 from notices n where n.customer_id = c.id and n.status = 'prepared'),
               exists (select 1 from notices n where n.customer_id = c.id and n.status = 'sent'
                   and (n.date = $2 or (n.settled_at at time zone $4)::date = $5)),
               i.invoice_id, i.installment, i.invoice_number, i.due_date, i.currency, i.amount, i.balance,
               coalesce(p.amount, 0), coalesce(s.steps, '{}'), s.last_offset,
               coalesce((select n.version from notices n
                   where n.customer_id = c.id and n.date = $2 and n.legal_entity = $1), 0)
        from open_items i
        join customers c on c.id = i.customer_id
        left join lateral (
            select sum(a.amount) as amount from pending_allocations a
            where a.open and a.invoice_id = i.invoice_id and a.installment = i.installment) p on true
        left join lateral (
            select array_agg(distinct d.step) as steps, max(d.step_offset) as last_offset from notice_items d
            where d.counts and d.invoice_id = i.invoice_id and d.installment = i.installment) s on true
        where i.legal_entity = $1 and i.balance > 0 and i.due_date <= $3
        order by c.id, i.due_date, i.invoice_id, i.installment
        """;

    private const string UnappliedCash =
        """
        select r.customer_id, r.currency, sum(r.unapplied) from receipts r
        join customers c on c.id = r.customer_id
        where c.legal_entity = $1 and r.unapplied > 0 group by r.customer_id, r.currency
        """;

    /// <summary>The legal entity of a code, or null when Invoicing has not told of it.</summary>
    public async Task<LegalEntity?> FindEntityAsync(string code, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(
            "select code, name, time_zone from legal_entities where code = $1");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = code });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation)
            ? new LegalEntity(reader.GetString(0), reader.GetString(1), reader.GetString(2))
            : null;
    }

    /// <summary>
    /// Every customer of a legal entity with an open item due up to a date. Who got a notice today has had the one of
    /// the day, whatever day it was written for: runs of two days may be made on one.
    /// </summary>
    public async Task<IReadOnlyList<CustomerFacts>> ReadAsync(
        LegalEntity entity, DateOnly date, DateOnly today, DateOnly dueUpTo, CancellationToken cancellation)
    {
        var cash = await ReadCashAsync(entity.Code, cancellation);
        await using var command = database.CreateCommand(Items);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = entity.Code });
        command.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = date });
        command.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = dueUpTo });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = entity.TimeZone });
        command.Parameters.Add(new NpgsqlParameter<DateOnly?> { TypedValue = date <= today ? today : null });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var customers = new List<CustomerFacts>();
        var items = new List<ItemFacts>();
        while (await reader.ReadAsync(cancellation))
        {
            if (customers.Count == 0 || customers[^1].CustomerId != reader.GetGuid(0))
            {
                items = [];
                customers.Add(Customer(reader, cash, items));
            }

            items.Add(Item(reader));
        }

        return customers;
    }

    private async Task<ILookup<Guid, Money>> ReadCashAsync(string legalEntity, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(UnappliedCash);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = legalEntity });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var cash = new List<(Guid Customer, Money Amount)>();
        while (await reader.ReadAsync(cancellation))
            cash.Add((reader.GetGuid(0), Money.Of(reader.GetDecimal(2), reader.GetString(1))));
        return cash.ToLookup(row => row.Customer, row => row.Amount);
    }

    private static CustomerFacts Customer(
        NpgsqlDataReader row, ILookup<Guid, Money> cash, IReadOnlyList<ItemFacts> items)
    {
        var id = row.GetGuid(0);
        return new CustomerFacts(
            id, row.GetString(1), row.GetString(2), Currency.Of(row.GetString(3)), row.GetString(4),
            Recipients.Choose(JsonSerializer.Deserialize<IReadOnlyList<Contact>>(row.GetString(5), Json.Stored)!),
            [.. cash[id]], row.GetBoolean(6), row.GetBoolean(7), items, row.GetInt64(18));
    }

    private static ItemFacts Item(NpgsqlDataReader row)
    {
        var currency = Currency.Of(row.GetString(12));
        return new ItemFacts(
            row.GetGuid(8), row.GetInt32(9), row.GetString(10), row.GetFieldValue<DateOnly>(11),
            Money.Of(row.GetDecimal(13), currency), Money.Of(row.GetDecimal(14), currency),
            Money.Of(row.GetDecimal(15), currency), row.GetFieldValue<string[]>(16),
            row.IsDBNull(17) ? null : row.GetInt32(17));
    }
}
