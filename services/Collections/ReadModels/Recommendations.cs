using OrderToCash.Collections.Recommendations;
using OrderToCash.EventSourcing.Projections;

namespace OrderToCash.Collections.ReadModels;

/// <summary>Recommendations, and which are still under way.</summary>
public sealed class RecommendationsProjection : Projection
{
    private const string Insert =
        "insert into recommendations (id, legal_entity, customer_id, kind, currency, amount, items, score, reason, " +
        "approval_id, status, under_way, made_at, made_by, version) select r.id, r.legal_entity, r.customer_id, " +
        "r.kind, r.currency, r.amount, r.items, r.score, r.reason, r.approval_id, 'waiting', true, r.at, r.by, " +
        "r.version from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) as r (id, legal_entity, " +
        "customer_id, kind, currency, amount, items, score, reason, approval_id, at, by, version)";

    private const string Items =
        "insert into recommendation_items (recommendation_id, invoice_id, installment) " +
        "select i.* from unnest($1, $2, $3) as i";

    private const string Update =
        "update recommendations r set status = n.status, under_way = false, detail = n.detail, " +
        "settled_at = n.at, version = n.version from unnest($1, $2, $3, $4, $5) " +
        "as n (id, status, detail, at, version) where r.id = n.id";

    /// <summary>What was settled or held back while it waited is no part of it any more.</summary>
    private const string Approve =
        "update recommendations r set status = 'approved', under_way = true, currency = n.currency, " +
        "amount = n.amount, items = n.items, settled_at = n.at, version = n.version " +
        "from unnest($1, $2, $3, $4, $5, $6) as n (id, currency, amount, items, at, version) where r.id = n.id";

    private const string Forget = "delete from recommendation_items where recommendation_id = any($1)";

    public RecommendationsProjection()
        : base("recommendations", "recommendations", "recommendation_items")
    {
        On<RecommendationMade>(Insert, rows => rows
            .Column(r => r.StreamId)
            .Column(r => r.Data.LegalEntity)
            .Column(r => r.Data.CustomerId)
            .Column(r => Kebab.Of(r.Data.Kind))
            .Column(r => r.Data.Amount.Currency.Code)
            .Column(r => r.Data.Amount.Amount)
            .Column(r => r.Data.Items.Count)
            .Column(r => r.Data.Evidence.Score)
            .Column(r => r.Data.Reason)
            .Column(r => r.Data.ApprovalId)
            .Column(r => r.At)
            .Column(r => r.Event.Metadata.By)
            .Column(r => r.Version));
        OnItems<RecommendationMade>(e => e.Items);
        On<RecommendationApproved>(Approve, rows => rows
            .Column(r => r.StreamId)
            .Column(r => r.Data.Made.Amount.Currency.Code)
            .Column(r => r.Data.Made.Amount.Amount)
            .Column(r => r.Data.Made.Items.Count)
            .Column(r => r.At)
            .Column(r => r.Version));
        On<RecommendationApproved>(Forget, rows => rows.Column(r => r.StreamId));
        OnItems<RecommendationApproved>(e => e.Made.Items);
        OnStatus<RecommendationRejected>(RecommendationStatus.Rejected, detail: e => e.How);
        OnStatus<RecommendationWithdrawn>(RecommendationStatus.Withdrawn, detail: e => e.Why);
        OnStatus<RecommendationCarriedOut>(RecommendationStatus.CarriedOut);
        OnStatus<RecommendationRefused>(RecommendationStatus.Refused, detail: e => e.Detail);
        OnStatus<RecommendationReversed>(RecommendationStatus.Reversed);
    }

    private void OnItems<TEvent>(Func<TEvent, IReadOnlyList<RecommendedItem>> items) =>
        OnEach<TEvent, (Guid Recommendation, RecommendedItem Item)>(
            r => items(r.Data).Select(item => (r.StreamId, item)), Items, rows => rows
                .Column(r => r.Recommendation)
                .Column(r => r.Item.InvoiceId)
                .Column(r => r.Item.Installment));

    private void OnStatus<TEvent>(RecommendationStatus status, Func<TEvent, string>? detail = null) =>
        On<TEvent>(Update, rows => rows
            .Column(r => r.StreamId)
            .Column(_ => Kebab.Of(status))
            .Column(r => detail?.Invoke(r.Data))
            .Column(r => r.At)
            .Column(r => r.Version));
}
