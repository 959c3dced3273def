using OrderToCash.Kernel;

namespace OrderToCash.Collections.Promises;

/// <summary>Why a promise may be refused.</summary>
public static class PromiseRefusals
{
    public static Refusal NoAmount() => new("no-amount", "A promise is for an amount above zero.", Field: "/amount");

    public static Refusal Date(DateOnly earliest, DateOnly latest) => new(
        "promise-date", $"A promise is for a day from {earliest:yyyy-MM-dd} to {latest:yyyy-MM-dd}.", Field: "/date");

    public static Refusal OtherCurrency(Currency currency) => new(
        "other-currency", $"Not all of these items are owed in {currency}.", Field: "/amount");

    public static Refusal NothingToPay() => new(
        "nothing-to-pay", "None of these items has anything to collect.", Field: "/invoiceIds");

    public static Refusal MoreThanOpen(Money promised, Money most) => new(
        "more-than-open", $"{promised} is promised and {most} may be collected on these items.", Field: "/amount");

    public static Refusal TooLittle(Money promised, Money least, decimal percent, Money most) => new(
        "promise-too-small",
        $"{promised} is promised for items on which {most} may be collected: at least {least} is promised, " +
        FormattableString.Invariant($"{percent:0.##} percent of it. Name only the invoices it is for."),
        Field: "/amount");

    public static Refusal UnknownItem(Guid invoiceId) => new(
        "unknown-invoice", $"The customer has no open item of invoice {invoiceId} here.", Field: "/invoiceIds");

    public static Refusal AlreadyPromised() => Refusal.State(
        "already-promised", "One of these items has an open promise. Cancel that one first.");

    public static Refusal Judged(PromiseStatus status) => Refusal.State(
        "promise-judged", $"The promise is {status} already.");
}
