using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Periods;

/// <summary>Why something about a period may be refused.</summary>
public static class PeriodRefusals
{
    public static Refusal Closed(DateOnly day, DateOnly nextOpen, string field) => new(
        "period-closed", $"The period of {day:O} is closed; the next open date is {nextOpen:O}.", RefusalKind.State,
        field);

    public static Refusal AlreadyClosed(Period period) => Refusal.State(
        "period-closed-already", $"{period} is closed already.");

    public static Refusal EarlierOpen(Period earlier) => Refusal.State(
        "earlier-period-open", $"{earlier} comes first: periods are closed in their order.");

    public static Refusal NotBegun(Period period) => Refusal.State(
        "period-not-begun", $"{period} has not begun in the legal entity's calendar.");

    public static Refusal NotClosed(Period period) => Refusal.State("period-not-closed", $"{period} is open.");

    public static Refusal NoRoles() => new(
        "invalid-roles", "Name 1 to 20 roles that may still post, such as controller.", Field: "/adjustingRoles");
}
