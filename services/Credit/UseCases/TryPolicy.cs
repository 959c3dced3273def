using Dapper;
using OrderToCash.Credit.Applications;
using OrderToCash.Credit.Policies;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Credit.UseCases;

/// <summary>
/// <c>POST /v1/credit/policies/{legalEntity}/trials</c>: what another policy would have come to in the cases that were
/// decided last. Nothing is written.
/// </summary>
public static class TryPolicy
{
    private const int MostCases = 1_000;

    private const string Decided =
        "select application_id from credit_applications where legal_entity = @legalEntity and decided_at is not null " +
        "and (@since::date is null or decided_at >= @since::date) order by decided_at desc limit @most";

    /// <summary>What is tried.</summary>
    /// <param name="Policy">The whole policy.</param>
    /// <param name="Since">Only cases decided on this day (UTC) or later.</param>
    /// <param name="Most">At most so many, the latest first; 1 to 1,000.</param>
    public sealed record Request(CreditPolicy Policy, DateOnly? Since = null, int Most = 500);

    /// <summary>Maps the route.</summary>
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/credit/policies/{legalEntity}/trials", Handle)
            .RequireScope(Scopes.CreditRead)
            .Produces<PolicyTrial>()
            .WithSummary("Try a credit policy on cases that are decided, with the differences");

    private static async Task<IResult> Handle(
        string legalEntity, Request request, Caller caller, EventStore store, CancellationToken cancellation)
    {
        if (new Validation()
            .Check(request.Most is >= 1 and <= MostCases, "/most", $"is 1 to {MostCases}").Problem is { } problem)
            return problem;
        if ((caller.Deny(legalEntity)
            ?? PolicyDecider.Define(PolicyBook.Initial, legalEntity, request.Policy).Refusal) is { } refusal)
            return Problems.From(refusal);
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        var ids = await connection.QueryAsync<Guid>(new CommandDefinition(
            Decided, new { legalEntity, since = request.Since, most = request.Most },
            cancellationToken: cancellation));
        var cases = new List<(Guid, CreditApplication)>();
        foreach (var id in ids)
            cases.Add((id, (await store.LoadAsync(ApplicationStream.Type, id, cancellation)).State));
        return Reply.Ok(PolicyTrial.Of(cases, request.Policy));
    }
}
