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

    public static Refusal LaterSoftClosed(Period period, DateOnly through) => Refusal.State(
        "period-soft-closed", $"{period} is softly closed already, as is all through {through:O}.");

    public static Refusal NoAdjuster(IEnumerable<string> roles) => new(
        "not-an-adjuster",
        $"Who may post into a softly closed period is changed by: {string.Join(", ", roles.Order())}.",
        RefusalKind.Forbidden);

    public static Refusal Untranslated(Period period, string receipt, string currency, DateOnly day) => Refusal.State(
        "no-exchange-rate",
        $"{period} holds {receipt} in {currency} without a worth in the books; set the daily rate for {day:O} first.");

    public static Refusal NotOver(Period period) => Refusal.State(
        "period-not-over", $"{period} goes on; what is open is revalued from its last day, {period.LastDay:O}, on.");

    public static Refusal NoClosingRate(string currency, DateOnly day) => Refusal.State(
        "no-exchange-rate",
        $"There is no closing rate of {currency} for {day:O}: set a month-end or daily rate for it first.");

    public static Refusal CheckBroken(Period period, CloseCheck check) => Refusal.State(
        "close-check-broken", $"{period} is not closed: {check.Code}. {check.Evidence}");

    public static Refusal CheckFailed(Period period, CloseCheck check) => Refusal.State(
        "close-check-failed",
        $"{period} is not closed: {check.Code}. {check.Evidence} Put it right, or accept it by its name.");

    public static Refusal NotClosed(Period period) => Refusal.State("period-not-closed", $"{period} is open.");

    public static Refusal LaterClosed(Period period, Period latest) => Refusal.State(
        "later-period-closed", $"{latest} comes first: {period} is opened again once nothing after it is closed.");

    public static Refusal NobodyApproves(string legalEntity) => new(
        "above-authority",
        $"The approval matrix of {legalEntity} does not say who approves this; then only scope admin opens a period.",
        RefusalKind.Forbidden);

    public static Refusal NoRoles() => new(
        "invalid-roles", "Name 1 to 20 roles that may still post, such as controller.", Field: "/adjustingRoles");
}
