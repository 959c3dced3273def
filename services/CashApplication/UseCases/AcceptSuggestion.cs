using OrderToCash.CashApplication.Receipts;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>The suggestion to accept, by its key.</summary>
public sealed record AcceptSuggestionRequest(string Suggestion);

/// <summary>
/// <c>POST /v1/receipts/{id}/accept</c>: applies a suggestion as it was shown. One that is not possible any more is
/// refused, not replaced by another.
/// </summary>
public static class AcceptSuggestion
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/v1/receipts/{id:guid}/accept", Handle)
        .RequireScope(Scopes.CashWrite)
        .Produces<ReceiptView>(StatusCodes.Status202Accepted)
        .WithTags("Workbench")
        .WithSummary("Accepts a suggestion");

    private static Task<IResult> Handle(
        Guid id, AcceptSuggestionRequest request, HttpCommand command, ReceiptMatching matching) =>
        command.CommitAsync(async cancellation =>
            (await WriteAsync(id, request.Suggestion, command, matching, cancellation)).ToPlan(id));

    /// <summary>
    /// The write that accepts a suggestion, or why not; nothing to write where this decision is made already.
    /// </summary>
    internal static async Task<ReceiptWrite> WriteAsync(
        Guid id, string key, HttpCommand command, ReceiptMatching matching, CancellationToken cancellation,
        Guid? decisionId = null)
    {
        var (receipt, version) = await command.Store.LoadAsync(ReceiptStream.Type, id, cancellation);
        if (!receipt.Exists)
            return ReceiptRefusals.NotFound(id);
        if (command.Guard(receipt) is { } outsider)
            return outsider;
        command.Expect(version);
        if (receipt.Allocations.Values.Any(allocation => allocation.Ground.DecisionId == decisionId))
            return new ReceiptWrite(null, receipt, version, null);
        if (receipt.Balance.IsReversed)
            return ReceiptRefusals.Reversed;
        if (ReceiptMatching.PaymentOf(id, receipt) is not { } payment)
            return ReceiptRefusals.NothingFree;
        var match = await matching.MatchAsync(receipt.LegalEntity, payment, cancellation);
        if (match.Suggestions.FirstOrDefault(one => one.Key == key) is not { } suggestion)
            return ReceiptRefusals.SuggestionChanged;
        var decision = matching.DecisionOf(suggestion, isAutomatic: false) with
        {
            DecisionId = decisionId ?? Ids.Next(command.Clock),
            Reasons = [.. suggestion.Reasons, $"Accepted by {command.Caller.Subject}."],
        };
        var write = await command.ApplyAsync(
            matching, id, receipt, version, suggestion.CustomerId, decision, cancellation);
        if (write.Batch is { } batch)
            await matching.ClaimRemittancesAsync(batch, [(id, decision)], cancellation);
        return write;
    }
}
