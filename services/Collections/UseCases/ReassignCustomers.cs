using Npgsql;
using OrderToCash.Collections.Portfolio;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Collections.Reviews;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Collections.UseCases;

/// <summary>What became of a reassignment.</summary>
/// <param name="Reassigned">How many customers changed hands.</param>
/// <param name="Remaining">How many are left to do: ask again.</param>
public sealed record ReassignmentView(int Reassigned, long Remaining);

/// <summary>
/// Gives all customers of a collector, or some, to another one: a thousand in one write, so it can be asked again until
/// none remains.
/// </summary>
public static class ReassignCustomers
{
    private const int AtOnce = 1_000;

    private const string Select =
        "select k.customer_id, c.legal_entity, count(*) over () from collectors k " +
        "join customers c on c.id = k.customer_id where k.collector = @from " +
        "and (@entities::text[] is null or c.legal_entity = any(@entities)) " +
        "and (@some is null or k.customer_id = any(@some)) " +
        "order by k.customer_id limit 1000";

    /// <summary>Who gives to whom.</summary>
    /// <param name="From">The collector who has them.</param>
    /// <param name="To">The collector who gets them; null: nobody, and the rules decide.</param>
    /// <param name="Reason">Why; kept in the history.</param>
    /// <param name="LegalEntity">Only those of one legal entity.</param>
    /// <param name="CustomerIds">Only these, up to 1,000.</param>
    public sealed record Request(
        string From, string? To, string Reason, string? LegalEntity = null, IReadOnlyList<Guid>? CustomerIds = null);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/v1/collections/portfolios/reassignments", Handle)
        .RequireScope(Scopes.CollectionsWrite)
        .Produces<ReassignmentView>()
        .WithSummary("Give customers of a collector to another one");

    private static async Task<IResult> Handle(Request request, HttpCommand command)
    {
        if (new Validation()
            .Required("/from", request.From)
            .Optional("/to", request.To)
            .Required("/reason", request.Reason, max: 500)
            .Check(request.From != request.To, "/to", "is the same collector")
            .Check(request.CustomerIds is null or { Count: > 0 and <= AtOnce }, "/customerIds", "names 1 to 1,000")
            .Problem is { } problem)
            return problem;
        if (request.LegalEntity is { } entity && command.Caller.Deny(entity) is { } denied)
            return await command.RefuseAsync(denied);
        return await command.CommitAsync(async cancellation =>
        {
            var (customers, all) = await FindAsync(request, command, cancellation);
            var batch = new WriteBatch(command.Metadata(request.Reason));
            var done = 0;
            foreach (var (id, legalEntity) in customers)
            {
                var stream = CollectionAccountStream.Id(id);
                var (account, version) = await command.Store.LoadAsync(
                    CollectionAccountStream.Type, stream, cancellation);
                var decision = CollectionAccountDecider.Assign(
                    account, new CollectorAssigned(id, legalEntity, request.To));
                batch.Append(CollectionAccountStream.Type, stream, version, decision.Events);
                done += decision.Events.Count;
            }

            batch.Row(ReviewQueue.Request(command.Clock.GetUtcNow(), [.. customers.Select(one => one.Id)]));
            return Plan.Write(batch, Reply.Ok(new ReassignmentView(done, all - customers.Count)));
        });
    }

    private static async Task<(List<(Guid Id, string LegalEntity)> Customers, long All)> FindAsync(
        Request request, HttpCommand command, CancellationToken cancellation)
    {
        await using var reading = command.Store.Database.CreateCommand(Select);
        reading.AddEntities(command.Caller, request.LegalEntity);
        reading.Parameters.AddWithValue("from", request.From);
        reading.AddOptional("some", request.CustomerIds?.ToArray());
        var rows = await reading.ReadAsync(
            row => (Id: row.GetGuid(0), LegalEntity: row.GetString(1), All: row.GetInt64(2)), cancellation);
        return ([.. rows.Select(row => (row.Id, row.LegalEntity))], rows.Count == 0 ? 0 : rows[0].All);
    }
}
