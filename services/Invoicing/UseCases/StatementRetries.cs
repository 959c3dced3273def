using Dapper;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Statements;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>
/// Has statements sent again that the mail server was not there for, when it is time to. Each is decided on the version
/// it is at, so any number of instances send it once.
/// </summary>
public sealed partial class StatementRetries(EventStore store, TimeProvider clock, ILogger<StatementRetries> log)
{
    private const int AtOnce = 200;

    /// <summary>Sends again what is due, of one legal entity or of all.</summary>
    /// <param name="metadata">Who asks.</param>
    /// <param name="legalEntity">Of whom; null for all.</param>
    /// <param name="cancellation">Stops between two statements.</param>
    public async Task SendAsync(EventMetadata metadata, string? legalEntity, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        for (var after = Guid.Empty; ;)
        {
            var due = await DueAsync(legalEntity, now, after, cancellation);
            foreach (var statement in due)
                await TryAsync(statement, now, metadata, cancellation);
            if (due.Count < AtOnce)
                break;
            after = due[^1];
        }
    }

    /// <summary>One that cannot be sent keeps none of the others waiting.</summary>
    private async Task TryAsync(
        Guid statementId, DateTimeOffset now, EventMetadata metadata, CancellationToken cancellation)
    {
        try
        {
            await store.DecideAsync(
                StatementStream.Type, statementId, metadata, statement => StatementDecider.Retry(statement, now),
                cancellation: cancellation);
        }
        catch (Exception error) when (CommitResult.LeftNothing(error) && !cancellation.IsCancellationRequested)
        {
            LogFailed(log, statementId, error);
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

    [LoggerMessage(Level = LogLevel.Error, EventName = "invoicing.statement.retry.failed",
        Message = "Statement {StatementId} could not be sent again")]
    private static partial void LogFailed(ILogger log, Guid statementId, Exception error);
}
