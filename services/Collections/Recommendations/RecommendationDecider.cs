using OrderToCash.Collections.Holds;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Recommendations;

/// <summary>What somebody, or a playbook, wants to recommend.</summary>
/// <param name="Items">What may be collected and is past due; disputed amounts are not in them.</param>
/// <param name="MaySuspend">The customer's contract lets service be suspended.</param>
/// <param name="Currency">The customer's: by its amount the recommendation is judged.</param>
/// <param name="LeftAlone">Kind of a hold that forbids contact with the customer, or null.</param>
public sealed record RecommendationWish(
    string LegalEntity, Guid CustomerId, RecommendationKind Kind, IReadOnlyList<RecommendedItem> Items,
    Currency Currency, bool MaySuspend, Evidence Evidence, string Reason, HoldKind? LeftAlone = null);

/// <summary>What may become of a recommendation.</summary>
public static class RecommendationDecider
{
    /// <summary>
    /// What is recommended, or why it cannot be. Never for disputed amounts, not against a contract, and nothing that
    /// is to make a customer pay who is left alone: to give the debt up is no contact. What is written off is of the
    /// customer's currency, in which it is judged; of others nothing would count.
    /// </summary>
    public static (RecommendationMade? Made, Refusal? Refusal) Draft(RecommendationWish wish)
    {
        ArgumentNullException.ThrowIfNull(wish);
        if (MakesPay(wish.Kind) && wish.LeftAlone is { } hold)
            return (null, HoldRefusals.LeftAlone(hold));
        var owed = wish.Items.Where(item => item.Amount.IsPositive
            && (wish.Kind != RecommendationKind.WriteOff || item.Amount.Currency == wish.Currency)).ToList();
        if (owed.Count == 0)
            return (null, RecommendationRefusals.NothingOverdue());
        if (MakesPay(wish.Kind) && !wish.MaySuspend)
            return (null, RecommendationRefusals.NotInContract());
        return (new RecommendationMade(
            wish.LegalEntity, wish.CustomerId, wish.Kind, Judged(owed, wish.Currency), owed, wish.Evidence,
            wish.Reason, null), null);
    }

    /// <summary>
    /// It may be carried out, as far as its items may still be collected: what was paid, disputed, promised, planned
    /// or handed over while it waited is left out. Never more than was recommended. Under a hold that forbids contact
    /// it goes on waiting, as <see cref="Draft"/> says.
    /// </summary>
    /// <param name="recommendation">The recommendation.</param>
    /// <param name="left">What of an item may be collected now.</param>
    /// <param name="requestId">The request to Invoicing.</param>
    /// <param name="leftAlone">Kind of a hold that forbids contact with the customer by now, or null.</param>
    public static Decision Approve(
        Recommendation recommendation, Func<RecommendedItem, Money> left, Guid requestId, HoldKind? leftAlone = null)
    {
        ArgumentNullException.ThrowIfNull(recommendation);
        ArgumentNullException.ThrowIfNull(left);
        if (recommendation is not { Status: RecommendationStatus.Waiting, Made: { } made })
            return RecommendationRefusals.Ended(recommendation.Status);
        if (MakesPay(made.Kind) && leftAlone is { } hold)
            return HoldRefusals.LeftAlone(hold);
        var items = made.Items
            .Select(item => item with { Amount = Money.Min(item.Amount, left(item)) })
            .Where(item => item.Amount.IsPositive)
            .ToList();
        return items.Count == 0
            ? RecommendationRefusals.NothingOverdue()
            : Decision.Of(new RecommendationApproved(
                made with { Items = items, Amount = Judged(items, made.Amount.Currency) }, requestId));
    }

    /// <summary>True for what is done to a customer so that it pays.</summary>
    public static bool MakesPay(RecommendationKind kind) => kind != RecommendationKind.WriteOff;

    /// <summary>It was not approved.</summary>
    public static Decision Reject(Recommendation recommendation, string how)
    {
        ArgumentNullException.ThrowIfNull(recommendation);
        return recommendation is { Status: RecommendationStatus.Waiting, Made: { } made }
            ? Decision.Of(new RecommendationRejected(made, how))
            : Decision.Nothing;
    }

    /// <summary>
    /// What was recommended is cured: its items are settled. One that waits is withdrawn; service that was suspended
    /// for it goes on.
    /// </summary>
    public static Decision Cure(Recommendation recommendation, string why, Guid requestId)
    {
        ArgumentNullException.ThrowIfNull(recommendation);
        return recommendation switch
        {
            { Status: RecommendationStatus.Waiting, Made: { } made } =>
                Decision.Of(new RecommendationWithdrawn(made, why)),
            { Status: RecommendationStatus.CarriedOut, Made: { Kind: RecommendationKind.Suspend } made } =>
                Decision.Of(new RecommendationReversed(made, requestId)),
            _ => Decision.Nothing,
        };
    }

    /// <summary>
    /// What is owed in the customer's currency; where nothing is, in that of what is due longest: it would be judged as
    /// nothing at all.
    /// </summary>
    private static Money Judged(IReadOnlyList<RecommendedItem> items, Currency currency)
    {
        var judged = items.Any(item => item.Amount.Currency == currency)
            ? currency
            : items.MinBy(item => item.DueDate)!.Amount.Currency;
        return Money.Sum(items.Select(item => item.Amount).Where(amount => amount.Currency == judged), judged);
    }

    /// <summary>Notes what Invoicing has made of it.</summary>
    public static Decision Answer(
        Recommendation recommendation, Guid requestId, bool carriedOut, string code, string detail)
    {
        ArgumentNullException.ThrowIfNull(recommendation);
        return recommendation is { Status: RecommendationStatus.Approved, Made: { } made }
            && recommendation.RequestId == requestId
                ? Decision.Of(carriedOut
                    ? new RecommendationCarriedOut(made)
                    : new RecommendationRefused(made, code, detail))
                : Decision.Nothing;
    }
}

/// <summary>Why a recommendation may be refused.</summary>
public static class RecommendationRefusals
{
    public static Refusal NothingOverdue() => new(
        "nothing-overdue", "Nothing that is past due may be collected: it is paid, disputed, promised or planned.",
        Field: "/customerId");

    public static Refusal NotInContract() => new(
        "not-in-contract", "The customer's contract does not let service be suspended.", Field: "/kind");

    public static Refusal AlreadyRecommended() => Refusal.State(
        "already-recommended", "The same is recommended for this customer already.");

    public static Refusal Ended(RecommendationStatus status) => Refusal.State(
        "recommendation-ended", $"The recommendation is {status} already.");
}
