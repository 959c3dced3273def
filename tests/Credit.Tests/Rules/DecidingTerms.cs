using OrderToCash.Credit.Policies;
using OrderToCash.Credit.TermsRequests;
using static OrderToCash.Credit.Tests.Some;

namespace OrderToCash.Credit.Tests.Rules;

public sealed class DecidingTerms
{
    private static readonly Guid Approval = Ids.From("approval");
    private static readonly TermsWish Wish = new("NET 60", null, Usd(365_000));
    private static readonly TermsPolicy Policy = new(8, new Dictionary<string, int> { ["B"] = 60, ["*"] = 30 });
    private static readonly TermsCost Cost = TermsDecider.CostOf(Wish, Wish.AnnualBilling, "NET 30", "B", Policy);

    private static readonly TermsRequested Requested =
        new(Customer, "US01", "Globex", "NET 30", "B", Wish, Cost, "sales");

    private static readonly CounterOffered Offer = new(Wish with { Terms = "NET 45" }, Cost, "ana");

    private static DeciderSpec<TermsRequest> Requests { get; } = new(TermsRequest.Initial, TermsRequest.Evolve);

    /// <summary>CRD-13: what is owed longer, at the cost of capital, and discount that is given more.</summary>
    [Theory]
    [InlineData("NET 60", "NET 30", "B", 30, "30000", "2400", "0", true)]
    [InlineData("NET 61", "NET 30", "B", 31, "31000", "2480", "0", false)]
    [InlineData("NET 60", "NET 30", null, 30, "30000", "2400", "0", false)]
    [InlineData("2/10 NET 30", "NET 30", "B", 0, "0", "0", "7300", true)]
    [InlineData("NET 10", "NET 30", "B", -20, "-20000", "-1600", "0", true)]
    public void other_terms_have_a_price(
        string asked, string agreed, string? risk, int days, string receivables, string capital, string discount,
        bool within)
    {
        var cost = TermsDecider.CostOf(Wish with { Terms = asked }, Wish.AnnualBilling, agreed, risk, Policy);
        (cost.MoreDays, cost.Receivables, cost.CapitalPerYear, cost.DiscountPerYear, cost.IsWithinPolicy)
            .ShouldBe((days, Amount(receivables), Amount(capital), Amount(discount), within));
    }

    /// <summary>CRD-13: what is owed longer is lost more often, by the losses of the class.</summary>
    [Theory]
    [InlineData("B", "450")]
    [InlineData(null, "1200")]
    [InlineData("A", null)]
    public void longer_terms_have_a_risk(string? riskClass, string? risk)
    {
        var policy = Policy with { LossPercent = new Dictionary<string, decimal> { ["B"] = 1.5m, ["*"] = 4 } };
        TermsDecider.CostOf(Wish, Wish.AnnualBilling, "NET 30", riskClass, policy).RiskPerYear
            .ShouldBe(risk is null ? null : Amount(risk));
        TermsDecider.CostOf(Wish, Wish.AnnualBilling, "NET 30", riskClass, Policy).RiskPerYear.ShouldBeNull();
    }

    [Fact]
    public void what_is_asked_for_must_be_known_and_something_else()
    {
        Requests.Given().When(state => TermsDecider.Request(state, Requested)).Then(Requested);
        Requests.Given(Requested).When(state => TermsDecider.Request(state, Requested)).ThenNothing();
        Requests.Given()
            .When(state => TermsDecider.Request(state, Requested with { Wish = Wish with { Terms = "LATER" } }))
            .ThenRefused("unknown-terms");
        Requests.Given()
            .When(state => TermsDecider.Request(state, Requested with { Wish = Wish with { Terms = "NET 30" } }))
            .ThenRefused("terms-agreed-already");
        var schedule = Requested with { Wish = Wish with { Terms = "NET 30", BillingSchedule = "quarterly" } };
        Requests.Given().When(state => TermsDecider.Request(state, schedule)).Then(schedule);
    }

    [Fact]
    public void who_asks_never_decides()
    {
        Requests.Given(Requested).When(state => TermsDecider.Approve(state, "sales")).ThenRefused("own-request");
        Requests.Given(Requested).When(state => TermsDecider.Reject(state, "sales")).ThenRefused("own-request");
        Requests.Given(Requested).When(state => TermsDecider.Offer(state, Offer with { By = "sales" }))
            .ThenRefused("own-request");
    }

    [Fact]
    public void an_offer_is_agreed_to_once_the_customer_took_it()
    {
        Requests.Given(Requested).When(state => TermsDecider.Offer(state, Offer)).Then(Offer);
        Requests.Given(Requested, Offer).When(state => TermsDecider.Approve(state, "ana"))
            .ThenRefused("offer-is-open");
        Requests.Given(Requested).When(TermsDecider.Accept).ThenRefused("no-offer");
        Requests.Given(Requested, Offer, new CounterOfferAccepted()).When(TermsDecider.Accept).ThenNothing();
        Requests.Given(Requested, Offer, new CounterOfferAccepted())
            .When(state => TermsDecider.Approve(state, "ana")).Then(new TermsApproved(Offer.Offer, null));
    }

    [Fact]
    public void what_is_sent_up_is_decided_there_and_comes_back_when_it_is_not_granted()
    {
        object[] up = [Requested, new TermsSentUp(Approval)];
        Requests.Given(up).When(state => TermsDecider.Approve(state, "ana")).ThenRefused("not-in-review");
        Requests.Given(up).When(TermsDecider.Withdraw).ThenRefused("not-in-review");
        Requests.Given(up).When(state => TermsDecider.Grant(state, Ids.From("another"))).ThenRefused("not-in-review");
        Requests.Given(up).When(state => TermsDecider.Grant(state, Approval))
            .Then(new TermsApproved(Wish, Approval));
        Requests.Given(up).When(state => TermsDecider.SendBack(state, Approval, "rejected"))
            .ThenState(state => (state.Status, state.ApprovalId).ShouldBe((TermsStatus.InitialReview, null)));
    }

    [Fact]
    public void what_is_over_stays_so()
    {
        object[] ends = [new TermsApproved(Wish, null), new TermsRejected(), new TermsWithdrawn()];
        foreach (var end in ends)
        {
            Requests.Given(Requested, end).When(state => TermsDecider.Approve(state, "ana"))
                .ThenRefused("not-in-review");
            Requests.Given(Requested, end).When(state => TermsDecider.SendUp(state, Approval))
                .ThenRefused("not-in-review");
            Requests.Given(Requested, end).When(state => TermsDecider.Offer(state, Offer))
                .ThenRefused("not-in-review");
        }
    }

    private static Money Amount(string amount) =>
        Usd(decimal.Parse(amount, System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>What cannot be compared with the bands of the approval matrix is above all of them.</summary>
    [Fact]
    public void terms_are_approved_by_the_larger_billing_and_by_the_highest_band_where_one_has_no_rate()
    {
        TermsDecider.Band([Some.Usd(100), Some.Usd(300)], Some.Facts).ShouldBe(Some.Usd(300));
        TermsDecider.Band([Some.Usd(100), Some.Eur(1)], Some.Facts)
            .ShouldBe(DecisionFacts.AboveAllBands(Currency.Of("USD")));
        TermsDecider.Band([Some.Usd(100)], Some.Facts, isWithinPolicy: false)
            .ShouldBe(DecisionFacts.AboveAllBands(Currency.Of("USD")));
    }
}
