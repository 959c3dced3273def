using System.Text.Json;
using Npgsql;
using OrderToCash.Collections.Accounts;
using OrderToCash.Collections.Playbooks;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Dunning;

/// <summary>
/// Reads what a playbook would have met over a time. Customers that are merged are one company, as in a run.
/// </summary>
public sealed class SimulationReader(NpgsqlDataSource database)
{
    /// <summary>Customers of one simulation.</summary>
    public const int Most = 5_000;

    private const string Some =
        "select c.id from customers c where c.legal_entity = $1 and c.id > $2 and not exists (" +
        "select 1 from merged_customers m where m.customer_id = c.id and m.survivor_id is not null) " +
        "order by c.id limit $3";

    private const string Merged = "select m.customer_id from merged_customers m where m.survivor_id = any($1)";

    /// <summary>
    /// Of every item its last word before the time, if something was open then, and all words of the time.
    /// </summary>
    private const string Balances =
        """
        with before as (
            select distinct on (h.invoice_id, h.installment) h.* from item_history h
            where h.legal_entity = $1 and h.posting_date < $2 and h.customer_id = any($4)
            order by h.invoice_id, h.installment, h.version desc),
        words as (
            select * from before b where b.balance > 0
            union all
            select h.* from item_history h where h.legal_entity = $1 and h.posting_date between $2 and $3
                and h.customer_id = any($4))
        select w.invoice_id, w.installment, i.invoice_number, i.kind,
               coalesce(m.survivor_id, i.customer_id), w.currency, w.amount, w.balance, w.due_date, w.posting_date,
               (select count(*)::int from plan_items q join payment_plans b on b.id = q.plan_id
                   where q.invoice_id = w.invoice_id and q.installment = w.installment and b.status = 'breached'),
               o.invoice_id is not null, o.purchase_order, o.order_reference
        from words w join open_items i on i.invoice_id = w.invoice_id and i.installment = w.installment
        left join merged_customers m on m.customer_id = i.customer_id
        left join invoice_references o on o.invoice_id = w.invoice_id
        order by w.invoice_id, w.installment, w.version
        """;

    private const string Steps =
        "select d.invoice_id, d.installment, d.step, d.step_offset, n.date, " +
        $"n.channel in ({NoticeChannels.Written}), greatest(n.date, (n.settled_at at time zone $4)::date) " +
        "from notice_items d " +
        "join notices n on n.id = d.notice_id where n.legal_entity = $1 and n.date < $2 and d.counts " +
        "and d.invoice_id = any($3)";

    /// <summary>
    /// Promises and payment plans (no amount), disputes and holds of items. When a plan was kept only the log knows.
    /// </summary>
    private const string HeldBack =
        """
        select m.invoice_id, m.installment, (p.made_at at time zone $2)::date, (p.settled_at at time zone $2)::date,
               null::numeric, p.currency, m.failed, false
        from promises p join promise_items m on m.promise_id = p.id
        where p.legal_entity = $1 and m.invoice_id = any($3)
        union all
        select d.invoice_id, d.installment, (d.opened_at at time zone $2)::date, (d.settled_at at time zone $2)::date,
               greatest(d.disputed, case when d.settled_at is null then 0 else d.amount end), d.currency, false, true
        from disputes d where d.legal_entity = $1 and d.invoice_id = any($3)
        union all
        select h.invoice_id, i.installment, (h.placed_at at time zone $2)::date, (h.ended_at at time zone $2)::date,
               coalesce(h.amount, i.amount), i.currency, false, false
        from holds h join open_items i
            on i.invoice_id = h.invoice_id and (h.installment is null or h.installment = i.installment)
        where h.legal_entity = $1 and h.invoice_id = any($3)
        union all
        select k.invoice_id, k.installment, (k.began at time zone $2)::date, (k.ended at time zone $2)::date,
               null::numeric, k.currency, false, false
        from (
            select q.invoice_id, q.installment, b.currency, e.type, e.timestamp as began,
                   lead(e.timestamp) over (
                       partition by q.plan_id, q.invoice_id, q.installment order by e.version) as ended
            from plan_items q
            join payment_plans b on b.id = q.plan_id
            join mt_events e on e.stream_id = q.plan_id and e.type in (
                'plan_activated', 'plan_breached', 'plan_reinstated', 'plan_completed', 'plan_cancelled')
            where b.legal_entity = $1 and q.invoice_id = any($3)) k
        where k.type in ('plan_activated', 'plan_reinstated')
        """;

    private const string Customers =
        $"""
        select c.id, c.number, c.name, c.currency, c.language, c.contacts::text, c.address::text, c.country,
               (select max(n.date) from notices n
                   where n.status in ('sent', 'queued') and n.date < $2 and n.customer_id = any(array(
                       select c.id union all
                       select m.customer_id from merged_customers m where m.survivor_id = c.id))),
               {ContactBook.NoMail},
               c.segment, {CompanyPlaybooks.Columns}, {ContactBook.NoMessages}
        from customers c {CompanyPlaybooks.Join} where c.legal_entity = $1 and c.id = any($3)
        """;

    private const string Holds =
        "select coalesce(m.survivor_id, h.customer_id), h.kind, (h.placed_at at time zone $2)::date, " +
        "(h.ended_at at time zone $2)::date " +
        "from holds h left join merged_customers m on m.customer_id = h.customer_id " +
        "where h.legal_entity = $1 and h.invoice_id is null and h.customer_id = any($3)";

