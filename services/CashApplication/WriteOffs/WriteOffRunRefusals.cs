using System.Globalization;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.WriteOffs;

/// <summary>Why something about a write-off run is refused.</summary>
public static class WriteOffRunRefusals
{
    public static readonly Refusal NothingToGiveUp = new(
        "nothing-to-write-off", "No rest of a receipt is that small; nothing is to be given up.");

    public static readonly Refusal ReceiptTouched = Refusal.State(
        "receipt-changed", "Something about the receipt has changed since the run was asked for; look at it again.");

    public static readonly Refusal Dropped =
        Refusal.State("write-off-run-dropped", "The run was not approved; ask for a new one.");

    public static readonly Refusal Started =
        Refusal.State("write-off-run-started", "The run has started; what it gives up is undone receipt by receipt.");

    public static Refusal NotFound(Guid id) => Refusal.NotFound("write-off run", id);

    public static Refusal LimitAbovePolicy(Money limit, Money policy) => new(
        "exceeds-write-off-limit",
        $"A rest of up to {limit} is asked for; the cash policy lets nobody give up more than {policy}.",
        Field: "/limit");

    public static Refusal InTheFuture(DateOnly today) => new(
        "effective-date-in-future",
        string.Create(CultureInfo.InvariantCulture, $"The effective date is at most {today:yyyy-MM-dd}."),
        Field: "/effectiveDate");

    public static Refusal TotalChanged(Money expected, Money now) => Refusal.State(
        "total-changed", $"{expected} were expected to be given up; it is {now} now. Look at a preview again.");
}
