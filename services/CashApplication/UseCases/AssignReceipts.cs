using OrderToCash.CashApplication.Receipts;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>Who looks after these receipts.</summary>
/// <param name="Items">1 to 1,000 receipts.</param>
/// <param name="Owner">Nobody where it is null.</param>
/// <param name="Reason">Why, where the person says so, in up to 500 characters.</param>
public sealed record AssignReceiptsRequest(IReadOnlyList<Guid> Items, string? Owner, string? Reason = null);

/// <summary><c>POST /v1/workbench/assign</c>: says of many receipts who looks after them.</summary>
public static class AssignReceipts
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/v1/workbench/assign", Handle)
        .RequireScope(Scopes.CashWrite)
        .Produces<ReceiptOutcomes>()
        .WithTags("Workbench")
        .WithSummary("Says who looks after many receipts")
        .WithRequestTimeout(ManyReceipts.MaxTime);

    private static async Task<IResult> Handle(AssignReceiptsRequest request, HttpCommand command) =>
        new Validation()
            .Optional("/owner", request.Owner, max: 100)
            .Optional("/reason", request.Reason, max: PersonsReason.MaxLength).Problem is { } problem
            ? problem
            : await command.OnReceiptsAsync(
                request.Items, request.Reason,
                (id, receipt, _) => Task.FromResult(ReceiptDecider.Assign(receipt, id, request.Owner)));
}
