using Dapper;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Statements;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>
/// Has statements sent again that the mail server was not there for, when it is time to. Each is decided on the version
/// it is at, so any number of instances send it once.
/// </summary>
public sealed class StatementRetries(EventStore store, TimeProvider clock)
{
    private const int AtOnce = 200;

    /// <summary>Sends again what is due, of one legal entity or of all.</summary>
    /// <param name="metadata">Who asks.</param>
    /// <param name="legalEntity">Of whom; null for all.</param>
    /// <param name="attempt">Tells what fails of it.</param>
    /// <param name="cancellation">Stops between two statements.</param>
    public async Task SendAsync(
        EventMetadata metadata, string? legalEntity, Attempt attempt, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        var now = clock.GetUtcNow();
        for (var after = Guid.Empty; ;)
        {
            var due = await DueAsync(legalEntity, now, after, cancellation);
            foreach (var statement in due)
            {
                await attempt(
                    $"Sending of statement {statement} again",
                    () => store.DecideAsync(
                        StatementStream.Type, statement, metadata, one => StatementDecider.Retry(one, now),
                        cancellation: cancellation),
                    cancellation);
            }

            if (due.Count < AtOnce)
                break;
            after = due[^1];
        }
    }

    private async Task<List<Guid>> DueAsync(
        string? legalEntity, DateTimeOffset now, Guid after, CancellationToken cancellation)
    {
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        return (await connection.QueryAsync<Guid>(new CommandDefinition(
            "select statement_id from statements where retry_at <= @now and statement_id > @after " +
            "and (@legalEntity::text is null or legal_entity = @legalEntity) order by statement_id limit @limit",
            new { now, after, legalEntity, limit = AtOnce }, cancellationToken: cancellation))).AsList();
    }
}
