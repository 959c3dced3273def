using OrderToCash.CashApplication.ReadModels;
using OrderToCash.CashApplication.WriteOffs;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>A run that gives up small rests.</summary>
/// <param name="Status"><c>waiting</c> for an approval, <c>running</c>, <c>finished</c> or <c>dropped</c>.</param>
/// <param name="Count">How many rests it is about.</param>
/// <param name="Total">Their sum when it was asked for.</param>
/// <param name="Done">How many are dealt with so far.</param>
/// <param name="LeftCount">How many of these were left alone; the items say why.</param>
/// <param name="ApprovalId">The request that waits for it; only in the answer to the request itself.</param>
public sealed record WriteOffRunView(
    Guid Id, string LegalEntity, Money Limit, DateOnly EffectiveDate, string Reason, string RequestedBy, string Status,
    int Count, Money Total, int Done, int WrittenOffCount, Money WrittenOff, int LeftCount, Guid? ApprovalId,
    long Version)
{
    internal static WriteOffRunView Of(Guid id, WriteOffRun run, long version, Guid? approvalId = null)
    {
        var wish = run.Requested!;
        return new WriteOffRunView(
            id, wish.LegalEntity, wish.Limit, wish.EffectiveDate, wish.Reason, wish.RequestedBy, run.Status.Kebab(),
            wish.Items.Count, wish.Total, run.Done, run.WrittenOffCount, run.WrittenOff!.Value,
            run.Done - run.WrittenOffCount, approvalId, version);
    }
}

/// <summary>A rest that a run would give up.</summary>
/// <param name="Queue">Where on the workbench it waits.</param>
public sealed record SmallRestView(
    Guid ReceiptId, string ReceiptNumber, Guid? CustomerId, string? PayerName, DateOnly ValueDate, string Queue,
    Money Rest);

/// <summary>What a run would give up; nothing is booked.</summary>
/// <param name="HasMore">True when more rests are that small than one run holds.</param>
public sealed record WriteOffPreview(
    string LegalEntity, Money Limit, DateOnly EffectiveDate, int Count, Money Total, bool HasMore,
    IReadOnlyList<SmallRestView> Items);
