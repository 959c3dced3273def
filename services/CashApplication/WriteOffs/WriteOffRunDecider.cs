using OrderToCash.CashApplication.Receipts;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.WriteOffs;

/// <summary>The rules of write-off runs; whether a rest can be given up is its receipt's to say.</summary>
public static class WriteOffRunDecider
{
    /// <summary>Most rests in one run; what is left is for the next one.</summary>
    public const int MaxItems = 5_000;

    /// <summary>Asks for a run over these rests; with nobody to approve it, it starts at once.</summary>
    public static Decision Request(WriteOffRun run, WriteOffRunRequested wish, string? startedBy)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(wish);
        if (run.Requested is not null)
            return Decision.Nothing;
        if (Refusal.Unexplained(wish.Reason) is { } unexplained)
            return unexplained;
        if (wish.Items.Count is 0 or > MaxItems)
            return WriteOffRunRefusals.NothingToGiveUp;
        return startedBy is { } by ? Decision.Of(wish, new WriteOffRunStarted(by)) : Decision.Of(wish);
    }

    /// <summary>Whoever must has approved it.</summary>
    public static Decision Start(WriteOffRun run, Guid id, string by) => run switch
    {
        { Requested: null } => WriteOffRunRefusals.NotFound(id),
        { IsDropped: true } => WriteOffRunRefusals.Dropped,
        { IsStarted: true } => Decision.Nothing,
        _ => Decision.Of(new WriteOffRunStarted(by)),
    };

    /// <summary>It is not approved.</summary>
    public static Decision Drop(WriteOffRun run, Guid id, string reason) => run switch
    {
        { Requested: null } => WriteOffRunRefusals.NotFound(id),
        { IsStarted: true } => WriteOffRunRefusals.Started,
        { IsDropped: true } => Decision.Nothing,
        _ => Decision.Of(new WriteOffRunDropped(reason)),
    };

    /// <summary>
    /// Gives one rest up as the run found it: a receipt that was touched since, or a rest that with what was given up
    /// of the receipt before is above what the policy allows by now, is left alone and says why.
    /// </summary>
    public static (RestOutcome Outcome, IReadOnlyList<object> Events) GiveUp(
        Guid runId, WriteOffRunRequested run, SmallRest item, Receipt receipt, long version, Money limit)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(item);
        ArgumentNullException.ThrowIfNull(receipt);
        var decided = version != item.Version || receipt.Balance.Free != item.Rest
            ? WriteOffRunRefusals.ReceiptTouched
            : item.Rest + receipt.Balance.TotalWrittenOff > limit
                ? ReceiptRefusals.ExceedsWriteOffLimit(item.Rest, receipt.Balance.TotalWrittenOff, limit)
                : ReceiptDecider.WriteOffRest(
                    receipt, item.ReceiptId, DecisionOf(runId, item.ReceiptId), run.Reason, run.EffectiveDate);
        return decided.Refusal is { } no
            ? (new RestOutcome(item.ReceiptId, no.Code, no.Detail), [])
            : (new RestOutcome(item.ReceiptId), decided.Events);
    }

    /// <summary>The decision by which a run gives a rest up; it is undone by this identifier.</summary>
    public static Guid DecisionOf(Guid runId, Guid receiptId) =>
        Ids.From("write-off-run", runId.ToString("N"), receiptId.ToString("N"));
}
