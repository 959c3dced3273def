using OrderToCash.CashApplication.Receipts;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>Why the last decision is undone.</summary>
public sealed record UndoDecisionRequest(string Reason);

/// <summary>
/// <c>POST /v1/receipts/{id}/undo</c>: undoes the last decision that holds, a person's or matching's own; again, the
/// one before it; at last what told whose money it is.
/// </summary>
public static class UndoDecision
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/v1/receipts/{id:guid}/undo", Handle)
        .RequireScope(Scopes.CashWrite)
        .Produces<ReceiptView>(StatusCodes.Status202Accepted)
        .WithTags("Workbench")
        .WithSummary("Undoes the last decision about a receipt");

    private static Task<IResult> Handle(
        Guid id, UndoDecisionRequest request, HttpCommand command, ReceiptMatching matching) =>
        command.TakeBackAsync(
            id, matching, (receipt, deadlines) => ReceiptDecider.Undo(receipt, id, request.Reason, deadlines),
            request.Reason);
}
