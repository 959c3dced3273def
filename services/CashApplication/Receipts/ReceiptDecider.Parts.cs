using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Receipts;

/// <summary>A part of a receipt that the bank takes back.</summary>
/// <param name="ReversalId">Tells this part from others.</param>
/// <param name="Amount">How much; less than the receipt.</param>
/// <param name="Reason"><c>nsf</c>, <c>return</c>, <c>chargeback</c>, <c>stop</c> or <c>error</c>.</param>
/// <param name="ReturnCode">The bank's code, or null.</param>
/// <param name="AllocationIds">
/// Which allocations it is taken from once nothing is free; the newest where none are named, or those do not suffice.
/// </param>
/// <param name="PostingDate">Accounting date; today where it is not told.</param>
public sealed record PartialReversal(
    Guid ReversalId, Money Amount, string Reason, string? ReturnCode = null,
    IReadOnlyList<Guid>? AllocationIds = null, DateOnly? PostingDate = null);

public static partial class ReceiptDecider
{
    /// <summary>
    /// The bank takes a part of the receipt back: free money first, then what is on account or other customers', then
    /// allocations. Of the last one of these what is left is applied to its item again. All that is left is the whole
    /// receipt.
    /// </summary>
    public static Decision ReversePart(Receipt receipt, Guid receiptId, PartialReversal part, Deadlines deadlines)
    {
        if (!receipt.Exists)
            return ReceiptRefusals.NotFound(receiptId);
        if (!ReversalReasons.Contains(part.Reason))
            return ReceiptRefusals.UnknownReason(part.Reason);
        if (receipt.Parts.TryGetValue(part.ReversalId, out var before))
        {
            return before == part.Amount
                ? Decision.Nothing
                : ReceiptRefusals.NoSuchReversal(part.ReversalId, part.Amount);
        }

        if (receipt.Balance.IsReversed)
            return ReceiptRefusals.Reversed;
        var balance = receipt.Balance;
        if (part.Amount.Currency != balance.Amount.Currency)
            return ReceiptRefusals.OtherReceiptCurrency(part.Amount.Currency, balance.Amount.Currency);
        if (!part.Amount.IsPositive)
            return ReceiptRefusals.AmountNotPositive();
        if (part.Amount == balance.Left && balance.TotalRefunded.IsZero)
        {
            return Reverse(
                receipt, receiptId, part.Reason, part.ReturnCode, part.PostingDate ?? deadlines.Today);
        }

        var most = balance.Left - balance.TotalWrittenOff
            - Money.Sum(receipt.Refunds.Values, balance.Amount.Currency);
        if (part.Amount > most)
            return ReceiptRefusals.ExceedsReceipt(part.Amount, most);
        var chosen = new List<Allocation>();
        foreach (var id in part.AllocationIds ?? [])
        {
            if (receipt.Find(id) is not { } allocation)
                return ReceiptRefusals.AllocationNotFound(id);
            if (!IsHeld(allocation))
                return ReceiptRefusals.AllocationNotApplied;
            chosen.Add(allocation);
        }

        return Decision.Of(Parted(receipt, receiptId, part, chosen, deadlines).Events);
    }

    private static Story Parted(
        Receipt receipt, Guid receiptId, PartialReversal part, List<Allocation> chosen, Deadlines deadlines)
    {
        var words = $"{part.Amount} of the receipt reversed: {part.Reason}.";
        var day = part.PostingDate ?? deadlines.Today;
        var story = new Story(receiptId, receipt).Add(new ReceiptPartlyReversed(
            part.ReversalId, receipt.LegalEntity, part.Amount, part.Reason, part.ReturnCode, day,
            JournalEntry.PartlyReversed(receiptId, receipt, day, part.Amount, part.ReversalId),
            receipt.Balance.ReversePart(part.Amount), receipt.BankAccount));
        var needed = part.Amount - Money.Min(part.Amount, receipt.Balance.Unapplied);
        var newest = receipt.InOrder().Reverse().Where(IsHeld)
            .OrderBy(allocation => allocation.Status == AllocationStatus.Confirmed ? 0 : 1);
        foreach (var allocation in chosen.Concat(newest).DistinctBy(allocation => allocation.Id))
        {
            if (!needed.IsPositive)
                break;
            var rest = allocation.Amount - Money.Min(needed, allocation.Amount);
            needed -= allocation.Amount - rest;
            var kept = Kept(part, allocation, rest);
            if (allocation.Status == AllocationStatus.Pending)
                story.Add(new AllocationsWithdrawn([allocation.Id], words, ByPerson: false, Then: kept));
            else
                TakeBack(story, [allocation], words, byPerson: false, target: kept);
        }

        return story;
    }

    /// <summary>Applied, or asked for and still wanted.</summary>
    private static bool IsHeld(Allocation allocation) =>
        allocation is { Status: AllocationStatus.Confirmed } or { Status: AllocationStatus.Pending, Withdrawn: null };

    private static MoveTarget? Kept(PartialReversal part, Allocation allocation, Money rest) => rest.IsPositive
        ? new MoveTarget(
            Ids.From("kept", part.ReversalId.ToString("N"), allocation.Id.ToString("N")), allocation.InvoiceId,
            allocation.Asked.InvoiceNumber, allocation.Installment, allocation.Asked.CustomerId, rest)
        : null;
}
