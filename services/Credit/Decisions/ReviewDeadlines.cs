using Dapper;
using OrderToCash.Credit.Applications;
using OrderToCash.EventSourcing;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Credit.Decisions;

/// <summary>
/// Tells of the cases that no person decided in time, and gives them to whom the policy names, once a minute. Nobody is
/// late with a case that waits for what was asked for. Every instance does it: who comes second finds it done.
/// </summary>
public sealed class ReviewDeadlines(
    EventStore store, DecisionBooks books, TimeProvider clock, ILogger<ReviewDeadlines> log)
    : RecurringWork("Deadlines of credit cases", TimeSpan.FromMinutes(1), clock, log)
{
    private const int Chunk = 100;

    private const string Missed =
        "select application_id as Id, legal_entity as LegalEntity from credit_applications " +
        "where status = 'in-review' and not overdue_told and due_by < @now " +
        "and application_id > @after order by application_id limit @chunk";

    /// <inheritdoc/>
    protected override Task RunAsync(CancellationToken cancellation) => MeetAsync(cancellation);

    /// <summary>
    /// Tells of all there are by now. One that cannot be told of keeps none of the others waiting.
    /// </summary>
    public async Task MeetAsync(CancellationToken cancellation = default)
    {
        var after = Guid.Empty;
        while (await ReadAsync(after, cancellation) is { Count: > 0 } missed)
        {
            foreach (var (id, entity) in missed)
                await TryAsync($"Deadline of case {id}", () => TellAsync(id, entity, cancellation), cancellation);
            after = missed[^1].Id;
        }
    }

    private async Task TellAsync(Guid id, string legalEntity, CancellationToken cancellation)
    {
        var policy = (await books.FactsAsync(legalEntity, cancellation)).Policy.Policy.Applications;
        await store.DecideAsync(
            ApplicationStream.Type, id, new EventMetadata(CreditService.Name, Reason: "Nobody decided it in time."),
            application => ApplicationDecider.MissDeadline(application, Clock.GetUtcNow(), policy.EscalateTo),
            cancellation: cancellation);
    }

    private async Task<List<(Guid Id, string LegalEntity)>> ReadAsync(Guid after, CancellationToken cancellation)
    {
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        return (await connection.QueryAsync<(Guid, string)>(new CommandDefinition(
            Missed, new { now = Clock.GetUtcNow(), after, chunk = Chunk }, cancellationToken: cancellation))).AsList();
    }
}
