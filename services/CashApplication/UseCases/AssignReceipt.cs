using OrderToCash.CashApplication.Receipts;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>Who looks after it; nobody where it is null.</summary>
/// <param name="Reason">Why, where the person says so, in up to 500 characters.</param>
public sealed record AssignReceiptRequest(string? Owner, string? Reason = null);

/// <summary><c>POST /v1/receipts/{id}/assign</c>.</summary>
public static class AssignReceipt
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/v1/receipts/{id:guid}/assign", Handle)
        .RequireScope(Scopes.CashWrite)
        .Produces<ReceiptView>()
        .WithTags("Workbench")
        .WithSummary("Says who looks after a receipt");

    private static async Task<IResult> Handle(Guid id, AssignReceiptRequest request, HttpCommand command) =>
        new Validation()
            .Optional("/owner", request.Owner, max: 100)
            .Optional("/reason", request.Reason, max: PersonsReason.MaxLength).Problem is { } problem
            ? problem
            : await command.OnReceiptAsync(
                id, receipt => ReceiptDecider.Assign(receipt, id, request.Owner), request.Reason);
}
