using OrderToCash.Collections.Placements;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Collections.Recommendations;
using OrderToCash.EventSourcing.Projections;
using OrderToCash.Kernel;
using OrderToCash.Messaging;
using Contract = OrderToCash.Contracts.Collections.V1;

namespace OrderToCash.Collections.Integration;

/// <summary>What Collections recommends, asks Invoicing for, and hands over to agencies.</summary>
internal static class RecommendationPublications
{
    public static Publications Recommendations(this Publications publications) => publications
        .On<RecommendationMade>(e => new Contract.RecommendationMade(
            e.StreamId, e.Data.LegalEntity, e.Data.CustomerId, Kebab.Of(e.Data.Kind), e.Data.Amount.ToContract(),
            e.Data.Evidence.Score, e.Data.Reason))
        .On<RecommendationApproved>(e => Settled(e, e.Data.Made, RecommendationStatus.Approved, ""))
        .On<RecommendationApproved>(e => Asked(e, e.Data.Made, e.Data.RequestId))
        .On<RecommendationRejected>(e => Settled(e, e.Data.Made, RecommendationStatus.Rejected, e.Data.How))
        .On<RecommendationWithdrawn>(e => Settled(e, e.Data.Made, RecommendationStatus.Withdrawn, e.Data.Why))
        .On<RecommendationCarriedOut>(e => Settled(e, e.Data.Made, RecommendationStatus.CarriedOut, ""))
        .On<RecommendationRefused>(e => Settled(e, e.Data.Made, RecommendationStatus.Refused, e.Data.Detail))
        .On<RecommendationReversed>(e => Settled(e, e.Data.Made, RecommendationStatus.Reversed, ""))
        .On<RecommendationReversed>(e => Service(
            e, e.Data.Made, e.Data.RequestId, "reinstate", "What service was suspended for is paid."));

    public static Publications Placements(this Publications publications) => publications
        .On<PlacementMade>(e => Placement(
            e, e.Data.Placement, "placed", None(e.Data.Placement), None(e.Data.Placement)))
        .On<CommissionAccrued>(e => Placement(
            e, e.Data.Placement, Kebab.Of(e.Data.Status ?? PlacementStatus.Placed), e.Data.Received,
            e.Data.Commission))
        .On<PlacementRecalled>(e => Placement(
            e, e.Data.Placement, "recalled", e.Data.Received, e.Data.Commission))
        .On<PlacementClosed>(e => Placement(e, e.Data.Placement, "closed", e.Data.Received, e.Data.Commission));

    private static object Asked<TEvent>(Recorded<TEvent> e, RecommendationMade made, Guid requestId) =>
        made.Kind switch
        {
            RecommendationKind.WriteOff => new Contract.WriteOffRequested(
                requestId, e.StreamId, made.LegalEntity, made.CustomerId,
                [.. made.Items.Select(item => new Contract.WriteOffItem(
                    item.InvoiceId, item.Installment, item.Amount.ToContract()))],
                e.Event.Metadata.By, made.Reason),
            RecommendationKind.Suspend => Service(e, made, requestId, "suspend", made.Reason),
            _ => Service(e, made, requestId, "terminate", made.Reason),
        };

    private static Contract.ServiceChangeRequested Service<TEvent>(
        Recorded<TEvent> e, RecommendationMade made, Guid requestId, string change, string reason) => new(
            requestId, e.StreamId, made.LegalEntity, made.CustomerId, change, e.Event.Metadata.By, reason);

    private static Contract.RecommendationSettled Settled<TEvent>(
        Recorded<TEvent> e, RecommendationMade made, RecommendationStatus status, string detail) => new(
            e.StreamId, made.LegalEntity, made.CustomerId, Kebab.Of(made.Kind), Kebab.Of(status), detail);

    private static Money None(PlacementProposed placement) => Money.Zero(placement.Amount.Currency);

    private static Contract.AgencyPlacementChanged Placement<TEvent>(
        Recorded<TEvent> e, PlacementProposed placement, string status, Money received, Money commission) => new(
            e.StreamId, placement.LegalEntity, placement.CustomerId, placement.Agency, status,
            placement.Amount.ToContract(), received.ToContract(), commission.ToContract(),
            [.. placement.Items.Select(item => new Contract.PlacedItem(
                item.InvoiceId, item.Installment, item.Amount.ToContract()))]);
}
