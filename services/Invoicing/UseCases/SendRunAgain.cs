using Dapper;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Statements;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>
/// Sends once more what a run could not send, such as while the mail server was away, as it is kept. What nobody can
/// send, since there is no address, stays.
/// </summary>
public static class SendRunAgain
{
    private const int AtOnce = 500;

    /// <summary>What is sent.</summary>
    /// <param name="Sending">Statements that are sent again; of many the first part, until there are none.</param>
    public sealed record Response(int Sending);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/statement-runs/{id:guid}/send", HandleAsync)
        .RequireScope(Scopes.InvoicingWrite)
        .Produces<Response>()
        .WithSummary("Send again what a run could not send");

    private static Task<IResult> HandleAsync(Guid id, HttpCommand command) =>
        command.CommitAsync(async cancellation =>
        {
            var (run, seen) = await command.Store.LoadAsync(StatementRunStream.Type, id, cancellation);
            if (run.Started is not { } started)
                return Refusal.NotFound("statement run", id);
            if (command.Caller.Deny(started.LegalEntity) is { } denied)
                return denied;
            command.Expect(seen);
            var batch = new WriteBatch(command.Metadata());
            var unsent = await UnsentAsync(command.Store, id, cancellation);
            foreach (var (statement, version) in unsent)
                batch.Append(StatementStream.Type, statement, version, [new StatementSendAgain()]);
            return Plan.Write(batch, Reply.Ok(new Response(unsent.Count)));
        });

    private static async Task<List<(Guid Id, long Version)>> UnsentAsync(
        EventStore store, Guid runId, CancellationToken cancellation)
    {
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        return (await connection.QueryAsync<(Guid Id, long Version)>(new CommandDefinition(
            "select statement_id, version from statements where run_id = @runId and status = 'NotSent' and addressed " +
            "order by statement_id limit @limit", new { runId, limit = AtOnce },
            cancellationToken: cancellation))).AsList();
    }
}
