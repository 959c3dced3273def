using OrderToCash.Collections.Holds;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Placements;

/// <summary>What may be handed over to an agency, and what becomes of it.</summary>
public static class PlacementDecider
{
    /// <summary>
    /// What is handed over, or why nothing can be. It is of one currency, that of the wish's amount. An agency gets in
    /// touch with whom it is given: nobody is who is left alone.
    /// </summary>
    /// <param name="wish">What is past due of what is to be handed over, in any currency.</param>
    /// <param name="leftAlone">Kind of a hold that forbids contact with the customer, or null.</param>
    public static (PlacementProposed? Placement, Refusal? Refusal) Draft(
        PlacementProposed wish, HoldKind? leftAlone = null)
    {
        ArgumentNullException.ThrowIfNull(wish);
        if (leftAlone is { } hold)
            return (null, HoldRefusals.LeftAlone(hold));
        if (wish.CommissionPercent is < 0 or > 50)
            return (null, PlacementRefusals.Commission());
        var currency = wish.Amount.Currency;
        var overdue = wish.Items.Where(item => item.Amount.IsPositive).ToList();
        var items = overdue.FindAll(item => item.Amount.Currency == currency);
        if (items.Count == 0)
        {
            return (null, overdue.Count == 0
                ? PlacementRefusals.NothingOverdue()
                : PlacementRefusals.OtherCurrency(currency, overdue));
        }

        var amount = Money.Sum(items.Select(item => item.Amount), currency);
        return (wish with { Items = items, Amount = amount }, null);
    }

    /// <summary>
    /// Hands it over, if all of it may still be collected; else it is rejected and made anew. Under a hold that forbids
    /// contact it goes on waiting.
    /// </summary>
    /// <param name="placement">As it was proposed.</param>
    /// <param name="collectible">What may be collected of an item by now.</param>
    /// <param name="leftAlone">Kind of a hold that forbids contact with the customer by now, or null.</param>
    public static Decision Place(
        Placement placement, Func<PlacedItem, Money> collectible, HoldKind? leftAlone = null)
    {
        ArgumentNullException.ThrowIfNull(placement);
        ArgumentNullException.ThrowIfNull(collectible);
        return placement is not { Status: PlacementStatus.Proposed, Proposed: { } proposed }
            ? PlacementRefusals.Ended(placement.Status)
            : leftAlone is { } hold ? HoldRefusals.LeftAlone(hold)
            : proposed.Items.FirstOrDefault(item => collectible(item) < item.Amount) is { } less
                ? PlacementRefusals.LessCollectible(less)
                : Decision.Of(new PlacementMade(proposed));
    }

    /// <summary>It was not approved.</summary>
    public static Decision Reject(Placement placement, string how)
    {
        ArgumentNullException.ThrowIfNull(placement);
        return placement is { Status: PlacementStatus.Proposed, Proposed: { } proposed }
            ? Decision.Of(new PlacementRejected(proposed, how))
            : Decision.Nothing;
    }

    /// <summary>Takes it back.</summary>
    public static Decision Recall(Placement placement)
    {
        ArgumentNullException.ThrowIfNull(placement);
        return placement switch
        {
            { Status: PlacementStatus.Recalled } => Decision.Nothing,
            { Status: PlacementStatus.Placed, Proposed: { } proposed } =>
                Decision.Of(new PlacementRecalled(
                    proposed, placement.Received!.Value, placement.Commission!.Value)),
            _ => PlacementRefusals.Ended(placement.Status),
        };
    }

    /// <summary>
    /// Accounts for what the agency has brought in; all settled, it is closed. After its end, too: money may be booked
    /// late, and what is taken back earns nothing.
    /// </summary>
    public static Decision Account(Placement placement, Money received, bool isSettled)
    {
        ArgumentNullException.ThrowIfNull(placement);
        if (placement is not
            {
                Status: PlacementStatus.Placed or PlacementStatus.Recalled or PlacementStatus.Closed,
                Proposed: { } proposed,
            })
            return Decision.Nothing;
        var commission = received.Times(proposed.CommissionPercent / 100);
        var events = new List<object>();
        if (received != placement.Received)
            events.Add(new CommissionAccrued(proposed, received, commission, placement.Status));
        if (isSettled && placement.Status == PlacementStatus.Placed)
            events.Add(new PlacementClosed(proposed, received, commission));
        return Decision.Of(events);
    }
}

/// <summary>Why a placement may be refused.</summary>
public static class PlacementRefusals
{
    public static Refusal Commission() => new(
        "commission", "A commission is 0 to 50 percent.", Field: "/commissionPercent");

    public static Refusal NothingOverdue() => new(
        "nothing-overdue", "Nothing that is past due may be collected: it is paid, disputed, promised or planned.",
        Field: "/customerId");

    public static Refusal OtherCurrency(Currency currency, IEnumerable<PlacedItem> overdue)
    {
        var others = overdue.Select(item => item.Amount.Currency.Code).Distinct().Order(StringComparer.Ordinal);
        return new Refusal(
            "other-currency",
            $"Nothing that is past due is in {currency.Code}; what is in {string.Join(", ", others)} is handed over " +
            "by a placement that names that currency.",
            Field: "/currency");
    }

    public static Refusal AlreadyPlaced() => Refusal.State(
        "already-placed", "One of these items is with an agency already.");

    public static Refusal LessCollectible(PlacedItem item) => Refusal.State(
        "less-collectible",
        $"{item.InvoiceNumber} was to be handed over with {item.Amount}; less of it may be collected by now.");

    public static Refusal Ended(PlacementStatus status) => Refusal.State(
        "placement-ended", $"The placement is {status} already.");
}
