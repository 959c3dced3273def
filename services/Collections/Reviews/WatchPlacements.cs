using Npgsql;
using OrderToCash.Collections.Accounts;
using OrderToCash.Collections.Holds;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Collections.Tasks;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Reviews;

/// <summary>
/// Hands out the task to stop an agency that has items of a customer whom nobody may get in touch with by now: one for
/// each placement and hold, however often it is looked at and whoever has done it. Whether the placement is taken back
/// is for a person to say, since what was agreed with the agency is not known here. Once the hold is over, or the
/// agency has the items no more, the task is taken back: nobody is to stop an agency that may go on.
/// </summary>
public sealed class WatchPlacements(EventSourcing.EventStore store) : IReviewStep
{
    private const string UnderHold =
        $"""
        select p.id, p.customer_id, p.agency, h.id, h.kind, p.status = 'placed', h.status = 'active' from placements p
        cross join lateral (select p.customer_id as id) c
        join holds h on h.customer_id = any({ContactBook.Company}) and h.invoice_id is null and h.kind <> $2
        where p.customer_id = any($1) and p.status in ('placed', 'recalled', 'closed')
        """;

    private const string Open =
        "select id from tasks where state = 'open' and customer_id = any($1) and id = any($2)";

    /// <inheritdoc/>
    public async Task ReviewAsync(ReviewChunk chunk, CancellationToken cancellation)
    {
        await using var command = store.Database.CreateCommand(UnderHold);
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = chunk.Ids });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = Kebab.Of(HoldKind.DunningBlock) });
        var placements = await command.ReadAsync(
            row => new UnderHoldRow(
                Ids.From("recall", $"{row.GetGuid(0):D}", $"{row.GetGuid(3):D}"), row.GetGuid(1), row.GetString(2),
                row.GetString(4), row.GetBoolean(5), row.GetBoolean(6)),
            cancellation);
        var customers = chunk.Customers.ToDictionary(customer => customer.Id);
        foreach (var one in placements.Where(one => one is { IsPlaced: true, IsHeld: true }))
        {
            var customer = customers[one.CustomerId];
            var recall = new TaskCreated(
                customer.LegalEntity, customer.Id, TaskKind.Other,
                $"Recall from the agency {one.Agency}: nobody may get in touch with the customer ({one.Kind}).",
                customer.Today, null, null);
            await store.DecideAsync(
                CollectionTaskStream.Type, one.TaskId, IReviewStep.Itself, task => TaskDecider.Create(task, recall),
                cancellation: cancellation);
        }

        await TakeBackAsync(
            chunk, placements.Where(one => !one.IsPlaced || !one.IsHeld).ToDictionary(one => one.TaskId), cancellation);
    }

    private async Task TakeBackAsync(
        ReviewChunk chunk, Dictionary<Guid, UnderHoldRow> over, CancellationToken cancellation)
    {
        if (over.Count == 0)
            return;
        await using var command = store.Database.CreateCommand(Open);
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = chunk.Ids });
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. over.Keys] });
        foreach (var id in await command.ReadAsync(row => row.GetGuid(0), cancellation))
        {
            var why = over[id].IsPlaced ? $"The hold is over: {over[id].Kind}." : "The agency has it no more.";
            await store.DecideAsync(
                CollectionTaskStream.Type, id, IReviewStep.Itself, task => TaskDecider.Cancel(task, why),
                cancellation: cancellation);
        }
    }

    /// <summary>A placement, and a hold that its customer is or was under.</summary>
    private sealed record UnderHoldRow(
        Guid TaskId, Guid CustomerId, string Agency, string Kind, bool IsPlaced, bool IsHeld);
}
