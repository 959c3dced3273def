using OrderToCash.Kernel;

namespace OrderToCash.Collections.Plans;

/// <summary>Why a payment plan may be refused.</summary>
public static class PlanRefusals
{
    public static Refusal NothingToPay() => new(
        "nothing-to-pay", "None of these items has anything to collect.", Field: "/invoiceIds");

    public static Refusal UnknownItem(Guid invoiceId) => new(
        "unknown-invoice", $"The customer has no open item of invoice {invoiceId} here.", Field: "/invoiceIds");

    public static Refusal SeveralCurrencies() => new(
        "several-currencies", "A plan is in one currency: items and installments.", Field: "/installments");

    public static Refusal Count(int most) => new(
        "plan-installments", $"A plan has 1 to {most} installments.", Field: "/installments");

    public static Refusal NoAmount() => new(
        "no-amount", "Every installment is above zero.", Field: "/installments");

    public static Refusal Dates(DateOnly earliest, DateOnly latest) => new(
        "plan-dates", $"Installments are due from {earliest:yyyy-MM-dd} to {latest:yyyy-MM-dd}.",
        Field: "/installments");

    public static Refusal Order() => new(
        "plan-order", "Each installment is due later than the one before it.", Field: "/installments");

    public static Refusal Sum(Money sum, Money covered) => new(
        "plan-sum", $"The installments sum to {sum}; what they cover is {covered}.", Field: "/installments");

    public static Refusal AlreadyPlanned() => Refusal.State(
        "already-planned", "One of these items is in a payment plan already.");

    public static Refusal Outdated() => Refusal.State(
        "plan-outdated", "What the plan covers has changed since it was proposed; work it out again.");

    public static Refusal Ended(PlanStatus status) => Refusal.State("plan-ended", $"The plan is {status}.");
}