    /// <summary>
    /// Those of the next customers, in the order of their identifiers, with something open in the time, and their
    /// items.
    /// </summary>
    /// <param name="entity">Whose receivables.</param>
    /// <param name="from">First day.</param>
    /// <param name="to">Last day.</param>
    /// <param name="after">The last customer that was read before; empty for the first ones.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>Next is the last customer that was looked at; null where there are no others.</returns>
    public async Task<(IReadOnlyList<CustomerPast> Customers, ILookup<Guid, ItemPast> Items, Guid? Next)> ReadAsync(
        LegalEntity entity, DateOnly from, DateOnly to, Guid after, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(entity);
        var ids = (await ReadAsync(Some, row => row.GetGuid(0), cancellation, entity.Code, after, Most)).ToArray();
        Guid[] company = [.. ids, .. await ReadAsync(Merged, row => row.GetGuid(0), cancellation, ids)];
        var items = await ItemsAsync(entity, from, to, company, cancellation);
        var holds = (await ReadAsync(
            Holds, row => (Id: row.GetGuid(0), Kind: row.GetString(1), Time: Time(row, 2, null, false)), cancellation,
            entity.Code, entity.TimeZone, company)).ToLookup(hold => hold.Id, hold => (hold.Kind, hold.Time));
        var customers = await ReadAsync(
            Customers, row => new CustomerPast(Customer(row, entity.Country), [.. holds[row.GetGuid(0)]]), cancellation,
            entity.Code, from, items.Select(group => group.Key).ToArray());
        return (customers, items, ids.Length < Most ? null : ids[^1]);
    }

    private async Task<ILookup<Guid, ItemPast>> ItemsAsync(
        LegalEntity entity, DateOnly from, DateOnly to, Guid[] customers, CancellationToken cancellation)
    {
        var words = await ReadAsync(Balances, Word, cancellation, entity.Code, from, to, customers);
        var invoices = words.Select(word => word.Facts.InvoiceId).Distinct().ToArray();
        var steps = (await ReadAsync(
            Steps, row => (
                Item: (row.GetGuid(0), row.GetInt32(1)), Code: row.GetString(2), Offset: row.GetInt32(3),
                On: row.GetFieldValue<DateOnly>(4), IsWritten: row.GetBoolean(5),
                Done: row.GetFieldValue<DateOnly>(6)),
            cancellation, entity.Code, from, invoices, entity.TimeZone)).ToLookup(step => step.Item);
        var held = (await ReadAsync(
            HeldBack,
            row => (Item: (row.GetGuid(0), row.GetInt32(1)), Time: HeldBackBy(row)),
            cancellation, entity.Code, entity.TimeZone, invoices)).ToLookup(one => one.Item, one => one.Time);
        return words.GroupBy(word => (word.Facts.InvoiceId, word.Facts.Installment))
            .Select(item =>
            {
                var had = steps[item.Key].ToList();
                var facts = item.First().Facts with
                {
                    SentSteps = [.. had.Select(step => step.Code).Distinct()],
                    LastOffset = had.Count == 0 ? null : had.Max(step => step.Offset),
                    LastNoticeOn = had.Where(step => step.IsWritten).Max(step => (DateOnly?)step.On),
                    LastStepOn = had.Max(step => (DateOnly?)step.Done),
                };
                return new ItemPast(
                    item.First().Customer, facts, [.. item.Select(word => word.Balance)], [.. held[item.Key]]);
            })
            .ToLookup(item => item.Customer);
    }

    private static (Guid Customer, ItemFacts Facts, BalanceFrom Balance) Word(NpgsqlDataReader row)
    {
        var (amount, balance, due) = (row.Money(6, 5), row.Money(7, 5), row.GetFieldValue<DateOnly>(8));
        return (
            row.GetGuid(4),
            new ItemFacts(
                row.GetGuid(0), row.GetInt32(1), row.GetString(2), due, amount, balance, Money.Zero(amount.Currency),
                [], null, Kind: row.GetString(3), BreachedPlans: row.GetInt32(10),
                References: ItemFactsSql.References(row, 11)),
            new BalanceFrom(row.GetFieldValue<DateOnly>(9), due, balance));
    }

    private static HeldBack HeldBackBy(NpgsqlDataReader row) =>
        Time(row, 2, row.IsDBNull(4) ? null : row.Money(4, 5), row.GetBoolean(6)) with
        {
            IsDispute = row.GetBoolean(7),
        };

    private static HeldBack Time(NpgsqlDataReader row, int from, Money? amount, bool failed) => new(
        row.GetFieldValue<DateOnly>(from), row.Optional<DateOnly>(from + 1), amount, failed);

    private static CustomerFacts Customer(NpgsqlDataReader row, string home)
    {
        var contacts = JsonSerializer.Deserialize<IReadOnlyList<Contact>>(row.GetString(5), Json.Stored)!;
        var address = row.Text(6) is { } json ? JsonSerializer.Deserialize<PostalAddress>(json, Json.Stored) : null;
        var post = Recipients.Post(row.GetString(2), address, row.Text(7), home);
        return new CustomerFacts(
            row.GetGuid(0), row.GetString(1), row.GetString(2), Currency.Of(row.GetString(3)), row.GetString(4),
            Recipients.Choose(contacts, row.GetFieldValue<string[]>(9), post), CustomerCash.None,
            HasNoticeInFlight: false, HasNoticeOfDay: false, [], Post: post,
            LastNoticeOn: row.Optional<DateOnly>(8), Segment: row.Text(10), Country: row.Text(7),
            Given: CompanyPlaybooks.Read(row, 11), Region: address?.Region,
            Readers: MessageReaders.Of(contacts, row.GetFieldValue<string[]>(14)));
    }

    private async Task<List<T>> ReadAsync<T>(
        string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellation, params object[] parameters)
    {
        await using var command = database.CreateCommand(sql);
        foreach (var value in parameters)
            command.Parameters.AddWithValue(value);
        return await command.ReadAsync(read, cancellation);
    }
}
