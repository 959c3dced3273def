using Dapper;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Delivery;
using OrderToCash.Invoicing.Statements;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>
/// Has statements and documents mailed again that the mail server did not take for the moment, when it is time to. Each
/// is decided on the version it is at, so any number of instances send it once.
/// </summary>
public sealed class PutOffMails(EventStore store, TimeProvider clock)
{
    private const int AtOnce = 200;

    private const string Page =
        "and (@legalEntity::text is null or legal_entity = @legalEntity) order by id limit @limit";

    private const string DueStatements =
        "select statement_id as id from statements where retry_at <= @now and statement_id > @after " + Page;

    /// <summary>When it is time for a delivery says the event that put it off, which is its last.</summary>
    private const string DueDocuments =
        "select d.delivery_id as id from document_deliveries d " +
        "join mt_events e on e.stream_id = d.delivery_id and e.version = d.version " +
        "where d.status = 'Queued' and d.reason is not null and (e.data ->> 'RetryAt')::timestamptz <= @now " +
        "and d.delivery_id > @after " + Page;

    /// <summary>Sends again what is due, of one legal entity or of all.</summary>
    /// <param name="metadata">Who asks.</param>
    /// <param name="legalEntity">Of whom; null for all.</param>
    /// <param name="attempt">Tells what fails of it.</param>
    /// <param name="cancellation">Stops between two mails.</param>
    public async Task SendAsync(
        EventMetadata metadata, string? legalEntity, Attempt attempt, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        var now = clock.GetUtcNow();
        await EachAsync(
            DueStatements, StatementStream.Type, statement => StatementDecider.Retry(statement, now));
        await EachAsync(
            DueDocuments, DocumentDeliveryStream.Type, delivery => DocumentDeliveryDecider.Retry(delivery, now));

        async Task EachAsync<TState>(string sql, StreamType<TState> type, Func<TState, Decision> retry)
            where TState : class
        {
            for (var after = Guid.Empty; ;)
            {
                var due = await DueAsync(sql, new { now, after, legalEntity, limit = AtOnce }, cancellation);
                foreach (var id in due)
                {
                    await attempt(
                        $"Mailing of {type.Name} {id} again",
                        () => store.DecideAsync(type, id, metadata, retry, cancellation: cancellation),
                        cancellation);
                }

                if (due.Count < AtOnce)
                    break;
                after = due[^1];
            }
        }
    }

    private async Task<List<Guid>> DueAsync(string sql, object parameters, CancellationToken cancellation)
    {
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        return (await connection.QueryAsync<Guid>(
            new CommandDefinition(sql, parameters, cancellationToken: cancellation))).AsList();
    }
}
