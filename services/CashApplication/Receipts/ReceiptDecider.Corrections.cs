using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Receipts;

public static partial class ReceiptDecider
{
    /// <summary>
    /// Takes allocations back: those that are confirmed are asked back, those that wait for an answer are taken back
    /// as soon as it comes. The money of those that are on their way back goes on to no other item, nor to their own.
    /// </summary>
    public static Decision Unapply(
        Receipt receipt, Guid receiptId, IReadOnlyCollection<Guid> allocationIds, string reason)
    {
        if (!receipt.Exists)
            return ReceiptRefusals.NotFound(receiptId);
        if (Refusal.Unexplained(reason) is { } unexplained)
            return unexplained;
        var allocations = new List<Allocation>(allocationIds.Count);
        foreach (var id in allocationIds)
        {
            if (receipt.Find(id) is not { } allocation)
                return ReceiptRefusals.AllocationNotFound(id);
            if (allocation.Status == AllocationStatus.Rejected)
                return ReceiptRefusals.AllocationNotApplied;
            allocations.Add(allocation);
        }

        var story = new Story(receiptId, receipt);
        TakeBackAll(story, allocations, reason, undoes: null);
        return Decision.Of(story.Events);
    }

    /// <summary>Takes a confirmed allocation back and gives its money to another item.</summary>
    public static Decision Move(
        Receipt receipt, Guid receiptId, Guid allocationId, MoveTarget target, string reason)
    {
        if (!receipt.Exists)
            return ReceiptRefusals.NotFound(receiptId);
        if (Refusal.Unexplained(reason) is { } unexplained)
            return unexplained;
        if (receipt.Find(allocationId) is not { } allocation)
            return ReceiptRefusals.AllocationNotFound(allocationId);
        if (receipt.Balance.IsReversed)
            return ReceiptRefusals.Reversed;
        if (target.Amount.Currency != allocation.Amount.Currency)
            return ReceiptRefusals.OtherCurrency(target.InvoiceNumber, target.Amount.Currency, "/amount");
        if (!target.Amount.IsPositive)
            return ReceiptRefusals.AmountNotPositive();
        if (target.Amount > allocation.Amount)
            return ReceiptRefusals.ExceedsAllocation(target.Amount, allocation.Amount);
        if (target.InvoiceId == allocation.InvoiceId && target.Installment == allocation.Installment)
            return ReceiptRefusals.SameItem(target.InvoiceNumber, target.Installment);
        switch (allocation.Status)
        {
            case AllocationStatus.Confirmed:
                var story = new Story(receiptId, receipt);
                TakeBack(story, [allocation], reason, byPerson: true, target: target);
                return Decision.Of(story.Events);
            case AllocationStatus.Pending:
                return ReceiptRefusals.AllocationPending;
            default:
                return ReceiptRefusals.AllocationNotApplied;
        }
    }

    /// <summary>
    /// Undoes the last decision that holds; where there is none, what told whose money it is.
    /// </summary>
    public static Decision Undo(Receipt receipt, Guid receiptId, string reason, Deadlines deadlines)
    {
        if (!receipt.Exists)
            return ReceiptRefusals.NotFound(receiptId);
        if (Refusal.Unexplained(reason) is { } unexplained)
            return unexplained;
        if (receipt.Decisions is not [.., var last])
        {
            if (receipt is not { Balance: { CustomerId: { } owner, IsReversed: false }, LastIdentification: { } entry })
                return ReceiptRefusals.NothingToUndo;
            last = new UndoableDecision(
                Ids.From("identification", entry.ToString("N")), DecisionKind.Identification, To: owner);
        }

        var story = new Story(receiptId, receipt);
        var refusal = last.Kind switch
        {
            DecisionKind.Allocation => UndoAllocations(story, last, reason),
            DecisionKind.OnAccount => UndoOnAccount(story, last, reason),
            DecisionKind.Transfer => UndoTransfer(story, last, reason),
            DecisionKind.WriteOff => UndoWriteOff(story, last, deadlines.Today),
            _ => UndoIdentification(story, last, deadlines),
        };
        if (refusal is not null)
            return refusal;
        if (last.Kind is DecisionKind.OnAccount or DecisionKind.WriteOff)
            SetAsideWaiting(story, deadlines.Aside(AsideReasons.Unexplained, "What was decided about it is undone."));
        return Decision.Of(story.Events);
    }

