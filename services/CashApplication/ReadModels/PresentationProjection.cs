using OrderToCash.CashApplication.Presentations;
using OrderToCash.EventSourcing.Projections;

namespace OrderToCash.CashApplication.ReadModels;

/// <summary>Keeps <c>presentations</c> and <c>presentation_attempts</c>.</summary>
public sealed class PresentationProjection : Projection
{
    private const string Answer =
        "insert into presentations (id, answered, refused, version) select * from unnest($1, $2, $3, $4) " +
        "on conflict (id) do update set answered = excluded.answered, refused = excluded.refused, " +
        "version = excluded.version";

    public PresentationProjection()
        : base("presentations", "presentations", "presentation_attempts")
    {
        On<PresentationTaken>(
            Answer,
            rows => rows.Column(e => e.StreamId).Column(e => e.Data.Asked).Column(_ => (string?)null)
                .Column(e => e.Version));
        On<PresentationRefused>(
            Answer,
            rows => rows.Column(e => e.StreamId).Column(e => e.Data.Asked).Column(e => e.Data.Reason)
                .Column(e => e.Version));
        On<PresentationDeclined>(
            "update presentations p set version = s.version from unnest($1, $2) as s (id, version) where p.id = s.id",
            rows => rows.Column(e => e.StreamId).Column(e => e.Version));
        On<PresentationTaken>(
            "insert into presentation_attempts (pending_id, presentation_id, customer_id, number, method, " +
            "instrument, amount, on_day) select * from unnest($1, $2, $3, $4, $5, $6, $7, $8)",
            rows => rows
                .Column(e => e.Data.PendingPaymentId)
                .Column(e => e.StreamId)
                .Column(e => e.Data.CustomerId)
                .Column(e => e.Version)
                .Column(e => e.Data.Method)
                .Column(e => e.Data.Instrument)
                .Column(e => e.Data.Amount.Amount)
                .Column(e => e.Data.On));
        On<PresentationDeclined>(
            "update presentation_attempts a set is_final = true from unnest($1, $2) as s (id, final) " +
            "where a.pending_id = s.id and s.final",
            rows => rows.Column(e => e.Data.PendingPaymentId).Column(e => e.Data.IsFinal));
    }
}
