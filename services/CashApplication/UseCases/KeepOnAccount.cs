using OrderToCash.CashApplication.Receipts;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>How much; all that is free, or all that is on account, where no amount is named.</summary>
/// <param name="CustomerId">Whose share of the receipt; the receipt's own customer where it is left out.</param>
public sealed record OnAccountRequest(Money? Amount = null, Guid? CustomerId = null);

/// <summary>
/// <c>POST /v1/receipts/{id}/on-account</c> keeps free money for the customer on purpose;
/// <c>POST /v1/receipts/{id}/on-account/release</c> makes it free again.
/// </summary>
public static class KeepOnAccount
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/receipts/{id:guid}/on-account", Keep)
            .RequireScope(Scopes.CashWrite).Produces<ReceiptView>().WithTags("Workbench")
            .WithSummary("Keeps free money on account");
        routes.MapPost("/v1/receipts/{id:guid}/on-account/release", Release)
            .RequireScope(Scopes.CashWrite).Produces<ReceiptView>().WithTags("Workbench")
            .WithSummary("Frees money that is on account");
    }

    private static Task<IResult> Keep(Guid id, OnAccountRequest request, HttpCommand command) =>
        command.OnReceiptAsync(id, receipt =>
            ReceiptDecider.KeepOnAccount(receipt, id, Ids.Next(command.Clock), request.Amount, request.CustomerId));

    private static Task<IResult> Release(
        Guid id, OnAccountRequest request, HttpCommand command, ReceiptMatching matching) =>
        command.OnReceiptAsync(id, matching, (receipt, deadlines) =>
            ReceiptDecider.TakeOffAccount(receipt, id, request.Amount, deadlines, request.CustomerId));
}
