using Npgsql;
using OrderToCash.Collections.Accounts;
using OrderToCash.Collections.Holds;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Collections.Tasks;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Reviews;

/// <summary>
/// Hands out the task to stop an agency that has items of a customer whom nobody may get in touch with by now: one for
/// each placement and hold, however often it is looked at and whoever has done it. Whether it is taken back is for a
/// person to say, since what was agreed with the agency is not known here.
/// </summary>
public sealed class WatchPlacements(EventSourcing.EventStore store) : IReviewStep
{
    private const string UnderHold =
        $"""
        select p.id, p.customer_id, p.agency, h.id, h.kind from placements p
        cross join lateral (select p.customer_id as id) c
        join holds h on h.customer_id = any({ContactBook.Company}) and h.status = 'active' and h.invoice_id is null
            and h.kind <> $2
        where p.customer_id = any($1) and p.status = 'placed'
        """;

    /// <inheritdoc/>
    public async Task ReviewAsync(ReviewChunk chunk, CancellationToken cancellation)
    {
        await using var command = store.Database.CreateCommand(UnderHold);
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = chunk.Ids });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = Kebab.Of(HoldKind.DunningBlock) });
        var placed = await command.ReadAsync(
            row => (Id: row.GetGuid(0), Customer: row.GetGuid(1), Agency: row.GetString(2), Hold: row.GetGuid(3),
                Kind: row.GetString(4)),
            cancellation);
        var customers = chunk.Customers.ToDictionary(customer => customer.Id);
        foreach (var (id, customerId, agency, hold, kind) in placed)
        {
            var customer = customers[customerId];
            var recall = new TaskCreated(
                customer.LegalEntity, customer.Id, TaskKind.Other,
                $"Recall from the agency {agency}: nobody may get in touch with the customer ({kind}).", customer.Today,
                null, null);
            await store.DecideAsync(
                CollectionTaskStream.Type, Ids.From("recall", $"{id:D}", $"{hold:D}"), IReviewStep.Itself,
                task => TaskDecider.Create(task, recall), cancellation: cancellation);
        }
    }
}
