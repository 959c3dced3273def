using OrderToCash.Collections.Disputes;
using OrderToCash.Collections.ReadModels;
using OrderToCash.EventSourcing.Projections;
using OrderToCash.Kernel;
using OrderToCash.Messaging;
using Contract = OrderToCash.Contracts.Collections.V1;
using State = OrderToCash.Collections.Disputes.Dispute;

namespace OrderToCash.Collections.Integration;

/// <summary>What Collections tells the others about disputes, and asks Invoicing for.</summary>
internal static class DisputePublications
{
    public static Publications Disputes(this Publications publications) => publications
        .On<DisputeOpened>(opened => new Contract.DisputeOpened(
            Dispute(opened, DisputeStatus.Open, State.Evolve(State.Initial, opened.Data).Case!), opened.Data.Note,
            opened.Data.DeductionId))
        .On<DisputeTaken>(taken => Changed(taken, taken.Data.Case.Undecided, taken.Data.Case))
        .On<DisputeChanged>(changed => Changed(changed, changed.Data.Case.Undecided, changed.Data.Case))
        .On<DisputeAccepted>(accepted => Changed(accepted, DisputeStatus.Accepted, accepted.Data.Case))
        .On<DisputeAccepted>(accepted => new Contract.DisputeCreditRequested(
            accepted.Data.RequestId, accepted.StreamId, accepted.Data.Case.Opened.LegalEntity,
            accepted.Data.Case.Opened.CustomerId, accepted.Data.Case.Opened.InvoiceId,
            accepted.Data.Case.Opened.Installment, accepted.Data.Case.Accepted.ToContract(),
            Kebab.Of(accepted.Data.Case.Reason), accepted.Event.Metadata.By, accepted.Event.Metadata.Reason))
        .On<DisputeCreditRefused>(refused => Changed(refused, refused.Data.Case.Undecided, refused.Data.Case))
        .On<DisputeCredited>(credited => Resolved(credited, DisputeStatus.Credited, credited.Data.Case))
        .On<DisputeRejected>(rejected => Resolved(rejected, DisputeStatus.Rejected, rejected.Data.Case))
        .On<DisputeWithdrawn>(withdrawn => withdrawn.Data.Case is { } now
            ? Resolved(withdrawn, DisputeStatus.Withdrawn, now)
            : null)
        .On<DisputeFellOverdue>(overdue => new Contract.DisputeFellOverdue(Dispute(
            overdue, overdue.Data.Case.Undecided, overdue.Data.Case)));

    private static Contract.DisputeChanged Changed<TEvent>(Recorded<TEvent> e, DisputeStatus status, DisputeCase now) =>
        new(Dispute(e, status, now));

    private static Contract.DisputeResolved Resolved<TEvent>(
        Recorded<TEvent> e, DisputeStatus status, DisputeCase now) =>
        new(Dispute(e, status, now), now.Accepted < now.Opened.Amount && status == DisputeStatus.Credited
            ? "partly-credited"
            : Kebab.Of(status));

    private static Contract.Dispute Dispute<TEvent>(Recorded<TEvent> e, DisputeStatus status, DisputeCase now) => new(
        e.StreamId, now.Opened.LegalEntity, now.Opened.CustomerId, now.Opened.InvoiceId, now.Opened.Installment,
        Kebab.Of(now.Reason), now.Opened.Amount.ToContract(), now.Accepted.ToContract(), now.Disputed.ToContract(),
        Kebab.Of(status), now.Team, now.Owner, now.DueOn);
}
