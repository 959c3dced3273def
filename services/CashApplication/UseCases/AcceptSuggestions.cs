using System.Globalization;
using OrderToCash.CashApplication.Receipts;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>A receipt and the suggestion to accept for it, by its key.</summary>
public sealed record AcceptedSuggestion(Guid ReceiptId, string Suggestion);

/// <summary>What to accept.</summary>
public sealed record AcceptSuggestionsRequest(IReadOnlyList<AcceptedSuggestion> Items);

/// <summary>What became of one.</summary>
/// <param name="Index">Place in the request, from 0.</param>
/// <param name="Status">202, or the status it would have been refused with alone.</param>
/// <param name="Code">Why it was refused, or null.</param>
public sealed record AcceptOutcome(int Index, Guid ReceiptId, int Status, string? Code, string? Detail);

/// <summary>What became of all.</summary>
public sealed record AcceptOutcomes(IReadOnlyList<AcceptOutcome> Results);

/// <summary>
/// <c>POST /v1/workbench/accept</c>: accepts up to 1,000 suggestions; each succeeds or fails by itself, in a write of
/// its own. Under one Idempotency-Key a repeat accepts nothing twice.
/// </summary>
public static class AcceptSuggestions
{
    private const int MaxItems = 1_000;

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/v1/workbench/accept", Handle)
        .RequireScope(Scopes.CashWrite)
        .Produces<AcceptOutcomes>()
        .WithTags("Workbench")
        .WithSummary("Accepts many suggestions");

    private static async Task<IResult> Handle(
        AcceptSuggestionsRequest request, HttpCommand command, ReceiptMatching matching)
    {
        if (request.Items.Count is 0 or > MaxItems)
            return await command.RefuseAsync(ReceiptRefusals.TooMany(MaxItems, "/items"));
        return await command.RepeatableAsync(async _ =>
        {
            var results = new List<AcceptOutcome>(request.Items.Count);
            for (var index = 0; index < request.Items.Count; index++)
            {
                var item = request.Items[index];
                var refusal = await AcceptAsync(item, index, command, matching);
                results.Add(new AcceptOutcome(
                    index, item.ReceiptId,
                    refusal is null ? StatusCodes.Status202Accepted : Problems.From(refusal).Status, refusal?.Code,
                    refusal?.Detail));
            }

            return Reply.Ok(new AcceptOutcomes(results));
        });
    }

    private static async Task<Refusal?> AcceptAsync(
        AcceptedSuggestion item, int index, HttpCommand command, ReceiptMatching matching)
    {
        // A repeat of a request that broke off finds what it did accept by the decision.
        Guid? decisionId = command.Key is { } key
            ? Ids.From("accept", string.Create(CultureInfo.InvariantCulture, $"{key.Caller}\n{key.Key}\n{index}"))
            : null;
        Refusal? refusal = null;
        var result = await command.Store.CommitAsync(
            async cancellation =>
            {
                var write = await AcceptSuggestion.WriteAsync(
                    item.ReceiptId, item.Suggestion, command, matching, cancellation, decisionId);
                refusal = write.Refusal;
                return write.Batch ?? new WriteBatch(command.Metadata());
            },
            command.Cancellation);
        return result.IsCommitted ? refusal : throw new InvalidOperationException(
            $"A suggestion for receipt {item.ReceiptId} was not accepted: {result.Status} {result.Constraint}.");
    }
}
