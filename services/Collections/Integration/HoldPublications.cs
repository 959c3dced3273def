using OrderToCash.Collections.Holds;
using OrderToCash.Collections.ReadModels;
using OrderToCash.EventSourcing.Projections;
using OrderToCash.Kernel;
using OrderToCash.Messaging;
using Contract = OrderToCash.Contracts.Collections.V1;

namespace OrderToCash.Collections.Integration;

/// <summary>What Collections tells the others about holds.</summary>
internal static class HoldPublications
{
    public static Publications Holds(this Publications publications) => publications
        .On<HoldPlaced>(placed => Placed(placed, placed.Data))
        .On<HoldExtended>(extended => Placed(extended, extended.Data.Placed))
        .On<HoldReleased>(released => Ended(released, released.Data.Placed, "released"))
        .On<HoldExpired>(expired => Ended(expired, expired.Data.Placed, "expired"));

    private static Contract.DunningHoldPlaced Placed<TEvent>(Recorded<TEvent> e, HoldPlaced hold) => new(
        e.StreamId, hold.LegalEntity, hold.CustomerId, Kebab.Of(hold.Kind), hold.InvoiceId, hold.Installment,
        hold.Amount?.ToContract(), hold.Until, hold.Reason);

    private static Contract.DunningHoldEnded Ended<TEvent>(Recorded<TEvent> e, HoldPlaced hold, string how) =>
        new(e.StreamId, hold.LegalEntity, hold.CustomerId, Kebab.Of(hold.Kind), how);
}
