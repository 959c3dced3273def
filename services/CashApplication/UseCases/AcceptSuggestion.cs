using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Receipts.Matching;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>The suggestion to accept, by its key.</summary>
/// <param name="Reason">Why, where the person says so: kept with the allocations, and shown. Up to 500
/// characters.</param>
public sealed record AcceptSuggestionRequest(string Suggestion, string? Reason = null);

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

    private static async Task<IResult> Handle(
        Guid id, AcceptSuggestionRequest request, HttpCommand command, ReceiptMatching matching) =>
        new Validation().Optional("/reason", request.Reason, max: PersonsReason.MaxLength).Problem is { } problem
            ? problem
            : await command.CommitAsync(async cancellation => (await WriteAsync(
                new AcceptedSuggestion(id, request.Suggestion, request.Reason), command, matching, cancellation))
                .ToPlan(id));

    /// <summary>
    /// The write that accepts a suggestion, or why not; nothing to write where this decision is made already.
    /// </summary>
    /// <param name="decisionId">The decision it is; a new one where null.</param>
    /// <param name="sought">Gives the suggestion of what was sought for many at once; where it gives none, or is null,
    /// the suggestion is sought for this receipt alone.</param>
    internal static async Task<ReceiptWrite> WriteAsync(
        AcceptedSuggestion accepted, HttpCommand command, ReceiptMatching matching, CancellationToken cancellation,
        Guid? decisionId = null, Func<string, Payment, Explanation?>? sought = null)
    {
        var id = accepted.ReceiptId;
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
        var suggestion = sought?.Invoke(receipt.LegalEntity, payment)
            ?? (await matching.MatchAsync(receipt.LegalEntity, payment, cancellation))
                .Suggestions.FirstOrDefault(one => one.Key == accepted.Suggestion);
        if (suggestion is null)
            return ReceiptRefusals.SuggestionChanged;
        var decision = matching.DecisionOf(suggestion, isAutomatic: false) with
        {
            DecisionId = decisionId ?? Ids.Next(command.Clock),
            Reasons = [.. suggestion.Reasons, PersonsReason.Of("Accepted", command.Caller.Subject, accepted.Reason)],
        };
        var write = await command.ApplyAsync(
            matching, id, receipt, version, suggestion.CustomerId, decision, cancellation, accepted.Reason);
        if (write.Batch is { } batch)
            await matching.ClaimRemittancesAsync(batch, [(id, decision)], cancellation);
        return write;
    }
}
