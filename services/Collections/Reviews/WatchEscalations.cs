using Npgsql;
using OrderToCash.Collections.Escalations;
using OrderToCash.Collections.ReadModels;

namespace OrderToCash.Collections.Reviews;

/// <summary>
/// Hands disputes up that were not decided in time, and moves escalations up that nobody has acknowledged in time.
/// </summary>
public sealed class WatchEscalations(EventSourcing.EventStore store) : IReviewStep
{
    private const string Late =
        "select d.id, d.customer_id, d.due_on, d.reason, d.currency, d.disputed from disputes d " +
        "where d.overdue and d.status in ('open', 'investigating') and d.customer_id = any($1)";

    private const string Raised = "select id from escalations where id = any($1)";

    private const string Unacknowledged =
        "select id, customer_id from escalations where status = 'open' and customer_id = any($1)";

    /// <inheritdoc/>
    public async Task ReviewAsync(ReviewChunk chunk, CancellationToken cancellation)
    {
        var known = chunk.Customers.ToDictionary(customer => customer.Id);
        await RaiseAsync(known, cancellation);
        await using var command = store.Database.CreateCommand(Unacknowledged);
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. known.Keys] });
        foreach (var (id, of) in await command.ReadAsync(
            row => (row.GetGuid(0), known[row.GetGuid(1)]), cancellation))
        {
            await store.DecideAsync(
                EscalationStream.Type, id, IReviewStep.Itself,
                one => EscalationDecider.MoveUp(one, of.Policy.Escalations, of.Today), cancellation: cancellation);
        }
    }

    private async Task RaiseAsync(Dictionary<Guid, ReviewedCustomer> known, CancellationToken cancellation)
    {
        await using var command = store.Database.CreateCommand(Late);
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. known.Keys] });
        var late = await command.ReadAsync(
            row => (Id: row.GetGuid(0), Customer: known[row.GetGuid(1)],
                Escalation: EscalationStream.OfDispute(row.GetGuid(0), row.GetFieldValue<DateOnly>(2)),
                Text: $"The dispute over {row.Money(5, 4)} ({row.GetString(3)}) was to be decided by " +
                    $"{row.GetFieldValue<DateOnly>(2):yyyy-MM-dd}."),
            cancellation);
        await using var reading = store.Database.CreateCommand(Raised);
        reading.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. late.Select(one => one.Escalation)] });
        var raised = await reading.ReadAsync(row => row.GetGuid(0), cancellation);

        // One for each day by which it was to be decided: who is given a new day and lets it pass is late again.
        foreach (var (id, customer, escalation, text) in late.Where(one => !raised.Contains(one.Escalation)))
        {
            var wish = new EscalationRaised(
                customer.LegalEntity, customer.Id, EscalationTarget.TeamLead, EscalationCause.Dispute, id, text,
                default);
            await store.DecideAsync(
                EscalationStream.Type, escalation, IReviewStep.Itself,
                one => EscalationDecider.Raise(one, wish, customer.Policy.Escalations, customer.Today),
                cancellation: cancellation);
        }
    }
}
