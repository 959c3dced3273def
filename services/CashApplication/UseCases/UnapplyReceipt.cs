using OrderToCash.CashApplication.Receipts;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>Why all that is applied is taken back.</summary>
public sealed record UnapplyReceiptRequest(string Reason);

/// <summary><c>POST /v1/receipts/{id}/unapply</c>: takes back all that is applied or asked for.</summary>
public static class UnapplyReceipt
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/v1/receipts/{id:guid}/unapply", Handle)
        .RequireScope(Scopes.CashWrite)
        .Produces<ReceiptView>(StatusCodes.Status202Accepted)
        .WithTags("Workbench")
        .WithSummary("Takes back all that a receipt is applied to");

    private static Task<IResult> Handle(
        Guid id, UnapplyReceiptRequest request, HttpCommand command, ReceiptMatching matching) =>
        command.TakeBackAsync(
            id, matching,
            (receipt, _) => ReceiptDecider.Unapply(
                receipt, id,
                [
                    .. receipt.InOrder()
                        .Where(a => a.Status is AllocationStatus.Confirmed or AllocationStatus.Pending)
                        .Select(a => a.Id),
                ],
                request.Reason),
            request.Reason);
}
