using Npgsql;
using OrderToCash.Collections.Placements;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Reviews;

/// <summary>
/// Accounts for what agencies have brought in: money with a value date from the day of the hand-over on that came, or
/// was booked, while they had it, and was not taken back. Placements that ended in the last half year are looked at
/// again, because money may be booked late or taken back.
/// </summary>
public sealed class AccountPlacements(EventSourcing.EventStore store, TimeProvider clock) : IReviewStep
{
    private const string Settled =
        """
        select p.id, p.currency, p.received,
               coalesce((select sum(s.amount) from placement_items m
                   join settlements s on s.invoice_id = m.invoice_id and s.installment = m.installment
                   left join item_history h on h.invoice_id = s.invoice_id and h.installment = s.installment
                       and h.version = s.version
                   where m.placement_id = p.id and s.kind = 'payment' and not s.reversed
                   and s.version > m.source_version and s.value_date >= (p.placed_at at time zone e.time_zone)::date
                   and (p.ended_at is null
                       or least(s.value_date, h.posting_date) <= (p.ended_at at time zone e.time_zone)::date)), 0),
               p.status = 'placed' and not exists (select 1 from placement_items m
                   join open_items i on i.invoice_id = m.invoice_id and i.installment = m.installment
                   where m.placement_id = p.id and i.balance > 0)
        from placements p join legal_entities e on e.code = p.legal_entity
        where p.customer_id = any($1) and (p.status = 'placed'
            or (p.status in ('recalled', 'closed') and p.placed_at is not null and p.ended_at > $2))
        """;

    /// <summary>So long after its end a placement is looked at.</summary>
    internal const int MemoryDays = 180;

    /// <inheritdoc/>
    public async Task ReviewAsync(ReviewChunk chunk, CancellationToken cancellation)
    {
        await using var command = store.Database.CreateCommand(Settled);
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = chunk.Ids });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset>
        {
            TypedValue = clock.GetUtcNow().AddDays(-MemoryDays),
        });
        var placed = await command.ReadAsync(
            row => (Id: row.GetGuid(0), Known: row.Money(2, 1), Received: row.Money(3, 1), row.GetBoolean(4)),
            cancellation);
        foreach (var (id, known, received, isSettled) in placed)
        {
            if (received == known && !isSettled)
                continue;
            await store.DecideAsync(
                PlacementStream.Type, id, IReviewStep.Itself,
                placement => PlacementDecider.Account(placement, received, isSettled), cancellation: cancellation);
        }
    }
}
