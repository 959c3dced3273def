using Npgsql;
using OrderToCash.Collections.Accounts;
using OrderToCash.Collections.Disputes;
using OrderToCash.Collections.ReadModels;

namespace OrderToCash.Collections.Reviews;

/// <summary>
/// Notes that the day of a dispute has passed without a decision. One of a void invoice is closed, and so is one of
/// which nothing is owed any more because it was written off: a write-off that does not know of it yet may pass it on
/// the way. Where less was written off than is disputed the customer has paid some of that, and may have it coming
/// back: a person decides.
/// </summary>
public sealed class WatchDisputes(EventSourcing.EventStore store) : IReviewStep
{
    private const string Due =
        "select id from disputes where status in ('open', 'investigating') and not overdue " +
        "and customer_id = any($1) and due_on < $2";

    /// <summary>What is void stays so, whatever else is told of it.</summary>
    private const string Void =
        """
        select d.id from disputes d where d.status in ('open', 'investigating') and d.customer_id = any($1)
        and exists (select 1 from item_history h
            where h.invoice_id = d.invoice_id and h.installment = d.installment and h.kind = 'voided')
        """;

    /// <summary>
    /// What was written off from the day on that it was opened makes up for all that is disputed of the item. After
    /// that the dispute itself may be marked on it, and a due date moved: that pays nothing.
    /// </summary>
    private const string GivenUp =
        $"""
        select d.id from disputes d
        join open_items o on o.invoice_id = d.invoice_id and o.installment = d.installment
        left join legal_entities z on z.code = d.legal_entity
        cross join lateral (select d.invoice_id, d.installment, 0 as source_version) i
        where d.status in ('open', 'investigating') and d.customer_id = any($1) and o.balance = 0
        and (select h.kind from item_history h where h.invoice_id = d.invoice_id and h.installment = d.installment
            and h.kind not in ('dispute-marked', 'rescheduled') order by h.version desc limit 1) = 'written-off'
        and (select sum(f.amount) from {ItemFalls.SinceSource}
            where f.kind = 'given-up' and f.day >= (d.opened_at at time zone coalesce(z.time_zone, 'UTC'))::date)
            >= (select sum(x.disputed) from disputes x
                where x.disputed > 0 and x.invoice_id = d.invoice_id and x.installment = d.installment)
        """;

    /// <inheritdoc/>
    public async Task ReviewAsync(ReviewChunk chunk, CancellationToken cancellation)
    {
        await DropAsync(chunk, GivenUp, "Nothing is owed on it any more: it was written off.", cancellation);
        await DropAsync(chunk, Void, "Nothing is owed on it any more: the invoice is void.", cancellation);
        foreach (var (id, day) in await chunk.OverAsync(store.Database, Due, cancellation))
        {
            await store.DecideAsync(
                DisputeStream.Type, id, IReviewStep.Itself, dispute => DisputeDecider.Overdue(dispute, day),
                cancellation: cancellation);
        }
    }

    private async Task DropAsync(ReviewChunk chunk, string sql, string reason, CancellationToken cancellation)
    {
        await using var command = store.Database.CreateCommand(sql);
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = chunk.Ids });
        foreach (var id in await command.ReadAsync(row => row.GetGuid(0), cancellation))
        {
            await store.DecideAsync(
                DisputeStream.Type, id, IReviewStep.Itself with { Reason = reason }, DisputeDecider.Drop,
                cancellation: cancellation);
        }
    }
}
