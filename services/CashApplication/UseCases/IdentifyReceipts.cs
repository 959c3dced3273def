using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Replicas;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>Whose money these receipts are.</summary>
/// <param name="Items">1 to 1,000 receipts that nobody's money is known to be.</param>
/// <param name="CustomerId">The customer of all of them.</param>
/// <param name="Reason">Why, where the person says so, in up to 500 characters.</param>
public sealed record IdentifyReceiptsRequest(IReadOnlyList<Guid> Items, Guid CustomerId, string? Reason = null);

/// <summary><c>POST /v1/workbench/customer</c>: says of many receipts whose money they are.</summary>
public static class IdentifyReceipts
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/v1/workbench/customer", Handle)
        .RequireScope(Scopes.CashWrite)
        .Produces<ReceiptOutcomes>()
        .WithTags("Workbench")
        .WithSummary("Says whose money many receipts are")
        .WithRequestTimeout(ManyReceipts.MaxTime);

    private static async Task<IResult> Handle(
        IdentifyReceiptsRequest request, HttpCommand command, ReceiptMatching matching)
    {
        if (new Validation().Optional("/reason", request.Reason, max: PersonsReason.MaxLength).Problem is { } problem)
            return problem;
        if (await command.Store.Database.CustomerAsync(request.CustomerId, command.Cancellation) is not { } customer
            || command.Caller.Deny(customer.LegalEntity) is not null)
        {
            return await command.RefuseAsync(ReceiptRefusals.UnknownCustomer(request.CustomerId));
        }

        var deadlines = await matching.DeadlinesAsync(customer.LegalEntity, command.Cancellation);
        return await command.OnReceiptsAsync(
            request.Items, request.Reason,
            (id, receipt, decisionId) => Task.FromResult(customer.LegalEntity == receipt.LegalEntity
                ? ReceiptDecider.Identify(receipt, id, request.CustomerId, "person", deadlines, decisionId)
                : ReceiptRefusals.OtherEntitysCustomer(customer.Number, receipt.LegalEntity)));
    }
}
