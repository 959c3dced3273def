using OrderToCash.Approvals;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.LegalEntities;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>The approval matrix of a legal entity. Who asks for approvals cannot change who gives them.</summary>
public static class ApprovalMatrices
{
    /// <summary>The whole matrix.</summary>
    /// <param name="Rules">
    /// Bands per kind, for all services: credit limits and terms as well as write-offs and refunds. A kind without
    /// bands needs no approval.
    /// </param>
    public sealed record Request(IReadOnlyList<ApprovalRule> Rules);

    /// <summary>A matrix as the API shows it.</summary>
    public sealed record View(string LegalEntity, IReadOnlyList<ApprovalRule> Rules, long Version);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPut("/legal-entities/{code}/approval-matrix", PutAsync)
            .RequireScope(Scopes.Admin).Produces<View>().WithSummary("Define who must approve what");
        routes.MapGet("/legal-entities/{code}/approval-matrix", GetAsync)
            .RequireScope(Scopes.InvoicingRead).Produces<View>().WithSummary("Who must approve what");
        HistoryEndpoint.Map(
            routes, "/legal-entities/{code}/approval-matrix/history", ApprovalMatrixStream.Type, Scopes.InvoicingRead,
            matrix => matrix.Definition?.LegalEntity,
            values => ApprovalMatrixStream.Id($"{values["code"]}"));
    }

    private static async Task<IResult> PutAsync(string code, Request request, HttpCommand command)
    {
        if (command.Caller.Deny(code) is { } denied)
            return await command.RefuseAsync(denied);
        var entity = await command.Store.LoadAsync(
            LegalEntityStream.Type, LegalEntityStream.Id(code), command.Cancellation);
        if (!entity.Exists)
            return await command.RefuseAsync(LegalEntityRefusals.Unknown(code));
        return await command.DecideAsync(
            ApprovalMatrixStream.Type,
            ApprovalMatrixStream.Id(code),
            matrix => matrix.Define(
                new ApprovalMatrixDefined(code, request.Rules, entity.State.Definition!.BaseCurrency)),
            decided => Reply.Ok(
                new View(code, decided.State.Definition?.Rules ?? [], decided.Version), decided.Version));
    }

    private static async Task<IResult> GetAsync(
        string code, Caller caller, EventStore store, CancellationToken cancellation)
    {
        if (caller.Deny(code) is { } denied)
            return Problems.From(denied);
        var (matrix, version) = await store.LoadAsync(
            ApprovalMatrixStream.Type, ApprovalMatrixStream.Id(code), cancellation);
        return Reply.Ok(new View(code, matrix.Definition?.Rules ?? [], version), version);
    }
}
