using OrderToCash.CashApplication.Receipts;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>Whose free money is kept on account.</summary>
/// <param name="Items">1 to 1,000 receipts; of each all that is free and its own customer's.</param>
/// <param name="Reason">Why, where the person says so, in up to 500 characters.</param>
public sealed record KeepReceiptsOnAccountRequest(IReadOnlyList<Guid> Items, string? Reason = null);

/// <summary><c>POST /v1/workbench/on-account</c>: keeps the free money of many receipts for their customers.</summary>
public static class KeepReceiptsOnAccount
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/v1/workbench/on-account", Handle)
        .RequireScope(Scopes.CashWrite)
        .Produces<ReceiptOutcomes>()
        .WithTags("Workbench")
        .WithSummary("Keeps the free money of many receipts on account")
        .WithRequestTimeout(ManyReceipts.MaxTime);

    private static async Task<IResult> Handle(KeepReceiptsOnAccountRequest request, HttpCommand command) =>
        new Validation().Optional("/reason", request.Reason, max: PersonsReason.MaxLength).Problem is { } problem
            ? problem
            : await command.OnReceiptsAsync(
                request.Items, request.Reason,
                (id, receipt, decisionId) => Task.FromResult(
                    ReceiptDecider.KeepOnAccount(receipt, id, decisionId, amount: null)));
}
