using OrderToCash.Collections.Holds;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Recommendations;

/// <summary>What somebody, or a playbook, wants to recommend.</summary>
/// <param name="Items">What may be collected and is past due; disputed amounts are not in them.</param>
/// <param name="MaySuspend">The customer's contract lets service be suspended.</param>
/// <param name="Currency">Of what is to be written off: the customer's, unless another one is asked for.</param>
/// <param name="LeftAlone">Kind of a hold that forbids contact with the customer, or null.</param>
/// <param name="Books">In which the bands of the matrix are; null is the customer's.</param>
public sealed record RecommendationWish(
    string LegalEntity, Guid CustomerId, RecommendationKind Kind, IReadOnlyList<RecommendedItem> Items,
    Currency Currency, bool MaySuspend, Evidence Evidence, string Reason, HoldKind? LeftAlone = null,
    Currency? Books = null);

/// <summary>What may become of a recommendation.</summary>
public static class RecommendationDecider
{
    /// <summary>
    /// What is recommended, or why it cannot be. Never for disputed amounts, not against a contract, and nothing that
    /// is to make a customer pay who is left alone: to give the debt up is no contact. What is written off is of one
    /// currency, in which it is judged; of others nothing would count.
    /// </summary>
    public static (RecommendationMade? Made, Refusal? Refusal) Draft(RecommendationWish wish)
    {
        ArgumentNullException.ThrowIfNull(wish);
        if (MakesPay(wish.Kind) && wish.LeftAlone is { } hold)
            return (null, HoldRefusals.LeftAlone(hold));
        var overdue = wish.Items.Where(item => item.Amount.IsPositive).ToList();
        var owed = MakesPay(wish.Kind)
            ? overdue
            : overdue.FindAll(item => item.Amount.Currency == wish.Currency);
        if (owed.Count == 0)
        {
            return (null, overdue.Count == 0
                ? RecommendationRefusals.NothingOverdue()
                : RecommendationRefusals.OtherCurrency(wish.Currency, overdue));
        }

        if (MakesPay(wish.Kind) && !wish.MaySuspend)
            return (null, RecommendationRefusals.NotInContract());
        return (new RecommendationMade(
            wish.LegalEntity, wish.CustomerId, wish.Kind, Judged(owed, wish.Books ?? wish.Currency), owed,
            wish.Evidence, wish.Reason, null), null);
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
                made with { Items = items, Amount = Left(items, made.Amount.Currency) }, requestId));
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
    /// What is owed; where that is in several currencies, what of it is due longest in another one than the books'. The
    /// matrix cannot compare that with less, so it needs the highest band: one currency alone would be judged too low.
    /// </summary>
    private static Money Judged(IReadOnlyList<RecommendedItem> items, Currency books) => SumOf(
        items,
        items.OrderBy(item => item.Amount.Currency == books).ThenBy(item => item.DueDate).First().Amount.Currency);

    /// <summary>What is left in the currency in which it was judged, else in that of what is due longest.</summary>
    private static Money Left(IReadOnlyList<RecommendedItem> items, Currency judged) => SumOf(
        items,
        items.OrderBy(item => item.Amount.Currency != judged).ThenBy(item => item.DueDate).First().Amount.Currency);

    private static Money SumOf(IReadOnlyList<RecommendedItem> items, Currency currency) =>
        Money.Sum(items.Select(item => item.Amount).Where(amount => amount.Currency == currency), currency);

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

    public static Refusal OtherCurrency(Currency currency, IEnumerable<RecommendedItem> overdue)
    {
        var others = overdue.Select(item => item.Amount.Currency.Code).Distinct().Order(StringComparer.Ordinal);
        return new Refusal(
            "other-currency",
            $"Nothing that is past due is in {currency.Code}; what is in {string.Join(", ", others)} is written off " +
            "by a recommendation that names that currency.",
            Field: "/currency");
    }

    public static Refusal NotInContract() => new(
        "not-in-contract", "The customer's contract does not let service be suspended.", Field: "/kind");

    public static Refusal AlreadyRecommended() => Refusal.State(
        "already-recommended", "The same is recommended for this customer already.");

    public static Refusal Ended(RecommendationStatus status) => Refusal.State(
        "recommendation-ended", $"The recommendation is {status} already.");
}
