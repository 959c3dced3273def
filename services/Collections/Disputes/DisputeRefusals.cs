using OrderToCash.Kernel;

namespace OrderToCash.Collections.Disputes;

/// <summary>Why something about a dispute may be refused.</summary>
public static class DisputeRefusals
{
    public static Refusal NoAmount() => new(
        "no-amount", "The amount is above zero and in the currency of the item.", Field: "/amount");

    public static Refusal UnknownItem(Guid invoiceId, int installment) => new(
        "unknown-item", $"Invoice {invoiceId} has no open installment {installment} here.", Field: "/invoiceId");

    public static Refusal MoreThanOpen(Money disputed, Money most) => new(
        "more-than-open", $"{most} of the item is open and not disputed yet; {disputed} is more.", Field: "/amount");

    public static Refusal MoreThanDisputed(Money accepted, Money disputed) => new(
        "more-than-disputed", $"{disputed} is disputed; {accepted} is more.", Field: "/amount");

    public static Refusal DueOn(DateOnly earliest, DateOnly latest) => new(
        "dispute-due-on", $"The day is from {earliest:yyyy-MM-dd} to {latest:yyyy-MM-dd}.", Field: "/dueOn");

    public static Refusal Decided(DisputeStatus status) => Refusal.State(
        "dispute-decided", $"The dispute is {status} already.");
}
