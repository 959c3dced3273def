using System.Text.Json;
using Npgsql;
using OrderToCash.Collections.Dunning;
using OrderToCash.Collections.Playbooks;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Collections.UseCases;

/// <summary>One customer's work in one currency.</summary>
/// <param name="CustomerId">The customer.</param>
/// <param name="Number">What people call it.</param>
/// <param name="Name">Registered name.</param>
/// <param name="LegalEntity">Whose receivables.</param>
/// <param name="Collector">Who looks after it, or null.</param>
/// <param name="Overdue">Past due, without what is pending.</param>
/// <param name="Items">Items past due with something to collect.</param>
/// <param name="OldestDaysOverdue">Days since the oldest of them was due; 0 when there is none.</param>
/// <param name="Pending">On its way to items past due.</param>
/// <param name="UnappliedCash">The customer's money that is not applied yet.</param>
/// <param name="LastContact">The last time somebody was in touch, or null.</param>
/// <param name="LastNotice">The last notice, or null.</param>
/// <param name="NextAction">What to do next.</param>
/// <param name="Reasons">Why it is here and why this is next, in words.</param>
public sealed record WorklistRow(
    Guid CustomerId, string Number, string Name, string LegalEntity, string? Collector, Money Overdue, int Items,
    int OldestDaysOverdue, Money Pending, Money UnappliedCash, LastContact? LastContact, LastNotice? LastNotice,
    NextAction NextAction, IReadOnlyList<string> Reasons);

/// <summary>The last time somebody was in touch.</summary>
public sealed record LastContact(DateTimeOffset At, string Channel, string Outcome);

/// <summary>The last notice to a customer.</summary>
public sealed record LastNotice(DateOnly Date, string Step, string Status, string? Reason);

/// <summary>
/// Who needs attention, the largest overdue amount first: one row per customer and currency with something overdue, and
/// every customer whose last notice could not be sent.
/// </summary>
public static class GetWorklist
{
    /// <summary>
    /// An item is overdue from the day after its due date in the entity's calendar. Ranked by amount as a number: a
    /// list of one legal entity is mostly of one currency, and a day's rate would make the order change while a person
    /// works through it.
    /// </summary>
    private const string Select =
        """
        with today as (select * from unnest(@codes, @days) as t (legal_entity, day)),
        overdue as (
            select i.customer_id, i.currency, sum(x.net) as amount, sum(i.balance - x.net) as pending,
                   count(*) filter (where x.net > 0) as items, min(i.due_date) filter (where x.net > 0) as oldest
            from open_items i
            join today t on t.legal_entity = i.legal_entity
            cross join lateral (
                select greatest(i.balance - coalesce((select sum(a.amount) from pending_allocations a
                    where a.open and a.invoice_id = i.invoice_id and a.installment = i.installment), 0), 0) as net) x
            where i.balance > 0 and i.due_date < t.day
            group by i.customer_id, i.currency),
        last_notice as (
            select distinct on (customer_id) customer_id, date, step, status, reason from notices
            where status <> 'withdrawn' order by customer_id, prepared_at desc),
        work as (
            select customer_id, currency, amount, pending, items, oldest from overdue where amount > 0
            union all
            select n.customer_id, c.currency, 0, 0, 0, null from last_notice n join customers c on c.id = n.customer_id
            where n.status = 'failed'
            and not exists (select 1 from overdue o where o.customer_id = n.customer_id and o.amount > 0))
        select c.id, c.number, c.name, c.legal_entity, k.collector, w.currency, w.amount, w.items, w.oldest, t.day,
               w.pending,
               coalesce((select sum(r.unapplied) from receipt_shares r
                   where r.customer_id = c.id and r.currency = w.currency and r.unapplied > 0), 0),
               l.occurred_at, l.channel, l.outcome, n.date, n.step, n.status, n.reason, c.contacts::text
        from work w
        join customers c on c.id = w.customer_id
        join today t on t.legal_entity = c.legal_entity
        left join collectors k on k.customer_id = c.id
        left join last_notice n on n.customer_id = c.id
        left join lateral (
            select occurred_at, channel, outcome from contact_log a
            where a.customer_id = c.id and a.channel <> 'note' and a.outcome <> 'failed'
            order by occurred_at desc limit 1) l on true
        where (@all or c.legal_entity = any(@entities)) and (@collector is null or k.collector = @collector)
        """;