    /// <summary>
    /// Voids the receipt. Free money is gone at once, confirmed allocations are asked back, and those that wait for an
    /// answer are settled when it comes.
    /// </summary>
    public static Decision Reverse(
        Receipt receipt, Guid receiptId, string reason, string? returnCode, DateOnly postingDate)
    {
        if (!receipt.Exists)
            return ReceiptRefusals.NotFound(receiptId);
        if (!ReversalReasons.Contains(reason))
            return ReceiptRefusals.UnknownReason(reason);
        if (receipt.Balance.IsReversed)
            return Decision.Nothing;
        var story = new Story(receiptId, receipt).Add(new ReceiptReversed(receipt.LegalEntity, reason, returnCode,
            postingDate, JournalEntry.Reversed(receiptId, receipt, postingDate), receipt.Balance.Reverse()));
        foreach (var (refundId, amount) in receipt.Refunds.OrderBy(refund => refund.Key))
        {
            story.Add(new RefundReleased(receipt.LegalEntity, refundId, amount, $"Receipt reversed: {reason}.",
                story.Balance.Release(amount)));
        }

        TakeBack(story, [.. receipt.InOrder().Where(a => a.Status == AllocationStatus.Confirmed)],
            $"Receipt reversed: {reason}.", byPerson: false);
        return Decision.Of(story.Events);
    }

    private static Refusal? UndoAllocations(Story story, UndoableDecision last, string reason)
    {
        TakeBackAll(
            story, [.. story.Receipt.InOrder().Where(a => a.Ground.DecisionId == last.Id)], reason, last.Id);

        // Nothing of it is left to take back: it only stops being the last decision.
        if (story.Events.Count == 0)
            story.Add(new AllocationsWithdrawn([], reason, ByPerson: true, last.Id));
        return null;
    }

    private static Refusal? UndoOnAccount(Story story, UndoableDecision last, string reason)
    {
        var amount = Money.Min(last.Amount!.Value, story.Balance.OnAccountOf(last.From));

        // All of it was used: it only stops being the last decision.
        story.Add(!amount.IsPositive
            ? new AllocationsWithdrawn([], reason, ByPerson: true, last.Id)
            : new TakenOffAccount(
                story.Receipt.LegalEntity, amount, story.Balance.TakeOffAccount(amount, last.From), last.From));
        return null;
    }

    private static Refusal? UndoTransfer(Story story, UndoableDecision last, string reason)
    {
        var free = story.Balance.FreeOf(last.To);
        if (free < last.Amount!.Value)
            return ReceiptRefusals.ExceedsUnapplied(last.Amount.Value, free);
        Hand(story, Ids.From("undone", last.Id.ToString("N")), last.To!.Value, last.From!.Value, last.Amount.Value,
            reason, last.Id);
        return null;
    }

    private static Refusal? UndoWriteOff(Story story, UndoableDecision givenUp, DateOnly postingDate)
    {
        var amount = givenUp.Amount!.Value;
        story.Add(new RestWriteOffReversed(givenUp.Id, story.Receipt.LegalEntity, amount,
            JournalEntry.WriteOffReversed(
                story.ReceiptId, story.Receipt, postingDate, amount, givenUp.Id, givenUp.From),
            story.Balance.TakeBackWriteOff(amount, givenUp.From)));
        return null;
    }

    private static Refusal? UndoIdentification(Story story, UndoableDecision last, Deadlines deadlines)
    {
        var balance = story.Balance;
        if (balance.Shares is not null
            || balance.Unapplied + balance.TotalWrittenOff + balance.Reversed != balance.Amount)
        {
            return ReceiptRefusals.StillApplied;
        }

        story.Add(new ReceiptUnidentified(story.Receipt.LegalEntity, balance.CustomerId!.Value, last.Id,
            JournalEntry.Unidentified(story.ReceiptId, story.Receipt, deadlines.Today, last.Id),
            balance with { CustomerId = null, OnAccount = null }));
        SetAside(story, deadlines.Aside(
            AsideReasons.Unidentified, "It is not known after all whose money it is."));
        return null;
    }

    private static void TakeBackAll(Story story, List<Allocation> allocations, string reason, Guid? undoes)
    {
        Guid[] waiting =
        [
            .. allocations.Where(a => a is { Status: AllocationStatus.Pending, Withdrawn: null }
                or { Status: AllocationStatus.Pending or AllocationStatus.ReversalPending, Then: not null })
                .Select(a => a.Id),
        ];
        if (waiting.Length > 0)
            story.Add(new AllocationsWithdrawn(waiting, reason, ByPerson: true, undoes));
        TakeBack(story, [.. allocations.Where(a => a.Status == AllocationStatus.Confirmed)], reason, byPerson: true,
            undoes);
    }

    private static void TakeBack(
        Story story, IReadOnlyList<Allocation> allocations, string reason, bool byPerson, Guid? undoes = null,
        MoveTarget? target = null)
    {
        if (allocations.Count == 0)
            return;
        var sum = Money.Sum(allocations.Select(allocation => allocation.Amount), story.Balance.Amount.Currency);
        story.Add(new AllocationReversalsRequested(
            [
                .. allocations.Select(allocation => new ReversedAllocation(
                    allocation.Id, allocation.InvoiceId, allocation.Installment, allocation.Amount, target)),
            ],
            reason, byPerson, story.Balance.RequestReversal(sum), undoes));
    }
}
