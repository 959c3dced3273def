using System.Text.Json;
using Npgsql;
using OrderToCash.Collections.Contacts;
using OrderToCash.Collections.Dunning;
using OrderToCash.Collections.Holds;
using OrderToCash.Collections.Policies;
using OrderToCash.Collections.Portfolio;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Collections.Worklists;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Accounts;

/// <summary>A customer as the worklist must know it, but for its items.</summary>
/// <param name="Known">What is known, with nothing in amounts yet.</param>
/// <param name="Traits">What rules tell it apart by, with nothing owed yet.</param>
/// <param name="Given">What persons gave it and those merged into it.</param>
/// <param name="LastPlaybook">Code of the usual playbook of the run that its last notice is of, where the notice is of
/// that playbook too; else null.</param>
public sealed record WorkCustomer(
    Guid Id, string LegalEntity, string Name, Currency Currency, IReadOnlyList<HoldKind> Holds, CustomerCash Cash,
    WorkFacts Known, CustomerTraits Traits, CompanyPlaybook Given, string? LastPlaybook);

/// <summary>Reads what the worklist is made of, for many customers at once.</summary>
public sealed class WorkFactsReader(NpgsqlDataSource database)
{
    private const string Facts =
        $"""
        select c.id, c.legal_entity, c.name, c.currency, c.contacts::text,
               array(select distinct h.kind from holds h where h.customer_id = any({ContactBook.Company})
                   and h.status = 'active' and h.invoice_id is null),
               {ContactBook.NoMail},
               (select jsonb_agg(jsonb_build_object('Id', t.id, 'Kind', t.kind, 'Text', t.text, 'DueOn', t.due_on)
                   order by t.due_on, t.created_at) from tasks t where t.customer_id = c.id and t.state = 'open')::text,
               (select count(*)::int from promises p
                   where p.customer_id = c.id and p.status = 'broken' and p.judged_after > $2),
               (select count(*)::int from payment_plans p
                   where p.customer_id = c.id and p.status = 'breached' and p.last_due_date > $2),
               (select count(*)::int from disputes d
                   where d.customer_id = c.id and d.overdue and d.status in ('open', 'investigating')),
               (select count(*)::int from escalations e where e.customer_id = c.id and e.status = 'open'),
               exists (select 1 from credit_holds h
                   where h.customer_id = c.id and not h.released and (h.until is null or h.until >= $3)),
               (select s.state from overdue_states s where s.customer_id = c.id),
               l.occurred_at, l.channel, l.outcome, n.date, n.step, n.status, n.reason,
               c.segment, c.country, c.language, n.playbook, {CompanyPlaybooks.Columns},
               {CustomerRisks.Columns},
               (select max(greatest((p.judged_after + 1)::timestamp at time zone coalesce(
                       (select z.time_zone from legal_entities z where z.code = c.legal_entity), 'UTC'), p.settled_at))
                   from promises p where p.customer_id = c.id and p.status = 'broken' and p.judged_after > $2),
               c.address->>'Region'
        from customers c
        {CompanyPlaybooks.Join}
        left join customer_risks u on u.customer_id = c.id
        left join lateral (
            select m.date, m.step, m.status, m.reason,
                   case when coalesce(m.playbook, d.playbook) = d.playbook then d.playbook end as playbook
            from notices m left join dunning_runs d on d.id = m.run_id
            where m.customer_id = c.id and m.status <> 'withdrawn' order by m.prepared_at desc limit 1) n on true
        left join lateral (
            select occurred_at, channel, outcome from contact_log a
            where a.customer_id = c.id and a.channel <> 'note' and a.outcome <> 'failed'
            order by occurred_at desc limit 1) l on true
        where c.id = any($1)
        """;

    private const int MemoryDays = 180;

    /// <summary>What is known of these customers.</summary>
    /// <param name="benchmarks">The customers, and by what each is called late.</param>
    /// <param name="now">The moment.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public async Task<IReadOnlyList<WorkCustomer>> ReadAsync(
        IReadOnlyDictionary<Guid, PayerBenchmarks> benchmarks, DateTimeOffset now, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(benchmarks);
        Guid[] customers = [.. benchmarks.Keys];
        var cash = await CashAsync(customers, cancellation);
        var times = await PaymentKinds.TimesAsync(database, benchmarks, cancellation);
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        await using var command = database.CreateCommand(Facts);
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = customers });
        command.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = today.AddDays(-MemoryDays) });
        command.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = today });
        return await command.ReadAsync(row => Paying(Customer(row, cash)), cancellation);

        // Whoever was told of between the two statements is looked at once more.
        WorkCustomer Paying(WorkCustomer customer)
        {
            if (!times.TryGetValue(customer.Id, out var known))
                return customer;
            var pays = known.By(benchmarks[customer.Id]);
            return customer with
            {
                Known = customer.Known with
                {
                    ChanceOfLate = known.Shares.ChanceOfLate,
                    Pays = pays,
                    Rating = pays?.Rate(benchmarks[customer.Id]),
                },
            };
        }
    }

    private async Task<IReadOnlyDictionary<Guid, CustomerCash>> CashAsync(
        Guid[] customers, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(CustomerCash.OfCustomers);
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = customers });
        return await CustomerCash.ReadAsync(command, cancellation);
    }

    private static WorkCustomer Customer(NpgsqlDataReader row, IReadOnlyDictionary<Guid, CustomerCash> cash)
    {
        var id = row.GetGuid(0);
        var contacts = JsonSerializer.Deserialize<IReadOnlyList<Contact>>(row.GetString(4), Json.Stored)!;
        var holds = row.GetFieldValue<string[]>(5).Select(Kebab.Parse<HoldKind>).ToList();
        var noMail = row.GetFieldValue<string[]>(6);
        var reachable = contacts.Where(one => !noMail.Contains(ContactProfile.Key(one.Email))).ToList();
        var tasks = row.Text(7) is { } json
            ? JsonSerializer.Deserialize<IReadOnlyList<OpenTask>>(json, Json.Stored)!
            : [];
        return new WorkCustomer(
            id, row.GetString(1), row.GetString(2), Currency.Of(row.GetString(3)), holds,
            cash.GetValueOrDefault(id, CustomerCash.None),
            new WorkFacts(
                [], 0, 0,
                row.IsDBNull(14)
                    ? null
                    : new LastContact(row.GetFieldValue<DateTimeOffset>(14), row.GetString(15), row.GetString(16)),
                row.IsDBNull(17)
                    ? null
                    : new LastNotice(
                        row.GetFieldValue<DateOnly>(17), row.GetString(18), row.GetString(19), row.Text(20)),
                null, Recipients.Choose(reachable) is not null, tasks, row.GetInt32(8), row.GetInt32(9),
                row.GetInt32(10), row.GetInt32(11), row.GetBoolean(12), holds.Contains(HoldKind.DunningBlock),
                row.Text(13), ChanceOfLate: 0, Risk: CustomerRisks.Read(row, 28),
                PromiseBrokenAt: row.Optional<DateTimeOffset>(31)),
            new CustomerTraits(
                row.GetString(2), row.Text(21), row.Text(22), row.GetString(23), Currency.Of(row.GetString(3)), [],
                row.Text(32)),
            CompanyPlaybooks.Read(row, 25), row.Text(24));
    }
}
