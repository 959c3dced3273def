using OrderToCash.Kernel;

namespace OrderToCash.Credit.CreditAccounts;

/// <summary>Why Credit says no to a request. A held order is not here: that is a decision, not a refusal.</summary>
public static class CreditRefusals
{
    /// <summary>Nobody registered the customer, or the news of it is still on its way.</summary>
    public static Refusal NoAccount(Guid customerId) => new("not-found",
        $"There is no credit account for customer {customerId}; it opens when Invoicing registers the customer.",
        RefusalKind.NotFound);

    /// <summary>The order was never checked.</summary>
    public static Refusal NoOrder(string orderId) => new("not-found",
        $"Order {orderId} was never checked; POST /v1/credit/order-checks does that.", RefusalKind.NotFound);

    /// <summary>A limit is in the currency of the account.</summary>
    public static Refusal LimitInOtherCurrency(Currency limit, Currency account) => new("other-currency",
        $"The account is kept in {account}; a limit in {limit} cannot be compared with what it owes.", Field: "/limit");

    /// <summary>A limit that never held a day.</summary>
    public static Refusal ExpiryInThePast(DateOnly expiresOn, DateOnly today) => new("expiry-in-the-past",
        $"The limit would have expired on {expiresOn:yyyy-MM-dd}; today is {today:yyyy-MM-dd}.", Field: "/expiresOn");

    /// <summary>An order stays in its currency.</summary>
    public static Refusal OrderInOtherCurrency(string orderId, Currency order) =>
        Refusal.State("order-in-other-currency",
        $"Order {orderId} was checked in {order}; cancel it before it is checked in another currency.");

    /// <summary>What is delivered of an order is part of it.</summary>
    public static Refusal DeliveredInOtherCurrency(string orderId, Currency order) => new("other-currency",
        $"Order {orderId} is in {order}, and so is what is delivered of it.", Field: "/delivered");

    /// <summary>An order that is over must be checked again, not released.</summary>
    public static Refusal OrderIsOver(CheckedOrder order) => order.Status == OrderStatus.Expired
        ? Refusal.State("order-expired",
            $"The reservation of order {order.OrderId} has expired; check it again if it comes after all.")
        : Refusal.State("order-cancelled",
            $"Order {order.OrderId} is cancelled; check it again if it comes after all.");

    /// <summary>A no stands until the order changes or a person releases it.</summary>
    public static Refusal OrderIsDeclined(string orderId) => Refusal.State("order-declined",
        $"Order {orderId} is declined; it can be released, or checked with another amount.");

    /// <summary>Only what waits can be declined.</summary>
    public static Refusal OrderIsNotHeld(CheckedOrder order) => Refusal.State("order-not-held",
        $"Order {order.OrderId} is {order.Status.ToString().ToLowerInvariant()}, not held.");

    /// <summary>A release that never held a day.</summary>
    public static Refusal ReleaseInThePast(DateOnly until, DateOnly today) => new("expiry-in-the-past",
        $"The release would have ended on {until:yyyy-MM-dd}; today is {today:yyyy-MM-dd}.", Field: "/until");

    /// <summary>A release that never ends would keep its reservation for ever.</summary>
    public static Refusal ReleaseForTooLong(DateOnly until, DateOnly last) => new("released-for-too-long",
        $"The release would end on {until:yyyy-MM-dd}; {last:yyyy-MM-dd} is the last possible day.", Field: "/until");

    /// <summary>Why orders are released is counted, so it is said in the policy's codes.</summary>
    public static Refusal UnknownReleaseReason(string? code, IReadOnlyList<string> codes) => new(
        "unknown-release-reason",
        codes.Count == 0 ? $"The credit policy names no release reasons, so '{code}' is none; say it in words alone."
            : $"A release names one of the credit policy's reasons: {string.Join(", ", codes)}.",
        Field: "/reasonCode");

    /// <summary>Fraud, sanctions and the like are no matter of one order.</summary>
    public static Refusal HoldDeclines(string orderId, string hold) => Refusal.State("order-declined-by-hold",
        $"Order {orderId} cannot be released while the account is held for {hold}; that hold is let go first.");

    /// <summary>Somebody has asked for it already.</summary>
    public static Refusal ReleaseWaits(string orderId, Guid approvalId) => Refusal.State("release-waits",
        $"The release of order {orderId} waits for approval {approvalId} already; whoever asked can withdraw it.");

    /// <summary>Since it was approved, a rule declines the order.</summary>
    public static Refusal ReleaseDeclined(string orderId) => Refusal.State("release-outdated",
        $"A rule declines order {orderId} by now; reject this request and ask for its release again.");

