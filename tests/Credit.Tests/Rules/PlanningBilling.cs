using OrderToCash.Credit.Decisions;
using OrderToCash.Credit.TermsRequests;
using static OrderToCash.Credit.Tests.Some;

namespace OrderToCash.Credit.Tests.Rules;

/// <summary>CRD-13: another way of billing as a plan, beside its words.</summary>
public sealed class PlanningBilling
{
    private static readonly DateOnly From = new(2027, 1, 15);
    private static readonly BillingPlan Quarterly = new(BillingInterval.Quarterly, From, new DateOnly(2027, 4, 1));

    private static readonly BillingPlan Staged =
        new(Milestones: [new BillingMilestone("design", "Design"), new BillingMilestone("go-live", "Go live")]);

    private static readonly TermsWish Wish = new("NET 60", "on the first of each quarter", Usd(1_000), Quarterly);

    private static readonly TermsRequested Requested = new(
        Customer, "US01", "Globex", "NET 30", "B", Wish,
        TermsDecider.CostOf(Wish, Wish.AnnualBilling, "NET 30", "B", Policies.StandardPolicy.Value.Terms), "sales");

    private static readonly BillingPlan[] NoPlans =
    [
        new(), Quarterly with { From = null }, Quarterly with { FirstFullPeriod = From.AddDays(-1) },
        Quarterly with { FirstFullPeriod = From.AddMonths(3).AddDays(1) },
        Quarterly with { From = new DateOnly(1999, 12, 31) }, Quarterly with { Milestones = Staged.Milestones },
        Staged with { FirstFullPeriod = From }, Staged with { InArrears = true }, Staged with { Milestones = [] },
        Staged with { Milestones = [.. Staged.Milestones!, .. Staged.Milestones!] },
        Staged with { Milestones = [new BillingMilestone(" ", "Design")] },
        Staged with { Milestones = [new BillingMilestone("design ", "Design")] },
        Staged with { Milestones = [new BillingMilestone("design", "")] },
    ];

    private static DeciderSpec<TermsRequest> Requests { get; } = new(TermsRequest.Initial, TermsRequest.Evolve);

    [Fact]
    public void periods_and_milestones_are_plans()
    {
        foreach (var plan in new[]
        {
            Quarterly, Quarterly with { FirstFullPeriod = null, InArrears = true },
            Quarterly with { FirstFullPeriod = From.AddMonths(3) }, Staged,
        })
        {
            var requested = Requested with { Wish = Wish with { Plan = plan } };
            Requests.Given().When(state => TermsDecider.Request(state, requested)).Then(requested);
        }
    }

    [Fact]
    public void what_could_not_be_set_up_is_none()
    {
        foreach (var plan in NoPlans)
        {
            var requested = Requested with { Wish = Wish with { Plan = plan } };
            Requests.Given().When(state => TermsDecider.Request(state, requested))
                .ThenRefused("invalid-billing-plan");
        }
    }

    [Fact]
    public void what_was_billed_before_it_is_agreed_is_in_no_plan()
    {
        BillingPlan.CheckStart(Quarterly, From).ShouldBeNull();
        BillingPlan.CheckStart(Staged, From).ShouldBeNull();
        BillingPlan.CheckStart(Quarterly, From.AddDays(1))!.Code.ShouldBe("invalid-billing-plan");
    }

    /// <summary>Who approves reads what binds, and not the words beside it alone.</summary>
    [Theory]
    [InlineData("en", "quarterly in arrears from", ", whole periods from", "milestones: 2")]
    [InlineData("es", "trimestralmente a periodo vencido desde el", ", periodos enteros desde el", "hitos: 2")]
    [InlineData("fr", "chaque trimestre à terme échu à partir du", ", périodes entières à partir du", "étapes : 2")]
    public void a_plan_is_told_in_the_language_of_its_reader(
        string language, string when, string whole, string milestones)
    {
        var words = DecisionWords.Of(language);

        var told = words.Plan(Quarterly with { InArrears = true });

        told.ShouldStartWith(when);
        told.ShouldContain(whole);
        told.ShouldContain("2027");
        words.Plan(Quarterly with { FirstFullPeriod = null }).ShouldNotContain(whole);
        words.Plan(Staged).ShouldBe(milestones);
    }

    [Fact]
    public void a_plan_is_said_in_words_too()
    {
        var requested = Requested with { Wish = Wish with { BillingSchedule = null } };
        Requests.Given().When(state => TermsDecider.Request(state, requested))
            .ThenRefused("billing-schedule-required");
    }

    [Fact]
    public void the_same_offer_again_is_nothing_and_an_offer_is_agreed_to_with_its_plan()
    {
        var offer = new CounterOffered(Wish with { Plan = Staged }, Requested.Cost, "ana");
        var again = offer with
        {
            Offer = Wish with { Plan = new BillingPlan(Milestones: [.. Staged.Milestones!]) },
        };
        Requests.Given(Requested, offer).When(state => TermsDecider.Offer(state, again)).ThenNothing();
        Requests.Given(Requested, offer, new CounterOfferAccepted())
            .When(state => TermsDecider.Approve(state, "ana")).Then(new TermsApproved(offer.Offer, null));
    }
}
