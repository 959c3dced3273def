using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Disputes;

/// <summary>A dispute about an amount of an installment.</summary>
public sealed record Dispute
{
    public static readonly Dispute Initial = new();

    /// <summary>As it is; null before it is opened.</summary>
    public DisputeCase? Case { get; init; }

    /// <summary>Where it stands.</summary>
    public DisputeStatus Status { get; init; }

    /// <summary>The request for its credit memo; null before that.</summary>
    public Guid? RequestId { get; init; }

    /// <summary>Its day has passed and nobody has decided.</summary>
    public bool IsOverdue { get; init; }

    /// <summary>The payment that fell short is gone; Invoicing's answer ends it, whatever it is.</summary>
    public bool IsDeductionTakenBack { get; init; }

    /// <summary>Nobody has decided yet.</summary>
    public bool IsUndecided => Status is DisputeStatus.Open or DisputeStatus.Investigating;

    public static Dispute Evolve(Dispute dispute, object e) => e switch
    {
        DisputeOpened opened => dispute with
        {
            Case = new DisputeCase(
                opened, opened.Reason, opened.Team, null, opened.DueOn, null, Money.Zero(opened.Amount.Currency),
                opened.Amount),
        },
        DisputeTaken taken => dispute with { Case = taken.Case, Status = taken.Case.Undecided },
        DisputeChanged changed => dispute with
        {
            Case = changed.Case,
            Status = changed.Case.Undecided,
            IsOverdue = dispute.IsOverdue && changed.Case.DueOn == dispute.Case!.DueOn,
        },
        DisputeAccepted accepted => dispute with
        {
            Case = accepted.Case,
            Status = DisputeStatus.Accepted,
            RequestId = accepted.RequestId,
        },
        DisputeCredited credited => dispute with { Case = credited.Case, Status = DisputeStatus.Credited },
        DisputeCreditRefused refused => dispute with { Case = refused.Case, Status = refused.Case.Undecided },
        DisputeRejected rejected => dispute with { Case = rejected.Case, Status = DisputeStatus.Rejected },
        DisputeWithdrawn withdrawn => dispute with { Case = withdrawn.Case, Status = DisputeStatus.Withdrawn },
        DisputeDeductionTakenBack => dispute with { IsDeductionTakenBack = true },
        DisputeFellOverdue overdue => dispute with { Case = overdue.Case, IsOverdue = true },
        _ => dispute,
    };
}

public static class DisputeStream
{
    public static readonly StreamType<Dispute> Type = new("dispute", Dispute.Initial, Dispute.Evolve);

    /// <summary>The dispute of a payment that fell short.</summary>
    public static Guid OfDeduction(Guid allocationId) => Ids.From("deduction-dispute", allocationId.ToString("D"));
}
