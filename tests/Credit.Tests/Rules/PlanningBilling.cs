using OrderToCash.Credit.TermsRequests;
using static OrderToCash.Credit.Tests.Some;

namespace OrderToCash.Credit.Tests.Rules;

/// <summary>CRD-13: another way of billing as a plan, beside its words.</summary>
public sealed class PlanningBilling
{
    private static readonly DateOnly From = new(2027, 1, 15);
    private static readonly BillingPlan Quarterly = new(BillingInterval.Quarterly, From, Day: 1);

    private static readonly BillingPlan Staged =
        new(Milestones: [new BillingMilestone("design", "Design"), new BillingMilestone("go-live", "Go live")]);

    private static readonly TermsWish Wish = new("NET 60", "on the first of each quarter", Usd(1_000), Quarterly);

    private static readonly TermsRequested Requested = new(
        Customer, "US01", "Globex", "NET 30", "B", Wish,
        TermsDecider.CostOf(Wish, Wish.AnnualBilling, "NET 30", "B", Policies.StandardPolicy.Value.Terms), "sales");

    private static readonly BillingPlan[] NoPlans =
    [
        new(), Quarterly with { From = null }, Quarterly with { Day = 29 }, Quarterly with { Day = 0 },
        Quarterly with { From = new DateOnly(1999, 12, 31) }, Quarterly with { Milestones = Staged.Milestones },
        Staged with { Day = 1 }, Staged with { InArrears = true }, Staged with { Milestones = [] },
        Staged with { Milestones = [.. Staged.Milestones!, .. Staged.Milestones!] },
        Staged with { Milestones = [new BillingMilestone(" ", "Design")] },
        Staged with { Milestones = [new BillingMilestone("design", "")] },
    ];

    private static DeciderSpec<TermsRequest> Requests { get; } = new(TermsRequest.Initial, TermsRequest.Evolve);

    [Fact]
    public void periods_and_milestones_are_plans()
    {
        foreach (var plan in new[] { Quarterly, Quarterly with { Day = null, InArrears = true }, Staged })
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