    private static readonly SortOrder<WorklistRow> Order = new SortOrder<WorklistRow>(
            "(c.id::text || ' ' || w.currency)", row => $"{row.CustomerId:D} {row.Overdue.Currency}",
            standard: "-overdue")
        .By("overdue", "w.amount", row => row.Overdue.Amount)
        .By("daysOverdue", "coalesce(t.day - w.oldest, 0)", row => row.OldestDaysOverdue)
        .By("name", "c.name", row => row.Name);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/v1/collections/worklist", Handle)
        .RequireScope(Scopes.CollectionsRead)
        .Produces<Page<WorklistRow>>()
        .WithSummary("Who needs attention, the largest overdue amount first");

    private static async Task<IResult> Handle(
        string? legalEntity, string? collector, ListQuery query, EventSourcing.EventStore store, TimeProvider clock,
        HttpContext http)
    {
        var caller = Caller.Of(http);
        if (legalEntity is not null && caller.Deny(legalEntity) is { } denied)
            return Problems.From(denied);
        var today = await TodayAsync(store.Database, clock, http.RequestAborted);
        var playbook = await store.LoadAsync(
            PlaybookStream.Type, PlaybookStream.Id(PlaybookStream.Standard), http.RequestAborted);
        var lastStep = playbook.State.Definition?.Steps[^1].Code;
        var page = Order.For(query);
        await using var command = store.Database.CreateCommand(
            $"{Select} and {page.Where} order by {page.OrderBy} limit {page.Limit}");
        command.Parameters.AddWithValue("codes", today.Select(entity => entity.Code).ToArray());
        command.Parameters.AddWithValue("days", today.Select(entity => entity.Day).ToArray());
        command.AddEntities(caller, legalEntity);
        command.AddOptional("collector", collector);
        page.AddTo(command);
        var now = clock.GetUtcNow();
        return Listing.Result(http,
            page.Page(await command.ReadAsync(row => Row(row, lastStep, now), http.RequestAborted)));
    }

    private static async Task<List<(string Code, DateOnly Day)>> TodayAsync(
        NpgsqlDataSource database, TimeProvider clock, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand("select code, time_zone from legal_entities");
        return await command.ReadAsync(row => (row.GetString(0), clock.Today(row.GetString(1))), cancellation);
    }

    private static WorklistRow Row(NpgsqlDataReader row, string? lastStep, DateTimeOffset now)
    {
        var contacts = JsonSerializer.Deserialize<IReadOnlyList<Contact>>(row.GetString(19), Json.Stored)!;
        var facts = new WorkFacts(
            Overdue: row.Money(6, 5),
            Items: (int)row.GetInt64(7),
            OldestDaysOverdue: row.IsDBNull(8)
                ? 0
                : DunningPlanner.DaysOverdue(row.GetFieldValue<DateOnly>(9), row.GetFieldValue<DateOnly>(8)),
            Pending: row.Money(10, 5),
            UnappliedCash: row.Money(11, 5),
            LastContact: row.IsDBNull(12)
                ? null
                : new LastContact(row.GetFieldValue<DateTimeOffset>(12), row.GetString(13), row.GetString(14)),
            LastNotice: row.IsDBNull(15)
                ? null
                : new LastNotice(row.GetFieldValue<DateOnly>(15), row.GetString(16), row.GetString(17), row.Text(18)),
            HasRecipient: Recipients.Choose(contacts) is not null,
            LastStep: lastStep);
        return new WorklistRow(
            row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetString(3), row.Text(4), facts.Overdue,
            facts.Items,
            facts.OldestDaysOverdue, facts.Pending, facts.UnappliedCash, facts.LastContact, facts.LastNotice,
            NextActions.For(facts, now), NextActions.Reasons(facts));
    }
}
