using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Receipts;

/// <summary>What Invoicing gave up of an item beside money.</summary>
/// <param name="Amount">More than zero.</param>
/// <param name="PostedOn">Its accounting date.</param>
/// <param name="Account">The ledger account that it was given up on; null where that is not told.</param>
/// <param name="Worth">In the books' currency; null where that is the item's, or it is not told.</param>
public readonly record struct GivenUp(Money Amount, DateOnly PostedOn, string? Account = null, Money? Worth = null)
{
    /// <summary>What a part of it is worth in the books' currency; null where that is not told.</summary>
    public Money? WorthOf(Money part) =>
        Worth is { } worth && part <= Amount ? worth.Split(part.Amount, Amount.Amount - part.Amount)[0] : null;
}

public static partial class ReceiptDecider
{
    private const string Moved = "moved";

    /// <summary>
    /// Invoicing has applied an allocation. Where it says nothing of the credit memos that were to be applied with it,
    /// they were not, by an older instance that does not know them, or an older one has passed the answer on without
    /// them: the money is taken back and a person sees it.
    /// </summary>
    /// <param name="credited">What credit memos settled beside it; null for nothing.</param>
    /// <param name="givenUp">What Invoicing gave up beside it and when; bank charges that are not in it were left out
    /// by an older instance, and stay open. Null for nothing.</param>
    public static Decision Confirm(
        Receipt receipt, Guid receiptId, Guid allocationId, Money amount, Money? credited = null,
        GivenUp? givenUp = null)
    {
        if (receipt.Find(allocationId) is not { } allocation)
            return ReceiptRefusals.AllocationNotFound(allocationId);
        switch (allocation.Status)
        {
            case AllocationStatus.Pending when allocation.Amount == amount:
                break;
            case AllocationStatus.Confirmed or AllocationStatus.ReversalPending or AllocationStatus.Reversed:
                return Decision.Nothing;
            default:
                return ReceiptRefusals.Contradiction(allocationId, $"applied {amount}", allocation.Status);
        }

        var story = new Story(receiptId, receipt);
        story.Add(Confirmed(story, allocation) with { Charges = ChargesOf(story, allocation, givenUp) });

        // The receipt was reversed, or the allocation not wanted any more, while the answer was on its way: what has
        // just been applied is taken back.
        if (receipt.Balance.IsReversed)
            TakeBack(story, [allocation], "The receipt is reversed.", byPerson: false);
        else if (allocation.Withdrawn is { } reason)
            TakeBack(story, [allocation], reason, allocation.IsWithdrawnByPerson, target: allocation.Then);
        else if (allocation.Asked.Credits is not null && credited != allocation.Asked.Credited)
            TakeBack(story, [allocation], "Its credit memos were not applied with it.", byPerson: false);
        return Decision.Of(story.Events);
    }

    /// <summary>
    /// Invoicing has refused an allocation. What the same decision gave up as its rest is the customer's again: it is
    /// no small rest of anything any more. Where it was the rest of a payment that stays with its item, the item may
    /// have no room for what goes beside it by now, or the credit memos be somebody else's: it is asked to take the
    /// money alone.
    /// </summary>
    public static Decision Reject(
        Receipt receipt, Guid receiptId, Guid allocationId, Money amount, string code, string detail,
        Deadlines deadlines)
    {
        if (receipt.Find(allocationId) is not { } allocation)
            return ReceiptRefusals.AllocationNotFound(allocationId);
        if (allocation.Status == AllocationStatus.Rejected)
            return Decision.Nothing;
        if (allocation.Status != AllocationStatus.Pending || allocation.Amount != amount)
            return ReceiptRefusals.Contradiction(allocationId, $"rejected {amount}", allocation.Status);
        var story = new Story(receiptId, receipt).Add(new AllocationRejected(
            allocation.Id, allocation.InvoiceId, allocation.Installment, amount, code, detail,
            receipt.Balance.Release(amount, allocation.Asked.Owner)));
        var rest = RestOf(allocation.Ground.DecisionId);
        if (story.Receipt.Decisions.Find(one => one.Kind == DecisionKind.WriteOff && one.Id == rest) is { } givenUp)
            UndoWriteOff(story, givenUp, deadlines.Today);
        if (!story.Balance.IsReversed && Alone(allocation) is { } alone)
            return MoveOn(story, allocation, alone, [], null);
        SetAsideWaiting(story, deadlines.Aside(
            AsideReasons.Rejected, $"{allocation.Asked.InvoiceNumber} did not take {amount}: {detail}"));
        return Decision.Of(story.Events);
    }

