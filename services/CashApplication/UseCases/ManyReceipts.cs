using System.Globalization;
using Dapper;
using OrderToCash.CashApplication.Receipts;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>What became of one of many receipts.</summary>
/// <param name="Index">Place in the request, from 0.</param>
/// <param name="Status">200, or the status it would have been refused with alone; 503 where the time was up before its
/// turn, and nothing was done about it.</param>
/// <param name="Code">Why it was refused, or null.</param>
public sealed record ReceiptOutcome(int Index, Guid ReceiptId, int Status, string? Code, string? Detail);

/// <summary>What became of all, in the order of the request.</summary>
public sealed record ReceiptOutcomes(IReadOnlyList<ReceiptOutcome> Results);

/// <summary>
/// One decision of a person about up to 1,000 receipts: each succeeds or fails by itself, in a write of its own. Under
/// one Idempotency-Key nothing is decided twice; the answer is kept once all had their turn, so that a repeat goes on
/// with those that had none, and leaves what people decided about the others since.
/// </summary>
internal static class ManyReceipts
{
    private const int MaxItems = 1_000;

    /// <summary>The request ends by then; the gateway waits a minute more.</summary>
    public static readonly TimeSpan MaxTime = TimeSpan.FromMinutes(4);

    /// <summary>Nothing is begun any more after this, so that the answer says what was done.</summary>
    private static readonly TimeSpan LastTurn = TimeSpan.FromMinutes(3);

    /// <summary>Gives each receipt its turn, in their order, until the time is up.</summary>
    /// <param name="command">The request.</param>
    /// <param name="receiptIds">1 to 1,000.</param>
    /// <param name="reason">Why, in the person's words; kept with what is written. Null where it is not said.</param>
    /// <param name="decide">What is decided about a receipt that there is and that the caller may touch; its decision
    /// has this identifier, the same in a repeat.</param>
    public static async Task<IResult> OnReceiptsAsync(
        this HttpCommand command, IReadOnlyList<Guid> receiptIds, string? reason,
        Func<Guid, Receipt, Guid, Task<Decision>> decide)
    {
        if (receiptIds.Count is 0 or > MaxItems)
            return await command.RefuseAsync(ReceiptRefusals.TooMany(MaxItems, "/items"));
        return await command.RepeatableAsync(async _ =>
        {
            var began = command.Clock.GetTimestamp();
            var results = new List<ReceiptOutcome>(receiptIds.Count);
            var decided = await command.DecidedAsync(receiptIds);
            foreach (var (index, id) in receiptIds.Index())
            {
                var refusal = command.Clock.GetElapsedTime(began) < LastTurn
                    ? decided.Contains(CauseOf(command, index)) ? null
                        : await command.OneOfManyAsync(id, index, reason, decide)
                    : ReceiptRefusals.NoTurn;
                results.Add(new ReceiptOutcome(index, id, StatusOf(refusal), refusal?.Code, refusal?.Detail));
            }

            var answer = new ReceiptOutcomes(results);
            return results.Any(one => one.Status == StatusCodes.Status503ServiceUnavailable)
                ? Results.Json(answer, Json.Wire)
                : Reply.Ok(answer);
        });
    }

    /// <summary>
    /// What this very request has decided by the log, when it was sent before: people may have undone it since.
    /// </summary>
    private static async Task<HashSet<string?>> DecidedAsync(
        this HttpCommand command, IReadOnlyList<Guid> receiptIds)
    {
        if (command.Key is null)
            return [];
        await using var connection = await command.Store.Database.OpenConnectionAsync(command.Cancellation);
        return
        [
            .. await connection.QueryAsync<string?>(new CommandDefinition(
                "select distinct causation_id from mt_events where stream_id = any(@streams) " +
                "and causation_id = any(@causes)",
                new
                {
                    streams = receiptIds.Distinct().ToArray(),
                    causes = receiptIds.Select((_, index) => CauseOf(command, index)).ToArray(),
                },
                cancellationToken: command.Cancellation)),
        ];
    }

    private static async Task<Refusal?> OneOfManyAsync(
        this HttpCommand command, Guid id, int index, string? reason,
        Func<Guid, Receipt, Guid, Task<Decision>> decide)
    {
        Refusal? refusal = null;
        var decisionId = DecisionOf(command, index);
        var result = await command.Store.CommitAsync(
            async cancellation =>
            {
                var (receipt, version) = await command.Store.LoadAsync(ReceiptStream.Type, id, cancellation);
                var decision = !receipt.Exists ? ReceiptRefusals.NotFound(id)
                    : command.Guard(receipt) is { } outsider ? outsider
                    : receipt.Decisions.Exists(one => one.Id == decisionId) ? Decision.Nothing
                    : await decide(id, receipt, decisionId);
                refusal = decision.Refusal;
                var batch = new WriteBatch(
                    command.Metadata(reason) with { CausationId = CauseOf(command, index) });
                return decision.Events.Count == 0
                    ? batch
                    : batch.Append(ReceiptStream.Type, id, version, decision.Events);
            },
            command.Cancellation);
        if (!result.IsCommitted)
        {
            throw new InvalidOperationException(
                $"Nothing was decided about receipt {id}: {result.Status} {result.Constraint}.");
        }

        return refusal;
    }

    /// <summary>A repeat of a request that broke off finds by this what it has decided.</summary>
    private static Guid DecisionOf(HttpCommand command, int index) => command.Key is { } key
        ? Ids.From("of-many", string.Create(CultureInfo.InvariantCulture, $"{key.Caller}\n{key.Key}\n{index}"))
        : Ids.Next(command.Clock);

    /// <summary>By what the events of a decision are told: the key, the place, and all that was asked for.</summary>
    private static string? CauseOf(HttpCommand command, int index) => command.Key is { } key
        ? $"{DecisionOf(command, index):N}-{Convert.ToHexStringLower(key.Hash.Span)}"
        : command.Metadata().CausationId;

    private static int StatusOf(Refusal? refusal) => refusal switch
    {
        null => StatusCodes.Status200OK,
        _ when refusal == ReceiptRefusals.NoTurn => StatusCodes.Status503ServiceUnavailable,
        _ => Problems.From(refusal).Status,
    };
}
