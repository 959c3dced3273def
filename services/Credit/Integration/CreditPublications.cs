using OrderToCash.Credit.Applications;
using OrderToCash.Credit.CreditAccounts;
using OrderToCash.Credit.Groups;
using OrderToCash.Credit.Policies;
using OrderToCash.Credit.Segments;
using OrderToCash.Credit.TermsRequests;
using OrderToCash.EventSourcing.Projections;
using OrderToCash.Kernel;
using OrderToCash.Messaging;
using V1 = OrderToCash.Contracts.Credit.V1;

namespace OrderToCash.Credit.Integration;

/// <summary>What Credit tells the others.</summary>
public static class CreditPublications
{
    /// <summary>Stored events to contracts.</summary>
    public static Publications Create() => Orders(Limits(new Publications()))
        .On<HoldPlaced>(e => new V1.CreditHoldPlaced(
            e.StreamId, e.Data.HoldId, e.Data.Code, e.Data.Detail, e.Data.ByRule, e.Data.Until))
        .On<HoldReleased>(e => new V1.CreditHoldReleased(e.StreamId, e.Data.HoldId, e.Data.Code, Reason(e)))
        .On<RiskAssessed>(e => new V1.CreditRiskAssessed(
            e.StreamId, e.Data.Score, e.Data.RiskClass, e.Data.Before, e.Data.IsWorse, e.Data.Behaviour))
        .On<TermsAgreed>(e => new V1.CustomerTermsAgreed(
            e.StreamId, e.Data.SourceId, e.Data.Terms, e.Data.Schedule, Reason(e), Plan(e.Data.Plan)))
        .On<ApplicationApproved>(e => new V1.CreditApplicationDecided(
            e.StreamId, e.Data.Kind, e.Data.CustomerId, "approved", e.Data.Limit.ToContract(), e.Data.ExpiresOn,
            e.Data.Terms, e.Data.ByPolicy, [], Reason(e)))
        .On<ApplicationDeclined>(e => new V1.CreditApplicationDecided(
            e.StreamId, e.Data.Kind, e.Data.CustomerId, "declined", null, null, null, e.Data.ByPolicy,
            Reasons(e.Data.Reasons), Reason(e)));

    private static V1.AgreedBillingPlan? Plan(BillingPlan? plan) => plan is null ? null : new V1.AgreedBillingPlan(
        plan.Interval is { } interval ? Json.NameOf(interval) : null, plan.From, plan.FirstFullPeriod, plan.InArrears,
        plan.Milestones?.Select(one => new V1.AgreedMilestone(one.Code, one.Description, one.PlannedOn)).ToList());

    private static Publications Limits(Publications publications) => publications
        .On<LimitSet>(e => new V1.CreditLimitSet(
            e.StreamId, e.Data.Limit.ToContract(), Reason(e), e.Data.ExpiresOn))
        .On<TemporaryLimitSet>(e => new V1.TemporaryCreditLimitChanged(
            e.StreamId, e.Data.Limit.ToContract(), e.Data.From, e.Data.Until, Reason(e)))
        .On<TemporaryLimitWithdrawn>(e => new V1.TemporaryCreditLimitChanged(
            e.StreamId, null, null, null, Reason(e)))
        .On<GroupLimitSet>(e => new V1.CreditGroupLimitChanged(
            e.Data.CustomerId, e.Data.Limit.ToContract(), e.Data.ExpiresOn, Reason(e)))
        .On<GroupLimitRemoved>(e => new V1.CreditGroupLimitChanged(e.Data.CustomerId, null, null, Reason(e)))
        .On<SegmentLimitSet>(e => new V1.CreditSegmentLimitChanged(
            e.Data.LegalEntity, e.Data.Segment, e.Data.Limit.ToContract(), e.Data.ExpiresOn, Reason(e)))
        .On<SegmentLimitRemoved>(e => new V1.CreditSegmentLimitChanged(
            e.Data.LegalEntity, e.Data.Segment, null, null, Reason(e)));

    private static Publications Orders(Publications publications) => publications
        .On<OrderApproved>(e => Decided(
            e.StreamId, e.Data.OrderId, e.Data.Amount, "approved", [], e.Data.Reserved, e.Data.Available,
            e.Data.Warnings, e.Data.At))
        .On<OrderHeld>(e => Decided(
            e.StreamId, e.Data.OrderId, e.Data.Amount, "held", e.Data.Reasons, Nothing(e.Data.Amount),
            e.Data.Available, e.Data.Warnings, e.Data.At))
        .On<OrderDeclined>(e => Decided(
            e.StreamId, e.Data.OrderId, e.Data.Amount, "declined", e.Data.Reasons, Nothing(e.Data.Amount),
            e.Data.Available, e.Data.Warnings, e.Data.At))
        .On<OrderReduced>(e => Decided(
            e.StreamId, e.Data.OrderId, e.Data.Amount, e.Data.IsReleased ? "released" : "approved", [],
            e.Data.Reserved, e.Data.Available))
        .On<OrderReleased>(e => Decided(
            e.StreamId, e.Data.OrderId, e.Data.Amount, "released", e.Data.Reasons, e.Data.Reserved, e.Data.Available,
            e.Data.Warnings, releaseReason: e.Data.ReleaseReason))
        .On<OrderCancelled>(e => Decided(
            e.StreamId, e.Data.OrderId, e.Data.Amount, "cancelled", [], Nothing(e.Data.Amount), e.Data.Available))
        .On<OrderExpired>(e => Decided(
            e.StreamId, e.Data.OrderId, e.Data.Amount, "expired", [], Nothing(e.Data.Amount), e.Data.Available));

    private static V1.OrderDecided Decided(
        Guid customerId, string orderId, Money amount, string decision, IReadOnlyList<OrderReason> reasons,
        Money reserved, Money available, IReadOnlyList<OrderReason>? warnings = null, CheckPoint? at = null,
        string? releaseReason = null) =>
        new(customerId, orderId, amount.ToContract(), decision,
            Reasons(reasons), reserved.ToContract(), available.ToContract(),
            warnings?.Select(warning => new V1.DecisionWarning(warning.Code, warning.Detail)).ToList(),
            at is { } point ? Json.NameOf(point) : null, releaseReason);

    private static IReadOnlyList<V1.DecisionReason> Reasons(IReadOnlyList<OrderReason> reasons) =>
        [.. reasons.Select(reason => new V1.DecisionReason(reason.Code, reason.Detail))];

    private static Money Nothing(Money amount) => Money.Zero(amount.Currency);

    private static string Reason<TEvent>(Recorded<TEvent> e) => e.Event.Metadata.Reason ?? "";
}
