using System.Globalization;
using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Receipts.Matching;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>A receipt and the suggestion to accept for it, by its key.</summary>
/// <param name="Reason">Why, where the person says so: kept with the allocations, and shown. Up to 500
/// characters.</param>
public sealed record AcceptedSuggestion(Guid ReceiptId, string Suggestion, string? Reason = null);

/// <summary>What to accept.</summary>
public sealed record AcceptSuggestionsRequest(IReadOnlyList<AcceptedSuggestion> Items);

/// <summary>What became of one.</summary>
/// <param name="Index">Place in the request, from 0.</param>
/// <param name="Status">202, or the status it would have been refused with alone; 503 where the time was up before its
/// turn, and nothing was done about it.</param>
/// <param name="Code">Why it was refused, or null.</param>
public sealed record AcceptOutcome(int Index, Guid ReceiptId, int Status, string? Code, string? Detail);

/// <summary>What became of all.</summary>
public sealed record AcceptOutcomes(IReadOnlyList<AcceptOutcome> Results);

/// <summary>
/// <c>POST /v1/workbench/accept</c>: accepts up to 1,000 suggestions; each succeeds or fails by itself, in a write of
/// its own, and what could explain them is sought for a hundred at once. Under one Idempotency-Key a repeat accepts
/// nothing twice; the answer is kept once all had their turn, so that a repeat goes on with those that had none.
/// </summary>
public static class AcceptSuggestions
{
    private const int MaxItems = 1_000;

    private const int AtOnce = 100;

    /// <summary>The request ends by then; the gateway waits a minute more.</summary>
    private static readonly TimeSpan MaxTime = TimeSpan.FromMinutes(4);

    /// <summary>Nothing is begun any more after this, so that the answer says what was done.</summary>
    private static readonly TimeSpan LastTurn = TimeSpan.FromMinutes(3);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/v1/workbench/accept", Handle)
        .RequireScope(Scopes.CashWrite)
        .Produces<AcceptOutcomes>()
        .WithTags("Workbench")
        .WithSummary("Accepts many suggestions")
        .WithRequestTimeout(MaxTime);

    private static async Task<IResult> Handle(
        AcceptSuggestionsRequest request, HttpCommand command, ReceiptMatching matching)
    {
        if (request.Items.Count is 0 or > MaxItems)
            return await command.RefuseAsync(ReceiptRefusals.TooMany(MaxItems, "/items"));
        var validation = new Validation();
        foreach (var item in request.Items)
            validation.Optional("/items", item.Reason, max: PersonsReason.MaxLength);
        if (validation.Problem is { } problem)
            return problem;
        return await command.RepeatableAsync(async _ =>
        {
            var results = await AcceptAsync(request.Items, command, matching);
            var answer = new AcceptOutcomes(results);
            return results.Any(one => one.Status == StatusCodes.Status503ServiceUnavailable)
                ? Results.Json(answer, Json.Wire)
                : Reply.Ok(answer);
        });
    }

    /// <summary>Gives each its turn, in their order, until the time is up.</summary>
    private static async Task<IReadOnlyList<AcceptOutcome>> AcceptAsync(
        IReadOnlyList<AcceptedSuggestion> items, HttpCommand command, ReceiptMatching matching)
    {
        var began = command.Clock.GetTimestamp();
        var results = new List<AcceptOutcome>(items.Count);
        foreach (var chunk in items.Index().Chunk(AtOnce))
        {
            var sought = HasTime()
                ? await SessionsAsync(chunk.Select(one => one.Item.ReceiptId), command, matching)
                : [];
            foreach (var (index, item) in chunk)
            {
                var refusal = HasTime()
                    ? await AcceptAsync(item, index, command, matching, sought)
                    : ReceiptRefusals.NoTurn;
                results.Add(new AcceptOutcome(
                    index, item.ReceiptId, StatusOf(refusal), refusal?.Code, refusal?.Detail));
            }
        }

        return results;

        bool HasTime() => command.Clock.GetElapsedTime(began) < LastTurn;
    }

    private static int StatusOf(Refusal? refusal) => refusal switch
    {
        null => StatusCodes.Status202Accepted,
        _ when refusal == ReceiptRefusals.NoTurn => StatusCodes.Status503ServiceUnavailable,
        _ => Problems.From(refusal).Status,
    };

    /// <summary>
    /// What could explain the free money of these receipts, of those that the caller may see; by legal entity and
    /// currency.
    /// </summary>
    private static async Task<Dictionary<(string, Currency), MatchSession>> SessionsAsync(
        IEnumerable<Guid> receiptIds, HttpCommand command, ReceiptMatching matching)
    {
        var payments = new List<(string LegalEntity, Payment Payment)>();
        foreach (var id in receiptIds.Distinct())
        {
            var (receipt, _) = await command.Store.LoadAsync(ReceiptStream.Type, id, command.Cancellation);
            if (receipt.Exists && command.Guard(receipt) is null
                && ReceiptMatching.PaymentOf(id, receipt) is { } payment)
                payments.Add((receipt.LegalEntity, payment));
        }

        var sessions = new Dictionary<(string, Currency), MatchSession>();
        foreach (var entity in payments.GroupBy(one => one.LegalEntity, one => one.Payment))
        {
            var settings = await matching.SettingsAsync(entity.Key, command.Cancellation);
            foreach (var (currency, session) in await matching.SessionsAsync(
                entity.Key, entity, settings, command.Cancellation))
            {
                sessions[(entity.Key, currency)] = session;
            }
        }

        return sessions;
    }

    /// <summary>
    /// What was sought for all is good for the first try: where it does not hold any more, the suggestion is sought
    /// anew.
    /// </summary>
    private static async Task<Refusal?> AcceptAsync(
        AcceptedSuggestion item, int index, HttpCommand command, ReceiptMatching matching,
        Dictionary<(string, Currency), MatchSession> sought)
    {
        // A repeat of a request that broke off finds what it did accept by the decision.
        Guid? decisionId = command.Key is { } key
            ? Ids.From("accept", string.Create(CultureInfo.InvariantCulture, $"{key.Caller}\n{key.Key}\n{index}"))
            : null;
        Refusal? refusal = null;
        var isFirst = true;
        Action take = () => { };
        var result = await command.Store.CommitAsync(
            async cancellation =>
            {
                take = () => { };
                var write = await AcceptSuggestion.WriteAsync(
                    item, command, matching, cancellation, decisionId, isFirst ? Sought : null);
                (isFirst, refusal) = (false, write.Refusal);
                return write.Batch ?? new WriteBatch(command.Metadata());
            },
            command.Cancellation);
        if (!result.IsCommitted)
        {
            throw new InvalidOperationException(
                $"A suggestion for receipt {item.ReceiptId} was not accepted: {result.Status} {result.Constraint}.");
        }

        if (refusal is null)
            take();
        return refusal;

        Explanation? Sought(string legalEntity, Payment payment)
        {
            if (!sought.TryGetValue((legalEntity, payment.Amount.Currency), out var session)
                || session.Suggestion(payment, item.Suggestion) is not { } found)
                return null;
            take = () => session.Take(found, payment.ValueDate);
            return found;
        }
    }
}
