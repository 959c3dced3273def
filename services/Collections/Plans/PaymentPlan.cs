using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Plans;

/// <summary>A payment plan.</summary>
public sealed record PaymentPlan
{
    public static readonly PaymentPlan Initial = new();

    /// <summary>What was worked out; null before that.</summary>
    public PlanProposed? Plan { get; init; }

    /// <summary>Where it stands.</summary>
    public PlanStatus Status { get; init; }

    /// <summary>What was settled when something last became of it.</summary>
    public Money? Received { get; init; }

    /// <summary>The last request to move due dates; null before that.</summary>
    public Guid? RequestId { get; init; }

    /// <summary>Whether Invoicing has moved the due dates: null while it has not answered.</summary>
    public string? Rescheduling { get; init; }

    public static PaymentPlan Evolve(PaymentPlan plan, object e) => e switch
    {
        PlanProposed proposed => plan with { Plan = proposed, Received = Money.Zero(proposed.Amount.Currency) },
        PlanActivated activated => plan.Now(PlanStatus.Active, null, activated.RequestId),
        PlanRejected => plan with { Status = PlanStatus.Rejected },
        PlanBreached breached => plan.Now(PlanStatus.Breached, breached.Received, breached.RequestId),
        PlanReinstated reinstated => plan.Now(PlanStatus.Active, reinstated.Received, reinstated.RequestId),
        PlanCompleted completed => plan.Now(PlanStatus.Completed, completed.Received, null),
        PlanCancelled cancelled => plan.Now(PlanStatus.Cancelled, cancelled.Received, cancelled.RequestId),
        PlanReschedulingAnswered answered when answered.RequestId == plan.RequestId =>
            plan with { Rescheduling = answered.Outcome },
        _ => plan,
    };

    private PaymentPlan Now(PlanStatus status, Money? received, Guid? requestId) => this with
    {
        Status = status,
        Received = received ?? Received,
        RequestId = requestId ?? RequestId,
        Rescheduling = requestId is null ? Rescheduling : null,
    };
}

public static class PaymentPlanStream
{
    public static readonly StreamType<PaymentPlan> Type =
        new("payment_plan", PaymentPlan.Initial, PaymentPlan.Evolve);
}
