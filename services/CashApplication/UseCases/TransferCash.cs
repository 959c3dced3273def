using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Replicas;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>Whose money it is really, and why; all that is free where no amount is named.</summary>
/// <param name="FromCustomerId">Whose share of the receipt is given; the receipt's own customer's money where it is
/// left out.</param>
public sealed record TransferCashRequest(
    Guid CustomerId, string Reason, Money? Amount = null, Guid? FromCustomerId = null);

/// <summary>
/// <c>POST /v1/receipts/{id}/transfer</c>: gives free money to another customer. What told the wrong customer is
/// forgotten.
/// </summary>
public static class TransferCash
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/v1/receipts/{id:guid}/transfer", Handle)
        .RequireScope(Scopes.CashWrite)
        .Produces<ReceiptView>()
        .WithTags("Workbench")
        .WithSummary("Gives free money to another customer");

    private static async Task<IResult> Handle(
        Guid id, TransferCashRequest request, HttpCommand command, ReceiptMatching matching)
    {
        var customer = await command.Store.Database.CustomerAsync(request.CustomerId, command.Cancellation);
        return await command.OnReceiptAsync(
            id, matching,
            (receipt, deadlines) => customer switch
            {
                _ when !receipt.Exists => ReceiptRefusals.NotFound(id),
                null => ReceiptRefusals.UnknownCustomer(request.CustomerId),
                _ when customer.LegalEntity != receipt.LegalEntity =>
                    ReceiptRefusals.OtherEntitysCustomer(customer.Number, receipt.LegalEntity),
                _ => ReceiptDecider.Transfer(
                    receipt, id, Ids.Next(command.Clock), request.CustomerId, request.Amount, request.Reason,
                    deadlines, request.FromCustomerId),
            },
            request.Reason);
    }
}
