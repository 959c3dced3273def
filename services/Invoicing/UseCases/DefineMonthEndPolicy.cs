using OrderToCash.Invoicing.MonthEnd;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>
/// The provision matrix of a legal entity, from when on changes want a comment, and how much cash may be unapplied.
/// </summary>
public static class DefineMonthEndPolicy
{
    /// <summary>All of it.</summary>
    /// <param name="LossRates">The provision matrix, the first bucket first; none to provide for nothing.</param>
    /// <param name="Flux">Null where nobody comments on changes.</param>
    /// <param name="UnappliedCash">
    /// So much, in the books' currency, may be unapplied at a close; null where nobody has said.
    /// </param>
    public sealed record Request(
        IReadOnlyList<LossRate> LossRates, FluxThreshold? Flux = null, decimal? UnappliedCash = null);

    /// <summary>The policy as the API shows it.</summary>
    public sealed record View(
        string LegalEntity, IReadOnlyList<LossRate> LossRates, FluxThreshold? Flux, decimal? UnappliedCash,
        long Version);

    public static void Map(IEndpointRouteBuilder routes)
    {
        const string path = "/legal-entities/{code}/month-end-policy";
        routes.MapPut(path, PutAsync).RequireScope(Scopes.Admin)
            .Produces<View>().WithSummary("Define loss rates and the threshold of changes");
        routes.MapGet(path, GetAsync).RequireScope(Scopes.InvoicingRead)
            .Produces<View>().WithSummary("Loss rates and the threshold of changes");
        HistoryEndpoint.Map(
            routes, $"{path}/history", MonthEndPolicyStream.Type, Scopes.InvoicingRead,
            policy => policy.Definition?.LegalEntity, values => MonthEndPolicyStream.Id($"{values["code"]}"));
    }

    private static Task<IResult> PutAsync(string code, Request request, HttpCommand command) =>
        EntitySetting.PutAsync(
            code, command, MonthEndPolicyStream.Type, MonthEndPolicyStream.Id(code),
            (policy, _) => policy.Define(new MonthEndPolicyDefined(
                code, request.LossRates, request.Flux, request.UnappliedCash)),
            (policy, version) => Of(policy.Definition!, version));

    private static Task<IResult> GetAsync(string code, HttpContext http) => EntitySetting.GetAsync(
        code, http, MonthEndPolicyStream.Type, MonthEndPolicyStream.Id(code),
        (policy, version) => policy.Definition is { } definition ? Of(definition, version) : null);

    private static View Of(MonthEndPolicyDefined definition, long version) =>
        new(definition.LegalEntity, definition.LossRates, definition.Flux, definition.UnappliedCash, version);
}
