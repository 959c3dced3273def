using System.Text.Json;
using Npgsql;
using OrderToCash.Credit.Policies;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Credit.UseCases;

/// <summary><c>GET /v1/credit/policies/{legalEntity}?number=</c>: a policy, the one in force by default.</summary>
public static class ReadPolicies
{
    private const string Find = "select content::text from credit_policies where legal_entity = $1 and number = $2";

    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/credit/policies/{legalEntity}", Handle)
            .RequireScope(Scopes.CreditRead)
            .Produces<PolicyView>()
            .WithSummary("A credit policy, the one in force or an earlier one");
        HistoryEndpoint.Map(
            routes, "/v1/credit/policies/{legalEntity}/history", PolicyStream.Type, Scopes.CreditRead,
            book => book.Now?.LegalEntity, values => PolicyStream.Id($"{values["legalEntity"]}"));
    }

    /// <summary>A policy by its number; null where there is none.</summary>
    public static async Task<NumberedPolicy?> FindAsync(
        NpgsqlDataSource database, string legalEntity, int number, CancellationToken cancellation)
    {
        if (number == StandardPolicy.Unwritten)
            return NumberedPolicy.Standard;
        await using var command = database.CreateCommand(Find);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = legalEntity });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = number });
        return await command.ExecuteScalarAsync(cancellation) is string content
            ? new NumberedPolicy(number, JsonSerializer.Deserialize<CreditPolicy>(content, Json.Stored)!)
            : null;
    }

    private static async Task<IResult> Handle(string legalEntity, int? number, HttpContext http, EventStore store)
    {
        if (Caller.Of(http).Deny(legalEntity) is { } denied)
            return Problems.From(denied);
        var book = await store.LoadAsync(PolicyStream.Type, PolicyStream.Id(legalEntity), http.RequestAborted);
        var wanted = number ?? book.State.Now?.Number ?? StandardPolicy.Unwritten;
        return await FindAsync(store.Database, legalEntity, wanted, http.RequestAborted) is { } policy
            ? Reply.Ok(new PolicyView(legalEntity, policy.Number, policy.Policy, book.Version), book.Version)
            : Problems.From(Refusal.NotFound("policy", wanted));
    }
}
