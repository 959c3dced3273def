using OrderToCash.Invoicing.WriteOffs;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>A run that writes off small balances.</summary>
/// <param name="Limit">Largest rest; its currency is that of the invoices.</param>
/// <param name="PostingDate">Accounting date of the entries, moved on where that day was closed meanwhile; null where
/// none was chosen: each is posted on the day it is written off.</param>
/// <param name="Status"><c>waiting</c> for an approval, <c>running</c>, <c>finished</c> or <c>dropped</c>.</param>
/// <param name="Count">How many rests it is about.</param>
/// <param name="Total">Their sum when it was asked for.</param>
/// <param name="Done">How many are dealt with so far.</param>
/// <param name="LeftCount">How many of these were left alone; the items say why.</param>
/// <param name="ApprovalId">The request that waits for it; only in the answer to the request itself.</param>
public sealed record WriteOffRunView(
    Guid Id, string LegalEntity, Money Limit, DateOnly? PostingDate, string Reason, string RequestedBy,
    WriteOffRunStatus Status, int Count, Money Total, int Done, int WrittenOffCount, Money WrittenOff, int LeftCount,
    Guid? ApprovalId, long Version)
{
    internal static WriteOffRunView Of(Guid id, WriteOffRun run, long version, Guid? approvalId = null)
    {
        var wish = run.Requested!;
        return new WriteOffRunView(
            id, wish.LegalEntity, wish.Limit, wish.PostingDate, wish.Reason, wish.RequestedBy, run.Status,
            wish.Items.Count, wish.Total, run.Done, run.WrittenOffCount, run.WrittenOff!.Value,
            run.Done - run.WrittenOffCount, approvalId, version);
    }
}

/// <summary>A rest that a run would write off.</summary>
/// <param name="Amount">Of the installment.</param>
/// <param name="WrittenOff">What was written off of it before.</param>
/// <param name="Rest">What is open.</param>
public sealed record SmallRestView(
    Guid InvoiceId, string InvoiceNumber, int Installment, Guid CustomerId, string CustomerName, DateOnly DueDate,
    Money Amount, Money WrittenOff, Money Rest);

/// <summary>What a run would write off; nothing is booked.</summary>
/// <param name="Fingerprint">Of exactly these rests, to be named when they are written off.</param>
/// <param name="HasMore">True when more rests are that small than one run holds.</param>
public sealed record WriteOffPreview(
    string LegalEntity, Money Limit, DateOnly PostingDate, int Count, Money Total, Guid Fingerprint, bool HasMore,
    IReadOnlyList<SmallRestView> Items);
