using Npgsql;
using OrderToCash.Collections.Placements;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Reviews;

/// <summary>Accounts for what is settled while an agency collects.</summary>
public sealed class AccountPlacements(EventSourcing.EventStore store) : IReviewStep
{
    private const string Settled =
        """
        select p.id, p.currency, p.received,
               coalesce((select sum(s.amount) from placement_items m
                   join settlements s on s.invoice_id = m.invoice_id and s.installment = m.installment
                   where m.placement_id = p.id and s.kind = 'payment' and not s.reversed
                   and s.version > m.source_version), 0),
               not exists (select 1 from placement_items m
                   join open_items i on i.invoice_id = m.invoice_id and i.installment = m.installment
                   where m.placement_id = p.id and i.balance > 0)
        from placements p where p.status = 'placed' and p.customer_id = any($1)
        """;

    /// <inheritdoc/>
    public async Task ReviewAsync(ReviewChunk chunk, CancellationToken cancellation)
    {
        await using var command = store.Database.CreateCommand(Settled);
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = chunk.Ids });
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
