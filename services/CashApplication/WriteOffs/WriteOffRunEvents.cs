using System.Text.Json.Serialization;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.WriteOffs;

/// <summary>A rest that a run is to give up.</summary>
/// <param name="ReceiptId">The receipt it is left of.</param>
/// <param name="ReceiptNumber">What people call it.</param>
/// <param name="CustomerId">Whose money it is; null while unidentified.</param>
/// <param name="Rest">What was free of it when the run was asked for.</param>
/// <param name="Version">Of the receipt at that moment: one that was touched since is left alone.</param>
public sealed record SmallRest(Guid ReceiptId, string ReceiptNumber, Guid? CustomerId, Money Rest, long Version);

/// <summary>What became of a rest.</summary>
/// <param name="Code">Why it was left alone; null where it was given up.</param>
/// <param name="Detail">The same in words.</param>
public sealed record RestOutcome(
    Guid ReceiptId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Code = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Detail = null);

/// <summary>Small rests of receipts are to be given up, exactly these.</summary>
/// <param name="LegalEntity">Whose receipts.</param>
/// <param name="Limit">Largest rest; its currency is that of the receipts.</param>
/// <param name="EffectiveDate">Accounting date of the entries; nothing of the receipts moved after it.</param>
/// <param name="Reason">Why.</param>
/// <param name="RequestedBy">Who asked.</param>
/// <param name="Items">The rests, the oldest money first.</param>
/// <param name="Total">Their sum; what authority is asked for.</param>
public sealed record WriteOffRunRequested(
    string LegalEntity, Money Limit, DateOnly EffectiveDate, string Reason, string RequestedBy,
    IReadOnlyList<SmallRest> Items, Money Total);

/// <summary>Nobody needs to approve it, or somebody has: from here on it is carried out.</summary>
public sealed record WriteOffRunStarted(string By);

/// <summary>It is not carried out.</summary>
public sealed record WriteOffRunDropped(string Reason);

/// <summary>The next rests of the run are dealt with, in their order, together with their receipts.</summary>
public sealed record WriteOffRunAdvanced(IReadOnlyList<RestOutcome> Outcomes);
