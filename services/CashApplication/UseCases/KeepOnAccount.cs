using OrderToCash.CashApplication.Receipts;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>How much; all that is free, or all that is on account, where no amount is named.</summary>
/// <param name="CustomerId">Whose share of the receipt; the receipt's own customer where it is left out.</param>
/// <param name="Reason">Why, where the person says so, in up to 500 characters.</param>
public sealed record OnAccountRequest(Money? Amount = null, Guid? CustomerId = null, string? Reason = null);

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

    private static async Task<IResult> Keep(Guid id, OnAccountRequest request, HttpCommand command) =>
        Check(request) is { } problem
            ? problem
            : await command.OnReceiptAsync(
                id,
                receipt => ReceiptDecider.KeepOnAccount(
                    receipt, id, Ids.Next(command.Clock), request.Amount, request.CustomerId),
                request.Reason);

    private static async Task<IResult> Release(
        Guid id, OnAccountRequest request, HttpCommand command, ReceiptMatching matching) =>
        Check(request) is { } problem
            ? problem
            : await command.OnReceiptAsync(
                id, matching,
                (receipt, deadlines) => ReceiptDecider.TakeOffAccount(
                    receipt, id, request.Amount, deadlines, request.CustomerId),
                request.Reason);

    private static Problem? Check(OnAccountRequest request) =>
        new Validation().Optional("/reason", request.Reason, max: PersonsReason.MaxLength).Problem;
}