    /// <summary>Since it was asked for, a person has declined the order.</summary>
    public static Refusal ReleaseAfterDecline(string orderId) => Refusal.State("release-outdated",
        $"A person has declined order {orderId} since; reject this request and ask for its release again.");

    /// <summary>Who approved, approved another order than this.</summary>
    public static Refusal ReleaseOutdated(OrderWish approved, OrderWish now) => Refusal.State("release-outdated",
        $"The release of order {now.OrderId} was asked for as {Said(approved)}; it was checked as {Said(now)} since. " +
        "Reject this request and ask for the release again.");

    /// <summary>A hold that never held a day.</summary>
    public static Refusal HoldInThePast(DateOnly until, DateOnly today) => new("expiry-in-the-past",
        $"The hold would have ended on {until:yyyy-MM-dd}; today is {today:yyyy-MM-dd}.", Field: "/until");

    /// <summary>A rule that is quiet for ever is none.</summary>
    public static Refusal QuietForTooLong(DateOnly until, DateOnly last) => new("quiet-for-too-long",
        $"The rule would be quiet until {until:yyyy-MM-dd}; {last:yyyy-MM-dd} is the last possible day.",
        Field: "/until");

    /// <summary>Bankruptcy, sanctions and the like are not looked away from.</summary>
    public static Refusal NeverQuiet(string code) => new("never-quiet",
        $"A hold for {code} declines orders: it can be let go, and the next report that says so holds again.",
        Field: "/until");

    /// <summary>Cover that never held a day from now on.</summary>
    public static Refusal CoverInThePast(DateOnly until, DateOnly today) => new("expiry-in-the-past",
        $"The cover ended on {until:yyyy-MM-dd}; today is {today:yyyy-MM-dd}.", Field: "/until");

    /// <summary>The last day is before the first.</summary>
    public static Refusal EndsBeforeItBegins(DateOnly from, DateOnly until) => new("ends-before-it-begins",
        $"It would begin on {from:yyyy-MM-dd} and end on {until:yyyy-MM-dd}.", Field: "/until");

    /// <summary>Everything the order was for is delivered or invoiced.</summary>
    public static Refusal OrderIsInvoiced(string orderId) => Refusal.State("order-invoiced",
        $"Order {orderId} is delivered or invoiced in full, so nothing is left to cancel; void or credit the " +
        "invoice, or report what came back, instead.");

    /// <summary>Decisions from before their ground was kept.</summary>
    public static Refusal NotExplained(string orderId) => new("not-explained",
        $"The last decision on order {orderId} kept nothing to explain it with.", RefusalKind.NotFound);

    /// <summary>Taking a limit away gives more credit than any number.</summary>
    public static Refusal SharedLimitNeedsAuthority(string whose) => new("above-authority",
        $"Taking the {whose}'s limit away needs somebody who may set it alone; a higher limit can be asked for " +
        "instead.", RefusalKind.Forbidden);

    /// <summary>Else who may not decline an application would end it in other words.</summary>
    public static Refusal WithdrawalNeedsAuthority() => new("above-authority",
        "An application is withdrawn by who asks for it, or by who may decline it alone; it can be declined instead.",
        RefusalKind.Forbidden);

    /// <summary>A misspelt segment would have a limit that nobody feels.</summary>
    public static Refusal NoSegment(string legalEntity, string segment) => new("not-found",
        $"No customer of {legalEntity} is in segment '{segment}'.", RefusalKind.NotFound);

    /// <summary>A limit that no order is judged by is none.</summary>
    public static Refusal SegmentLimitIsNotChecked(string legalEntity) => Refusal.State("segment-limit-not-checked",
        $"The credit policy of {legalEntity} has no rule over-segment-limit, so no order would be judged by the " +
        "limit; define a policy with that rule first.");

    /// <summary>A policy without the rule would let orders pass limits that are there.</summary>
    public static Refusal SegmentLimitsAreChecked(string legalEntity) => Refusal.State("segment-limit-not-checked",
        $"Segments of {legalEntity} have limits, by which no order would be judged without the rule " +
        "over-segment-limit; keep the rule, or take the limits away first.");

    /// <summary>A limit that orders of some members are not judged by is none.</summary>
    public static Refusal GroupLimitIsNotChecked(string legalEntity) => Refusal.State("group-limit-not-checked",
        $"Members of the group are customers of {legalEntity}, whose credit policy has no rule over-group-limit, so " +
        "their orders would not be judged by the limit; define a policy with that rule first.");

