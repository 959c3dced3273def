using OrderToCash.Credit.CreditAccounts;
using OrderToCash.Credit.Policies;
using OrderToCash.Kernel;

namespace OrderToCash.Credit.TermsRequests;

/// <summary>Decides on requests for terms.</summary>
public static class TermsDecider
{
    private const int DaysOfYear = 365;

    /// <summary>
    /// The larger of what is declared and what is billed; what is billed where the two cannot be compared.
    /// </summary>
    public static Money Larger(Money declared, Money? billed, DecisionFacts facts)
    {
        if (billed is not { } known)
            return declared;
        var said = facts.Rates.Convert(declared, facts.Rates.Base, facts.OldestRate);
        var seen = facts.Rates.Convert(known, facts.Rates.Base, facts.OldestRate);
        return declared.Currency == known.Currency ? Money.Max(declared, known) : said >= seen ? declared : known;
    }

    /// <summary>
    /// By which amount the approval matrix judges terms: the largest billing, in the base currency; one that cannot be
    /// converted, and terms longer than the policy allows for the class, are in the highest band.
    /// </summary>
    public static Money Band(IEnumerable<Money> billings, DecisionFacts facts, bool isWithinPolicy = true)
    {
        if (!isWithinPolicy)
            return DecisionFacts.AboveAllBands(facts.Rates.Base);
        var most = Money.Zero(facts.Rates.Base);
        foreach (var billing in billings)
        {
            if (facts.Rates.Convert(billing, facts.Rates.Base, facts.OldestRate) is not { } amount)
                return DecisionFacts.AboveAllBands(facts.Rates.Base);
            most = Money.Max(most, amount);
        }

        return most;
    }

    /// <summary>What other terms cost, by the policy.</summary>
    /// <param name="wish">The terms.</param>
    /// <param name="billing">What is billed in a year.</param>
    /// <param name="agreedTerms">Terms the customer has.</param>
    /// <param name="riskClass">Its class, or null.</param>
    /// <param name="policy">Cost of capital, and the longest terms and the losses of each class.</param>
    public static TermsCost CostOf(
        TermsWish wish, Money billing, string agreedTerms, string? riskClass, TermsPolicy policy)
    {
        var (asked, agreed) = (CreditTerms.Read(wish.Terms), CreditTerms.Read(agreedTerms));
        var days = (asked?.Days ?? 0) - (agreed?.Days ?? 0);
        var receivables = billing.Times((decimal)days / DaysOfYear);
        var discount = Math.Max(0, (asked?.Discount ?? 0) - (agreed?.Discount ?? 0));
        int? most = policy.MaxDays is { } all && all.TryGetValue(riskClass ?? "*", out var max) ? max : null;
        Money? risk = policy.LossPercent is { } losses && losses.TryGetValue(riskClass ?? "*", out var loss)
            ? receivables.Times(loss / 100)
            : null;
        return new TermsCost(
            days, receivables, receivables.Times(policy.CostOfCapitalPercent / 100),
            billing.Times(discount / 100), most, most is null || asked?.Days <= most, risk);
    }

    /// <summary>Asks for terms.</summary>
    public static Decision Request(TermsRequest request, TermsRequested requested)
    {
        if (Check(requested.Wish) is { } refusal)
            return refusal;
        if (requested.Wish.Terms == requested.AgreedTerms && requested.Wish.BillingSchedule is null)
        {
            return new Refusal(
                "terms-agreed-already", $"The customer has {requested.AgreedTerms} already.", Field: "/terms");
        }

        return request.Requested is null ? Decision.Of(requested) : Decision.Nothing;
    }

    /// <summary>Offers something else; by a person other than who asked.</summary>
    public static Decision Offer(TermsRequest request, CounterOffered offer) =>
        (Refuse(request, offer.By) ?? Check(offer.Offer)) is { } refusal ? refusal
        : request.Offer?.Offer == offer.Offer ? Decision.Nothing
        : Decision.Of(offer);

    /// <summary>Takes the offer: it is what would be agreed now.</summary>
    public static Decision Accept(TermsRequest request) => request switch
    {
        { Requested: null } => Missing(),
        { Status: TermsStatus.CounterOffered } => Decision.Of(new CounterOfferAccepted()),
        { OfferIsAccepted: true, IsOver: false } => Decision.Nothing,
        _ => Refusal.State("no-offer", "There is no offer that could be accepted."),
    };

    /// <summary>Agrees to what is on the table; by a person other than who asked.</summary>
    public static Decision Approve(TermsRequest request, string by) =>
        Refuse(request, by) is { } refusal ? refusal
        : request.Status == TermsStatus.CounterOffered
            ? Refusal.State("offer-is-open", "The customer has not answered the offer yet.")
        : Decision.Of(new TermsApproved(request.OnTheTable, null));

    /// <summary>The decision waits for others.</summary>
    public static Decision SendUp(TermsRequest request, Guid approvalId) =>
        Refuse(request, by: null) is { } refusal ? refusal : Decision.Of(new TermsSentUp(approvalId));

    /// <summary>Agrees to what was approved above.</summary>
    public static Decision Grant(TermsRequest request, Guid approvalId) =>
        request.Status == TermsStatus.AwaitingApproval && request.ApprovalId == approvalId
            ? Decision.Of(new TermsApproved(request.OnTheTable, approvalId))
            : Over(request);

    /// <summary>Those above did not approve: it is the reviewer's again.</summary>
    public static Decision SendBack(TermsRequest request, Guid approvalId, string how) =>
        request.Status == TermsStatus.AwaitingApproval && request.ApprovalId == approvalId
            ? Decision.Of(new TermsSentBack(how))
            : Decision.Nothing;

    /// <summary>Does not agree.</summary>
    public static Decision Reject(TermsRequest request, string by) =>
        Refuse(request, by) is { } refusal ? refusal : Decision.Of(new TermsRejected());

    /// <summary>Nobody asks any more.</summary>
    public static Decision Withdraw(TermsRequest request) => request switch
    {
        { Requested: null } => Missing(),
        { Status: TermsStatus.Withdrawn } => Decision.Nothing,
        { IsOver: true } or { Status: TermsStatus.AwaitingApproval } => Over(request),
        _ => Decision.Of(new TermsWithdrawn()),
    };

    /// <summary>A plan stands beside its words: who does not know plans goes by those.</summary>
    private static Refusal? Check(TermsWish wish) =>
        CreditTerms.Read(wish.Terms) is null ? CreditRefusals.UnknownTerms(wish.Terms)
        : wish.Plan is not { } plan ? null
        : string.IsNullOrWhiteSpace(wish.BillingSchedule) ? new Refusal(
            "billing-schedule-required", "A plan is said in words, too.", Field: "/billingSchedule")
        : BillingPlan.Check(plan);

    private static Refusal? Refuse(TermsRequest request, string? by) => request switch
    {
        { Requested: null } => Missing(),
        { Status: not (TermsStatus.InitialReview or TermsStatus.CounterOffered) } => Over(request),
        _ when by is not null && request.Requested.RequestedBy == by => new Refusal(
            "own-request", "Who asks never decides; another person must.", RefusalKind.Forbidden),
        _ => null,
    };

    private static Refusal Missing() =>
        new("not-found", "There is no such request for terms.", RefusalKind.NotFound);

    private static Refusal Over(TermsRequest request) => Refusal.State(
        "not-in-review",
        $"The request is {Json.NameOf(request.Status)}; " +
        "nothing can be decided on it now.");
}
