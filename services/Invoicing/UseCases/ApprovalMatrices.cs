using OrderToCash.Approvals;
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

    private static Task<IResult> PutAsync(string code, Request request, HttpCommand command) =>
        EntitySetting.PutAsync(
            code, command, ApprovalMatrixStream.Type, ApprovalMatrixStream.Id(code),
            (matrix, entity) => matrix.Define(
                new ApprovalMatrixDefined(code, request.Rules, entity.BaseCurrency)),
            (matrix, version) => Of(code, matrix, version));

    private static Task<IResult> GetAsync(string code, HttpContext http) => EntitySetting.GetAsync(
        code, http, ApprovalMatrixStream.Type, ApprovalMatrixStream.Id(code),
        (matrix, version) => Of(code, matrix, version));

    private static View Of(string code, ApprovalMatrix matrix, long version) =>
        new(code, matrix.Definition?.Rules ?? [], version);
}
