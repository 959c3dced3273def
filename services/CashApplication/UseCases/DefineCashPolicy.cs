using OrderToCash.CashApplication.Policies;
using OrderToCash.CashApplication.Receipts.Matching;
using OrderToCash.CashApplication.Replicas;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>How money of a legal entity is matched, and its rule sets.</summary>
public sealed record CashPolicyView(
    string LegalEntity, MatchPolicy Policy, IReadOnlyList<RuleSet> RuleSets, long Version);

/// <summary>
/// <c>PUT /v1/cash-policies/{legalEntity}</c>, <c>PUT …/rule-sets/{code}</c>, and their reads. A rule set or policy
/// holds from the next match on; what was decided before keeps its reasons. Whoever applies money does not also say how
/// much of it may be given up: that takes the right to run the system.
/// </summary>
public static class DefineCashPolicy
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPut("/v1/cash-policies/{legalEntity}", Policy)
            .RequireScope(Scopes.Admin).Produces<CashPolicyView>().WithTags("Cash policies")
            .WithSummary("Defines how money of a legal entity is matched");
        routes.MapPut("/v1/cash-policies/{legalEntity}/rule-sets/{code}", Rules)
            .RequireScope(Scopes.Admin).Produces<CashPolicyView>().WithTags("Cash policies")
            .WithSummary("Defines a rule set");
        routes.MapGet("/v1/cash-policies/{legalEntity}", Get)
            .RequireScope(Scopes.CashRead).Produces<CashPolicyView>().WithTags("Cash policies")
            .WithSummary("How money of a legal entity is matched");
        HistoryEndpoint.Map(routes, "/v1/cash-policies/{legalEntity}/history", CashPolicies.Type, Scopes.CashRead,
            null, values => values["legalEntity"]?.ToString() is { } code ? CashPolicies.IdOf(code) : null)
            .WithTags("Cash policies")
            .AddEndpointFilter(OnlyOfTheCaller);
    }

    private static async ValueTask<object?> OnlyOfTheCaller(
        EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var legalEntity = context.HttpContext.Request.RouteValues["legalEntity"]?.ToString() ?? "";
        return Caller.Of(context.HttpContext).Deny(legalEntity) is { } denied
            ? Problems.From(denied)
            : await next(context);
    }

    private static Task<IResult> Policy(
        string legalEntity, MatchPolicy policy, HttpCommand command, CashPolicy configured) =>
        DefineAsync(legalEntity, command, configured,
            policies => CashPolicyDecider.Define(policies, legalEntity, policy));

    private static Task<IResult> Rules(
        string legalEntity, string code, RuleSet rules, HttpCommand command, CashPolicy configured) =>
        DefineAsync(legalEntity, command, configured,
            policies => CashPolicyDecider.Define(policies, legalEntity, rules with { Code = code }));

    private static async Task<IResult> DefineAsync(
        string legalEntity, HttpCommand command, CashPolicy configured, Func<CashPolicies, Decision> decide)
    {
        if (command.Caller.Deny(legalEntity) is { } denied)
            return await command.RefuseAsync(denied);
        if (await command.Store.Database.LegalEntityAsync(legalEntity, command.Cancellation) is null)
            return await command.RefuseAsync(Refusal.NotFound("legal entity", legalEntity));
        return await command.DecideAsync(
            CashPolicies.Type, CashPolicies.IdOf(legalEntity), decide,
            decided => Reply.Ok(ViewOf(legalEntity, decided.State, configured, decided.Version), decided.Version));
    }

    private static async Task<IResult> Get(
        string legalEntity, EventStore store, CashPolicy configured, HttpContext http)
    {
        if (Caller.Of(http).Deny(legalEntity) is { } denied)
            return Problems.From(denied);
        var (policies, version) =
            await store.LoadAsync(CashPolicies.Type, CashPolicies.IdOf(legalEntity), http.RequestAborted);
        return Reply.Ok(ViewOf(legalEntity, policies, configured, version), version);
    }

    private static CashPolicyView ViewOf(
        string legalEntity, CashPolicies policies, CashPolicy configured, long version) => new(
        legalEntity, policies.Settings(configured.Matching).Policy,
        [.. policies.RuleSets.Values.Append(RuleSet.Standard).DistinctBy(rules => rules.Code)
            .OrderBy(rules => rules.Code, StringComparer.Ordinal)],
        version);
}
