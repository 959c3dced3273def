using MassTransit;
using OrderToCash.Contracts.CashApplication.V1;
using OrderToCash.EventSourcing;
using OrderToCash.Messaging;

namespace OrderToCash.Invoicing.Integration;

/// <summary>
/// Keeps which allocations cash application has asked for, or asked back, and has no answer to yet, for the checklist
/// of a month end. Each is asked once and answered once, so the messages may come twice and in any order.
/// </summary>
public sealed class AskedAllocationsConsumer(Inbox inbox, TimeProvider clock)
    : IConsumer<AllocationRequested>, IConsumer<AllocationConfirmed>, IConsumer<AllocationRejected>,
        IConsumer<AllocationReversalRequested>, IConsumer<AllocationReversed>
{
    public const string Queue = "invoicing-asked-allocations";

    private const string Asked =
        "insert into asked_allocations (allocation_id, legal_entity, currency, amount, asked_at) " +
        "select * from unnest($1, $2, $3, $4, $5) on conflict (allocation_id) do update " +
        "set legal_entity = excluded.legal_entity, currency = excluded.currency, amount = excluded.amount, " +
        "asked_at = excluded.asked_at";

    private const string Confirmed =
        "insert into asked_allocations (allocation_id, answered) select id, true from unnest($1) as e (id) " +
        "on conflict (allocation_id) do update set answered = true";

    /// <summary>Of what was not applied nothing is left to take back.</summary>
    private const string Rejected =
        "insert into asked_allocations (allocation_id, answered, reversed) " +
        "select id, true, true from unnest($1) as e (id) " +
        "on conflict (allocation_id) do update set answered = true, reversed = true";

    private const string AskedBack =
        "insert into asked_allocations (allocation_id, reversal_at) select * from unnest($1, $2) " +
        "on conflict (allocation_id) do update set reversal_at = excluded.reversal_at";

    private const string TakenBack =
        "insert into asked_allocations (allocation_id, reversed) select id, true from unnest($1) as e (id) " +
        "on conflict (allocation_id) do update set reversed = true";

    public Task Consume(ConsumeContext<AllocationRequested> context) => inbox.WriteAsync(
        context,
        new SqlRows<AllocationRequested>()
            .Column(asked => asked.AllocationId)
            .Column(asked => asked.LegalEntity)
            .Column(asked => asked.Amount.Currency)
            .Column(asked => asked.Amount.Amount)
            .Column(_ => clock.GetUtcNow())
            .Command(Asked, [context.Message]));

    public Task Consume(ConsumeContext<AllocationConfirmed> context) =>
        AnsweredAsync(context, Confirmed, context.Message.AllocationId);

    public Task Consume(ConsumeContext<AllocationRejected> context) =>
        AnsweredAsync(context, Rejected, context.Message.AllocationId);

    public Task Consume(ConsumeContext<AllocationReversalRequested> context) => inbox.WriteAsync(
        context,
        new SqlRows<Guid>().Column(id => id).Column(_ => clock.GetUtcNow())
            .Command(AskedBack, [context.Message.AllocationId]));

    public Task Consume(ConsumeContext<AllocationReversed> context) =>
        AnsweredAsync(context, TakenBack, context.Message.AllocationId);

    private Task AnsweredAsync(ConsumeContext context, string sql, Guid allocationId) =>
        inbox.WriteAsync(context, new SqlRows<Guid>().Column(id => id).Command(sql, [allocationId]));
}