    /// <summary>A policy without the rule would let orders pass limits that are there.</summary>
    public static Refusal GroupLimitsAreChecked(string legalEntity) => Refusal.State("group-limit-not-checked",
        $"Customers of {legalEntity} belong to groups with limits, by which no order would be judged without the " +
        "rule over-group-limit; keep the rule, or take the limits away first.");

    /// <summary>The documents and holds of a duplicate stay its own.</summary>
    public static Refusal HoldOfDuplicate(Guid duplicateId) => Refusal.State("hold-of-duplicate",
        $"It is a hold of customer {duplicateId}, who was merged into this one; let it go there.");

    /// <summary>Who approved, approved the change of other limits than these.</summary>
    public static Refusal LimitOutdated() => Refusal.State("limit-outdated",
        "The limit was changed since this was asked for. Reject this request and ask again.");

    /// <summary>Those who were asked may not approve what it comes to by now, or not for a customer of this class.
    /// </summary>
    /// <param name="most">What it comes to by now.</param>
    /// <param name="riskClass">The class of the customer by now; null for none.</param>
    public static Refusal LimitAboveApproval(Money most, string? riskClass) => Refusal.State("limit-outdated",
        $"By now it comes to {most} for a customer in class {riskClass ?? "none"}, which is not for those to approve " +
        "who were asked. Reject this request and ask again.");

    /// <summary>Who approved, approved that another hold than this be let go.</summary>
    public static Refusal HoldOutdated() => Refusal.State("hold-outdated",
        "The account was held anew since this was asked for. Reject this request and ask again.");

    /// <summary>Those who were asked may not let go what is at stake by now, or not with a customer of this class.
    /// </summary>
    /// <param name="stake">What is at stake by now.</param>
    /// <param name="riskClass">The class of the customer by now; null for none.</param>
    public static Refusal HoldAboveApproval(Money stake, string? riskClass) => Refusal.State("release-outdated",
        $"By now {stake} are at stake with a customer in class {riskClass ?? "none"}, which is not for those to let " +
        "go who were asked. Reject this request and ask again.");

    /// <summary>Those who were asked may not approve what it comes to by now, or not for a customer of this class.
    /// </summary>
    /// <param name="orderId">The order.</param>
    /// <param name="stake">By what it is judged by now.</param>
    /// <param name="riskClass">The class of the customer by now; null for none.</param>
    public static Refusal ReleaseAboveApproval(string orderId, Money stake, string? riskClass) => Refusal.State(
        "release-outdated",
        $"With order {orderId} {stake} are at stake by now, of a customer in class {riskClass ?? "none"}, which is " +
        "not for those to let go who were asked; reject this request and ask for the release again.");

    /// <summary>Not for callers: what is decided is written with groups, or with the end of a request.</summary>
    public static Refusal DecidedTogether() => Refusal.State(
        "decided-together", "The order is decided with more than the account.");

    /// <summary>Nobody can say what the terms give.</summary>
    public static Refusal UnknownTerms(string terms, string field = "/terms") =>
        new("unknown-terms", $"Nobody knows the terms '{terms}'.", Field: field);

    /// <summary>What was asked for is another change by now: it would undo what was agreed since.</summary>
    public static Refusal TermsMoved(string then, string now) => Refusal.State("terms-outdated",
        $"The customer has {now} by now and had {then} when this was asked for. Reject this request and ask again.");

    /// <summary>Who approved, may not approve what it has come to.</summary>
    /// <param name="riskClass">The class of the customer by now; null for none.</param>
    /// <param name="billing">What it is billed in a year; null where the approval does not go by that.</param>
    public static Refusal TermsAboveApproval(string? riskClass, Money? billing = null) => Refusal.State(
        "terms-outdated",
        $"It takes a higher authority by now: the customer is in class {riskClass ?? "none"}" +
        (billing is { } year ? $" and is billed {year} a year" : "") + "; reject this approval and ask for it again.");

    /// <summary>Order ids are unique in a legal entity.</summary>
    public static Refusal OrderOfAnotherCustomer(string orderId) => Refusal.State("order-of-another-customer",
        $"Order {orderId} of this legal entity is checked for another customer; cancel it there first.");

    /// <summary>Two legal entities use the same order id.</summary>
    public static Refusal AmbiguousOrder(string orderId) => Refusal.State("ambiguous-order",
        $"Several legal entities have an order {orderId}; name one with ?legalEntity=.");

    private static string Said(OrderWish wish) =>
        $"{wish.Amount}{(wish.Terms is null ? "" : $", {wish.Terms}")}" +
        (wish.NeededOn is { } day ? $", needed on {day:yyyy-MM-dd}" : "");
}
