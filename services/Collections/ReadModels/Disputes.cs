using OrderToCash.Collections.Disputes;
using OrderToCash.EventSourcing.Projections;

namespace OrderToCash.Collections.ReadModels;

/// <summary>Disputes, those that are decided among them.</summary>
public sealed class DisputesProjection : Projection
{
    private const string Insert =
        "insert into disputes (id, legal_entity, customer_id, invoice_id, installment, currency, amount, accepted, " +
        "disputed, reason, team, due_on, status, overdue, deduction_id, note, opened_at, opened_by, version) " +
        "select d.id, d.legal_entity, d.customer_id, d.invoice_id, d.installment, d.currency, d.amount, 0, d.amount, " +
        "d.reason, d.team, d.due_on, 'open', false, d.deduction_id, d.note, d.at, d.by, d.version " +
        "from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) as d (id, legal_entity, " +
        "customer_id, invoice_id, installment, currency, amount, reason, team, due_on, deduction_id, note, at, by, " +
        "version)";

    private const string Update =
        "update disputes d set reason = n.reason, team = n.team, owner = n.owner, due_on = n.due_on, " +
        "root_cause = n.root_cause, accepted = n.accepted, disputed = n.disputed, " +
        "status = n.status, overdue = n.due_on = d.due_on and (d.overdue or n.overdue), " +
        "credit_memo_number = coalesce(n.number, d.credit_memo_number), " +
        "settled_at = coalesce(n.settled_at, d.settled_at), version = n.version " +
        "from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) as n (id, reason, team, owner, due_on, " +
        "root_cause, accepted, disputed, status, overdue, number, settled_at, version) where d.id = n.id";

    private const string ByPolicy =
        "update disputes d set by_policy = n.by_policy from unnest($1, $2) as n (id, by_policy) where d.id = n.id";

    public DisputesProjection()
        : base("disputes", "disputes")
    {
        On<DisputeOpened>(Insert, rows => rows
            .Column(r => r.StreamId)
            .Column(r => r.Data.LegalEntity)
            .Column(r => r.Data.CustomerId)
            .Column(r => r.Data.InvoiceId)
            .Column(r => r.Data.Installment)
            .Column(r => r.Data.Amount.Currency.Code)
            .Column(r => r.Data.Amount.Amount)
            .Column(r => Kebab.Of(r.Data.Reason))
            .Column(r => r.Data.Team)
            .Column(r => r.Data.DueOn)
            .Column(r => r.Data.DeductionId)
            .Column(r => r.Data.Note)
            .Column(r => r.At)
            .Column(r => r.Event.Metadata.By)
            .Column(r => r.Version));
        OnCase<DisputeTaken>(null, taken => taken.Case);
        OnCase<DisputeChanged>(null, changed => changed.Case);
        OnCase<DisputeAccepted>(DisputeStatus.Accepted, accepted => accepted.Case);
        On<DisputeAccepted>(ByPolicy, rows => rows
            .Column(r => r.StreamId)
            .Column(r => r.Data.ByPolicy));
        OnCase<DisputeCredited>(
            DisputeStatus.Credited, credited => credited.Case, credited => credited.CreditMemoNumber, settles: true);
        OnCase<DisputeCreditRefused>(null, refused => refused.Case);
        OnCase<DisputeRejected>(DisputeStatus.Rejected, rejected => rejected.Case, settles: true);
        OnCase<DisputeWithdrawn>(DisputeStatus.Withdrawn, withdrawn => withdrawn.Case, settles: true);
        OnCase<DisputeFellOverdue>(null, overdue => overdue.Case, overdue: true);
    }

    private void OnCase<TEvent>(
        DisputeStatus? status, Func<TEvent, DisputeCase?> state, Func<TEvent, string?>? number = null,
        bool settles = false, bool overdue = false) =>
        OnEach<TEvent, (Recorded<TEvent> Event, DisputeCase Case)>(
            r => state(r.Data) is { } now ? [(r, now)] : [], Update, rows => rows
                .Column(r => r.Event.StreamId)
                .Column(r => Kebab.Of(r.Case.Reason))
                .Column(r => r.Case.Team)
                .Column(r => r.Case.Owner)
                .Column(r => r.Case.DueOn)
                .Column(r => r.Case.RootCause)
                .Column(r => r.Case.Accepted.Amount)
                .Column(r => r.Case.Disputed.Amount)
                .Column(r => Kebab.Of(status ?? r.Case.Undecided))
                .Column(_ => overdue)
                .Column(r => number?.Invoke(r.Event.Data))
                .Column(r => settles ? r.Event.At : (DateTimeOffset?)null)
                .Column(r => r.Event.Version));
}