    /// <summary>
    /// Invoicing has taken an allocation back. It says so only of what it had applied, asked for or not. Where the
    /// money was to go on to another item, that item is asked to take it; where the rest of it stays with its own, the
    /// credit memos beside it, and the bank charges that we bear, are asked for again.
    /// </summary>
    /// <param name="takenBack">Credit memos that Invoicing has taken back with it; null also where the legal entity has
    /// none applied with money.</param>
    /// <param name="owedAgain">What Invoicing had given up beside it, and when it is owed again; null for
    /// nothing.</param>
    public static Decision ConfirmReversal(
        Receipt receipt, Guid receiptId, Guid allocationId, Money amount, Deadlines deadlines,
        IReadOnlyCollection<Guid>? takenBack = null, GivenUp? owedAgain = null)
    {
        if (receipt.Find(allocationId) is not { } allocation)
            return ReceiptRefusals.AllocationNotFound(allocationId);
        if (allocation.Status == AllocationStatus.Reversed)
            return Decision.Nothing;
        if (allocation.Status == AllocationStatus.Rejected || allocation.Amount != amount)
            return ReceiptRefusals.Contradiction(allocationId, $"reversed {amount}", allocation.Status);

        // Answers may overtake each other: whatever was skipped is told first, so that the story stays whole.
        var story = new Story(receiptId, receipt);
        if (allocation.Status == AllocationStatus.Pending)
            story.Add(Confirmed(story, allocation));
        if (story.Receipt.Find(allocationId)!.Status == AllocationStatus.Confirmed)
            TakeBack(story, [allocation], "Taken back by Invoicing.", byPerson: false);
        story.Add(new AllocationReversed(
            allocation.Id, allocation.InvoiceId, allocation.Installment, amount,
            story.Balance.Release(amount, allocation.Asked.Owner), allocation.Asked.Deduction,
            allocation is { BookedCharges: { } booked, Asked.Charges: { } charges }
                ? JournalEntry.ChargesReversed(
                    receiptId, booked, owedAgain?.PostedOn ?? deadlines.Today, owedAgain?.WorthOf(charges),
                    allocation.Id)
                : null));
        if (!story.Balance.IsReversed && allocation.Then is { } target)
        {
            var wereBorne = allocation.BookedCharges is not null || owedAgain?.Amount == allocation.Asked.GivenUp;
            return MoveOn(story, allocation, target, takenBack ?? [], wereBorne ? allocation.Asked.Charges : null);
        }

        SetAsideWaiting(story, deadlines.Aside(
            AsideReasons.TakenBack, $"{amount} were taken back from {allocation.Asked.InvoiceNumber}."));
        return Decision.Of(story.Events);
    }

    private static AllocationConfirmed Confirmed(Story story, Allocation allocation) => new(
        allocation.Id, allocation.InvoiceId, allocation.Installment, allocation.Amount,
        story.Balance.Confirm(allocation.Amount), allocation.Asked.Deduction, allocation.Asked.CustomerId,
        story.Receipt.LegalEntity);

    private static JournalEntry? ChargesOf(Story story, Allocation allocation, GivenUp? givenUp) =>
        givenUp is { } told && allocation.Asked is { Charges: { } charges, GivenUp: var asked } && told.Amount == asked
            ? JournalEntry.Charges(story.ReceiptId, story.Receipt, told, charges, allocation.Id)
            : null;

    /// <summary>
    /// Where the money of a rest goes that was asked for with credit memos or bank charges; null for anything else, and
    /// where a person does not want it any more.
    /// </summary>
    private static MoveTarget? Alone(Allocation allocation) => allocation switch
    {
        { Asked: { Credits: null, Charges: null } } or { Ground: not { Rule: Moved, IsAutomatic: true } } => null,
        { Withdrawn: not null } => allocation.Then,
        _ => new MoveTarget(
            allocation.AloneId, allocation.InvoiceId, allocation.Asked.InvoiceNumber, allocation.Installment,
            allocation.Asked.CustomerId, allocation.Amount),
    };

    private static Decision MoveOn(
        Story story, Allocation allocation, MoveTarget target, IReadOnlyCollection<Guid> takenBack, Money? borne)
    {
        var amount = Money.Min(target.Amount, story.Balance.FreeOf(story.Balance.OwnerFor(target.CustomerId)));
        if (!amount.IsPositive)
            return Decision.Of(story.Events);
        var isSame = (target.InvoiceId, target.Installment) == (allocation.InvoiceId, allocation.Installment);
        CreditPart[] credits =
            isSame ? [.. (allocation.Asked.Credits ?? []).Where(one => takenBack.Contains(one.CreditMemoId))] : [];
        var moved = new AllocationDecision(
            Ids.From("moved", target.AllocationId.ToString("N")), Moved, 1m,
            [
                isSame
                    ? "The bank has taken a part of the payment back; the rest of it stays applied."
                    : $"Moved by a person from {allocation.Asked.InvoiceNumber}.",
            ],
            IsAutomatic: isSame,
            [
                new RequestedAllocation(target.AllocationId, target.InvoiceId, target.InvoiceNumber,
                    target.Installment, target.CustomerId, amount, Credits: credits.Length > 0 ? credits : null,
                    Charges: isSame ? borne : null),
            ]);
        return Ask(story, moved, story.Receipt.PostingDate) is { } refusal ? refusal : Decision.Of(story.Events);
    }
}
