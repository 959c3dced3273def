using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.WriteOffs;

/// <summary>Why something about a write-off run is refused, or a rest is left alone by it.</summary>
public static class WriteOffRunRefusals
{
    public static readonly Refusal NothingToGiveUp = new(
        "nothing-to-write-off", "Nothing that is open on an invoice is that small; nothing is to be written off.");

    public static readonly Refusal Dropped =
        Refusal.State("write-off-run-dropped", "The run was not approved; ask for a new one.");

    public static readonly Refusal Started = Refusal.State(
        "write-off-run-started", "The run has started; what it gives up is recovered invoice by invoice.");

    public static Refusal NotFound(Guid id) => Refusal.NotFound("write-off run", id);

    public static Refusal LimitNotPositive() => new(
        "amount-not-positive", "The largest rest to be written off is above zero.", Field: "/limit");

    public static Refusal LimitAbovePolicy(Money limit, Money policy) => new(
        "exceeds-write-off-limit",
        $"Rests of up to {limit} are asked for; the automation policy has {policy} for small balances.",
        Field: "/limit");

    public static Refusal TooManySkipped(int most) => new(
        "too-many", $"At most {most} invoices are left out.", Field: "/skip");

    public static Refusal InTheFuture(DateOnly day, DateOnly today) => new(
        "posting-date-out-of-range", $"The posting date {day:O} is after today, {today:O}.", Field: "/postingDate");

    public static Refusal TotalChanged(Money expected, Money now) => Refusal.State(
        "total-changed", $"{expected} were expected to be written off; it is {now} now. Look at a preview again.");

    public static Refusal OthersFound() => Refusal.State(
        "total-changed", "Other rests than those of the preview are that small by now. Look at a preview again.");

    public static Refusal InvoiceTouched(SmallRest rest) => Refusal.State(
        "invoice-changed",
        $"Something about {rest.InvoiceNumber} has changed since the run was asked for; look at it again.");

    public static Refusal CreditPending(SmallRest rest) => Refusal.State(
        "credit-pending", $"A credit of {rest.InvoiceNumber} waits for an approval.");

    public static Refusal PaymentPending(SmallRest rest) => Refusal.State(
        "payment-pending",
        $"A payment that is on its way is to pay installment {rest.Installment} of {rest.InvoiceNumber}.");

    public static Refusal ExceedsLimit(SmallRest rest, Money before, Money limit) => Refusal.State(
        "exceeds-write-off-limit",
        $"{rest.Rest} of {rest.InvoiceNumber}, with {before} that was written off of it before, is above {limit}, " +
        "the limit of small balances by now.");
}
