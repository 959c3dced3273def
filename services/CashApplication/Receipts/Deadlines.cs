using OrderToCash.CashApplication.Receipts.Matching;

namespace OrderToCash.CashApplication.Receipts;

/// <summary>
/// By when somebody should have looked at money that is set aside today: days of the legal entity's calendar, as its
/// policy says.
/// </summary>
/// <param name="Today">The day where the legal entity is; also the accounting date of what is decided.</param>
/// <param name="DaysToIdentify">Days in which somebody should find out whose money it is.</param>
/// <param name="DaysToResolve">Days in which any other money that waits should be looked at.</param>
/// <param name="Owners">Who looks after which queue; null for nobody.</param>
public sealed record Deadlines(
    DateOnly Today, int DaysToIdentify, int DaysToResolve, IReadOnlyList<QueueOwner>? Owners = null)
{
    /// <summary>The day by which money in this queue should have been looked at.</summary>
    public DateOnly DueOn(string reason) =>
        Today.AddDays(reason == AsideReasons.Unidentified ? DaysToIdentify : DaysToResolve);

    /// <summary>Money that waits in this queue from today on.</summary>
    public ReceiptSetAside Aside(string reason, string detail) => new(
        reason, detail, DueOn(reason), QueueOwner: Owners?.FirstOrDefault(one => one.Reason == reason)?.Owner);
}
