using OrderToCash.Kernel;

namespace OrderToCash.Collections.Holds;

/// <summary>Why a hold may be refused.</summary>
public static class HoldRefusals
{
    public static Refusal WholeCustomer(HoldKind kind) => new(
        "hold-scope", $"{kind} is for the customer as a whole, not for an invoice.", Field: "/invoiceId");

    public static Refusal Scope() => new(
        "hold-scope", "An installment is one of an invoice, and an amount is of one installment.",
        Field: "/installment");

    public static Refusal Amount() => new("hold-amount", "The amount held is above zero.", Field: "/amount");

    public static Refusal OtherCurrency(Currency own) => new(
        "hold-currency", $"The installment is in {own}; so is what is held of it.", Field: "/amount");

    public static Refusal NeverEnds() => new(
        "hold-without-end", "A dunning block ends on a day, or names who releases it.", Field: "/until");

    public static Refusal Until(DateOnly earliest, DateOnly latest) => new(
        "hold-until", $"The last day is from {earliest:yyyy-MM-dd} to {latest:yyyy-MM-dd}.", Field: "/until");

    public static Refusal UnknownItem(Guid invoiceId) => new(
        "unknown-invoice", $"The customer has no open item of invoice {invoiceId} here.", Field: "/invoiceId");

    public static Refusal Ended(HoldStatus status) => Refusal.State("hold-ended", $"The hold is {status} already.");

    public static Refusal LeftAlone(HoldKind kind) => Refusal.State(
        "customer-left-alone",
        $"The customer, or one it was merged with, is under a hold that forbids contact: {Json.NameOf(kind)}.");

    public static Refusal NotYours(IReadOnlyList<string> releasers) => new(
        "not-a-releaser", $"This hold is released by {string.Join(", ", releasers)}.", RefusalKind.Forbidden);

    public static Refusal MatterOfLaw(HoldKind kind) => new(
        "not-a-releaser",
        $"Nobody is named who releases this {Json.NameOf(kind)}: it takes the right to run the system.",
        RefusalKind.Forbidden);
}
