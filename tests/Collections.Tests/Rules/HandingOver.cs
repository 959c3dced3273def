using OrderToCash.Collections.Accounts;
using OrderToCash.Collections.Escalations;
using OrderToCash.Collections.Holds;
using OrderToCash.Collections.Placements;
using OrderToCash.Collections.Policies;
using OrderToCash.Collections.Portfolio;
using OrderToCash.Collections.Recommendations;
using OrderToCash.Collections.Tasks;
using OrderToCash.Kernel;
using OrderToCash.TestKit;

namespace OrderToCash.Collections.Tests.Rules;

/// <summary>Tasks, escalations, recommendations, agencies and portfolios.</summary>
public sealed class HandingOver
{
    private static readonly DateOnly Today = new(2026, 4, 1);
    private static readonly Guid Request = Some.Id();
    private static readonly EscalationPolicy Escalations = new(AcknowledgeDays: 2);
    private static readonly DeciderSpec<Escalation> Raising = new(Escalation.Initial, Escalation.Evolve);
    private static readonly DeciderSpec<Recommendation> Recommending =
        new(Recommendation.Initial, Recommendation.Evolve);

    private static readonly EscalationRaised Raised = new(
        "US01", Some.Id(), EscalationTarget.TeamLead, EscalationCause.Manual, null, "Nobody answers.",
        Today.AddDays(2));

    private static readonly Evidence Evidence = new(100, 3, 5, 0, 2, 1, 0, null, null, 0, []);

    private static readonly RecommendationMade Made = new(
        "US01", Some.Id(), RecommendationKind.Suspend, Some.Usd(100),
        [new RecommendedItem(Some.Id(), 1, "INV-1", Today.AddDays(-100), Some.Usd(100))], Evidence, "Long overdue.",
        null);

    [Fact]
    public void what_nobody_acknowledges_in_time_goes_up_a_rung_and_stays_on_the_last()
    {
        Raising.Given()
            .When(one => EscalationDecider.Raise(one, Raised with { AcknowledgeBy = default }, Escalations, Today))
            .Then(Raised);
        Raising.Given(Raised).When(one => EscalationDecider.MoveUp(one, Escalations, Today.AddDays(2))).ThenNothing();
        Raising.Given(Raised).When(one => EscalationDecider.MoveUp(one, Escalations, Today.AddDays(3))).Then(
            new EscalationMovedUp(Raised with
            {
                Target = EscalationTarget.Sales,
                AcknowledgeBy = Today.AddDays(5),
            }));
        var last = Raised with { Target = EscalationTarget.Legal };
        Raising.Given(last).When(one => EscalationDecider.MoveUp(one, Escalations, Today.AddDays(90))).ThenNothing();
        Raising.Given(last with { Target = EscalationTarget.Agency })
            .When(one => EscalationDecider.MoveUp(one, Escalations, Today.AddDays(90))).ThenNothing();
    }

    [Fact]
    public void one_person_takes_it_over_and_settles_it()
    {
        var taken = new EscalationAcknowledged(Raised, "ana");

        Raising.Given(Raised).When(one => EscalationDecider.Acknowledge(one, "ana")).Then(taken);
        Raising.Given(Raised, taken).When(one => EscalationDecider.Acknowledge(one, "ana")).ThenNothing();
        Raising.Given(Raised, taken).When(one => EscalationDecider.Acknowledge(one, "bob"))
            .ThenRefused("escalation-acknowledged");
        Raising.Given(Raised, taken).When(one => EscalationDecider.MoveUp(one, Escalations, Today.AddDays(9)))
            .ThenNothing();
        Raising.Given(Raised).When(one => EscalationDecider.Close(one, "ana", "Paid."))
            .Then(taken, new EscalationClosed(Raised, "Paid."));
        Raising.Given(Raised, taken, new EscalationClosed(Raised, "Paid."))
            .When(one => EscalationDecider.Acknowledge(one, "ana")).ThenRefused("escalation-closed");
    }

    [Fact]
    public void nothing_is_recommended_on_what_is_disputed_or_against_a_contract()
    {
        var wish = new RecommendationWish(
            "US01", Made.CustomerId, RecommendationKind.Suspend, Made.Items, Some.Dollar, true, Evidence,
            "Long overdue.");

        RecommendationDecider.Draft(wish).Made!.Amount.ShouldBe(Some.Usd(100));
        RecommendationDecider.Draft(wish with { MaySuspend = false }).Refusal!.Code.ShouldBe("not-in-contract");
        RecommendationDecider.Draft(wish with { Kind = RecommendationKind.WriteOff, MaySuspend = false }).Made
            .ShouldNotBeNull();
        RecommendationDecider.Draft(wish with { Items = [Made.Items[0] with { Amount = Some.Usd(0) }] })
            .Refusal!.Code.ShouldBe("nothing-overdue");
    }

    /// <summary>D-56: nobody who is left alone is made to pay; what it owes may be given up.</summary>
    [Fact]
    public void d56_only_a_write_off_is_recommended_and_approved_under_a_hold_that_forbids_contact()
    {
        var wish = new RecommendationWish(
            "US01", Made.CustomerId, RecommendationKind.WriteOff, Made.Items, Some.Dollar, true, Evidence, "Bankrupt.",
            HoldKind.Bankruptcy);
        var lost = Made with { Kind = RecommendationKind.WriteOff };

        RecommendationDecider.Draft(wish).Made.ShouldNotBeNull();
        Recommending.Given(lost)
            .When(one => RecommendationDecider.Approve(one, item => item.Amount, Request, HoldKind.Bankruptcy))
            .Then(new RecommendationApproved(lost, Request));
        foreach (var kind in new[] { RecommendationKind.Suspend, RecommendationKind.Terminate })
        {
            RecommendationDecider.Draft(wish with { Kind = kind }).Refusal!.Code.ShouldBe("customer-left-alone");
            Recommending.Given(Made with { Kind = kind })
                .When(one => RecommendationDecider.Approve(one, item => item.Amount, Request, HoldKind.LegalHold))
                .ThenRefused("customer-left-alone");
        }
    }

    /// <summary>I-19: an amount that the matrix cannot judge is not given up.</summary>
    [Fact]
    public void what_is_of_another_currency_than_the_recommendation_is_judged_in_is_not_written_off()
    {
        var foreign = Made.Items[0] with { Amount = Money.Of(900_000, "MXN") };
        var wish = new RecommendationWish(
            "US01", Made.CustomerId, RecommendationKind.WriteOff, [.. Made.Items, foreign], Some.Dollar, false,
            Evidence, "Lost.");

        RecommendationDecider.Draft(wish).Made!.Items.ShouldBe(Made.Items);
        RecommendationDecider.Draft(wish with { Items = [foreign] }).Refusal!.Code.ShouldBe("other-currency");
        var asked = RecommendationDecider.Draft(wish with { Currency = Currency.Of("MXN") }).Made!;
        asked.Items.ShouldBe([foreign]);
        asked.Amount.ShouldBe(Money.Of(900_000, "MXN"));
    }

    /// <summary>Nobody is suspended for much as if for the little that is owed in the books' currency.</summary>
    [Fact]
    public void what_is_owed_in_several_currencies_is_judged_in_one_that_needs_the_highest_band()
    {
        var foreign = Made.Items[0] with { Amount = Money.Of(900, "MXN") };
        var wish = new RecommendationWish(
            "US01", Made.CustomerId, RecommendationKind.Suspend, [foreign], Some.Dollar, true, Evidence, "Overdue.");

        RecommendationDecider.Draft(wish).Made!.Amount.ShouldBe(Money.Of(900, "MXN"));
        var both = wish with { Items = [.. Made.Items, foreign] };
        RecommendationDecider.Draft(both).Made!.Amount.ShouldBe(Money.Of(900, "MXN"));
        RecommendationDecider.Draft(both with { Books = Currency.Of("MXN") }).Made!.Amount.ShouldBe(Some.Usd(100));
        Recommending.Given(RecommendationDecider.Draft(both).Made!)
            .When(one => RecommendationDecider.Approve(
                one, item => item.Amount.Currency == Some.Dollar ? item.Amount : Money.Of(0, "MXN"), Request))
            .ThenState(one => one.Made!.Amount.ShouldBe(Some.Usd(100)));
    }

    /// <summary>COL-21: the cost to collect is a share of all that is owed, or of nothing that is known.</summary>
    [Fact]
    public void what_is_owed_in_several_currencies_is_added_up_where_there_is_a_rate()
    {
        var euro = Currency.Of("EUR");
        Money[] both = [Some.Usd(1), Money.Of(900, "EUR")];

        EvidenceReader.Owed([], null).ShouldBeNull();
        EvidenceReader.Owed([both[1]], null).ShouldBe(both[1]);
        EvidenceReader.Owed(both, null).ShouldBeNull();
        EvidenceReader.Owed(both, new EntityRates(Some.Dollar, new Dictionary<Currency, decimal>())).ShouldBeNull();
        EvidenceReader.Owed(both, new EntityRates(Some.Dollar, new Dictionary<Currency, decimal> { [euro] = 1.1m }))
            .ShouldBe(Some.Usd(991));
    }

    [Fact]
    public void what_is_cured_is_withdrawn_and_suspended_service_goes_on()
    {
        var approved = new RecommendationApproved(Made, Request);

        Recommending.Given(Made).When(one => RecommendationDecider.Cure(one, "Paid.", Request))
            .Then(new RecommendationWithdrawn(Made, "Paid."));
        Recommending.Given(Made, approved).When(one => RecommendationDecider.Cure(one, "Paid.", Request))
            .ThenNothing();
        Recommending.Given(Made, approved, new RecommendationCarriedOut(Made))
            .When(one => RecommendationDecider.Cure(one, "Paid.", Request))
            .Then(new RecommendationReversed(Made, Request));
        Recommending.Given(Made, new RecommendationRejected(Made, "rejected"))
            .When(one => RecommendationDecider.Approve(one, item => item.Amount, Request))
            .ThenRefused("recommendation-ended");
    }

    [Fact]
    public void what_was_settled_or_held_back_while_it_waited_is_not_carried_out()
    {
        var other = Made.Items[0] with { InvoiceId = Some.Id(), Amount = Some.Usd(50) };
        var both = Made with { Items = [.. Made.Items, other], Amount = Some.Usd(150) };

        Recommending.Given(both).When(one => RecommendationDecider.Approve(one, item => item.Amount, Request))
            .Then(new RecommendationApproved(both, Request));
        Recommending.Given(both).When(one => Approve(one, Some.Usd(0)))
            .ThenState(one => (one.Made!.Items.Single(), one.Made.Amount).ShouldBe((Made.Items[0], Some.Usd(100))));
        Recommending.Given(both).When(one => Approve(one, Some.Usd(20)))
            .ThenState(one => one.Made!.Amount.ShouldBe(Some.Usd(120)));
        Recommending.Given(both).When(one => Approve(one, Some.Usd(70)))
            .ThenState(one => one.Made!.Amount.ShouldBe(Some.Usd(150)));
        Recommending.Given(both)
            .When(one => RecommendationDecider.Approve(one, _ => Some.Usd(0), Request)).ThenRefused("nothing-overdue");

        Decision Approve(Recommendation one, Money left) => RecommendationDecider.Approve(
            one, item => item.InvoiceId == other.InvoiceId ? left : item.Amount, Request);
    }

    [Fact]
    public void only_the_answer_to_its_own_request_counts()
    {
        var approved = new RecommendationApproved(Made, Request);

        Recommending.Given(Made, approved)
            .When(one => RecommendationDecider.Answer(one, Some.Id(), true, "", "")).ThenNothing();
        Recommending.Given(Made, approved)
            .When(one => RecommendationDecider.Answer(one, Request, false, "wrong-status", "It is ended."))
            .Then(new RecommendationRefused(Made, "wrong-status", "It is ended."));
    }

    [Fact]
    public void the_evidence_says_what_its_points_are_for()
    {
        var (score, reasons) = EvidenceScore.Of(Evidence, Some.Usd(100), Today, risk: 0);

        score.ShouldBe(25 + 20 + 10 + 10 + 10);
        reasons.Count.ShouldBe(5);
        var worst = Evidence with { OldestDaysOverdue = 200, OnHold = "bankruptcy" };
        EvidenceScore.Of(worst, Some.Usd(100), Today, risk: 0).Score.ShouldBe(100);
    }

    /// <summary>COL-21: what Credit thinks of the customer, bureau reports among it, and the cost to collect.</summary>
    [Theory]
    [InlineData(0.5, 0, 20)]
    [InlineData(3, 0, 20)]
    [InlineData(0.25, 0, 10)]
    [InlineData(0, 0, 0)]
    [InlineData(0, 19.99, 0)]
    [InlineData(0, 20, 10)]
    [InlineData(0, 50, 20)]
    [InlineData(0.5, 50, 40)]
    public void the_risk_and_the_cost_to_collect_count(double risk, double cost, int more)
    {
        var none = Evidence with { OldestDaysOverdue = 0, BrokenPromises = 0, BreachedPlans = 0, NoticesSent = 0 };
        var facts = none with { RiskClass = "E", RiskScore = 34, CostToCollect = Some.Usd((decimal)cost) };

        var (points, reasons) = EvidenceScore.Of(facts, Some.Usd(100), Today, (decimal)risk);

        points.ShouldBe(EvidenceScore.Of(none, Some.Usd(100), Today, risk: 0).Score + more);
        reasons.Contains("Credit scores it 34 of 100, class E.").ShouldBe(risk > 0, "not where the class is good");
        EvidenceScore.Of(none with { CostToCollect = Some.Usd(5) }, Some.Usd(0), Today, risk: 0).Score
            .ShouldBe(
                EvidenceScore.Of(none, Some.Usd(0), Today, risk: 0).Score, "nothing of it is owed in this currency");
    }

    [Fact]
    public void an_agency_earns_on_what_it_brings_in_also_where_that_is_known_after_its_end()
    {
        var spec = new DeciderSpec<Placement>(Placement.Initial, Placement.Evolve);
        var item = new PlacedItem(Some.Id(), 1, "INV-1", Today.AddDays(-100), Some.Usd(100), 1);
        var proposed = new PlacementProposed(
            "US01", Some.Id(), "grip", 12.5m, Some.Usd(100), [item], "Nothing helped.", null);
        var made = new PlacementMade(proposed);

        spec.Given(proposed, made).When(one => PlacementDecider.Account(one, Some.Usd(40), false))
            .Then(new CommissionAccrued(proposed, Some.Usd(40), Some.Usd(5), PlacementStatus.Placed));
        spec.Given(proposed, made).When(PlacementDecider.Recall)
            .Then(new PlacementRecalled(proposed, Some.Usd(0), Some.Usd(0)));
        spec.Given(proposed, made, new PlacementRecalled(proposed, Some.Usd(0), Some.Usd(0)))
            .When(one => PlacementDecider.Account(one, Some.Usd(40), true))
            .Then(new CommissionAccrued(proposed, Some.Usd(40), Some.Usd(5), PlacementStatus.Recalled));
        spec.Given(
                proposed, made,
                new CommissionAccrued(proposed, Some.Usd(100), Some.Usd(12.5m), PlacementStatus.Placed),
                new PlacementClosed(proposed, Some.Usd(100), Some.Usd(12.5m)))
            .When(one => PlacementDecider.Account(one, Some.Usd(0), false))
            .Then(new CommissionAccrued(proposed, Some.Usd(0), Some.Usd(0), PlacementStatus.Closed));
        spec.Given(proposed).When(one => PlacementDecider.Account(one, Some.Usd(40), true)).ThenNothing();
        PlacementDecider.Draft(proposed with { CommissionPercent = 51 }).Refusal!.Code.ShouldBe("commission");
        PlacementDecider.Draft(proposed with { Items = [] }).Refusal!.Code.ShouldBe("nothing-overdue");
        var foreign = proposed.Items[0] with { Amount = Money.Of(900, "MXN") };
        PlacementDecider.Draft(proposed with { Items = [.. proposed.Items, foreign] }).Placement!.Items
            .ShouldBe(proposed.Items);
        var other = PlacementDecider.Draft(proposed with { Items = [foreign] }).Refusal!;
        (other.Code, other.Field).ShouldBe(("other-currency", "/currency"));
        other.Detail.ShouldContain("MXN");
    }

    [Fact]
    public void what_may_be_collected_no_longer_is_not_handed_over_though_it_is_approved()
    {
        var spec = new DeciderSpec<Placement>(Placement.Initial, Placement.Evolve);
        var item = new PlacedItem(Some.Id(), 1, "INV-1", Today.AddDays(-100), Some.Usd(100), 1);
        var proposed = new PlacementProposed(
            "US01", Some.Id(), "grip", 12.5m, Some.Usd(100), [item], "Nothing helped.", Some.Id());

        spec.Given(proposed).When(one => PlacementDecider.Place(one, _ => Some.Usd(100)))
            .Then(new PlacementMade(proposed));
        spec.Given(proposed).When(one => PlacementDecider.Place(one, _ => Some.Usd(99)))
            .ThenRefused("less-collectible");
        spec.Given(proposed).When(one => PlacementDecider.Place(one, _ => Some.Usd(100), HoldKind.CeaseAndDesist))
            .ThenRefused("customer-left-alone");
        PlacementDecider.Draft(proposed, HoldKind.CeaseAndDesist).Refusal!.Code.ShouldBe("customer-left-alone");
        spec.Given(proposed, new PlacementMade(proposed)).When(one => PlacementDecider.Place(one, _ => Some.Usd(100)))
            .ThenRefused("placement-ended");
    }

    [Fact]
    public void a_customer_belongs_to_the_first_rule_that_is_for_it()
    {
        var rules = PortfolioRules.Evolve(PortfolioRules.Initial, new PortfolioRulesDefined("US01",
        [
            new("Large", new CustomerCondition(OwingAtLeast: [Some.Usd(1000)]), "lena"),
            new("Enterprise abroad", new CustomerCondition(["enterprise"], ["MX", "CA"]), "eva"),
            new("A to K", new CustomerCondition(NamesFrom: "A", NamesTo: "K"), "ana"),
            new("The others", new CustomerCondition(), "otto"),
        ]));

        Collector("Globex", owing: 1000).ShouldBe("lena");
        Collector("Globex", "enterprise", "MX").ShouldBe("eva");
        Collector("globex", "enterprise", "US").ShouldBe("ana");
        Collector("Kraft").ShouldBe("ana");
        Collector("Lumen").ShouldBe("otto");
        PortfolioRulesDecider.RuleFor(PortfolioRules.Initial, Traits("Globex", null, "US", 0)).ShouldBeNull();

        string? Collector(string name, string? segment = null, string country = "US", decimal owing = 0) =>
            PortfolioRulesDecider.RuleFor(rules, Traits(name, segment, country, owing))?.Collector;
    }

    /// <summary>COL-19: portfolios and playbooks by region; one of another country is not the same.</summary>
    [Fact]
    public void rules_may_be_for_regions()
    {
        var texans = new CustomerCondition(Countries: ["US"], Regions: ["TX", "OK"]);

        texans.Holds(Traits("Globex", null, "US", 0) with { Region = "TX" }).ShouldBeTrue();
        texans.Holds(Traits("Globex", null, "US", 0) with { Region = "NY" }).ShouldBeFalse();
        texans.Holds(Traits("Globex", null, "MX", 0) with { Region = "TX" }).ShouldBeFalse();
        texans.Holds(Traits("Globex", null, "US", 0)).ShouldBeFalse();
        (texans with { Regions = [] }).Check("/rules/0/customers", "bad")!.Field.ShouldBe("/rules/0/customers");
    }

    [Fact]
    public void a_person_s_word_about_a_customer_outlasts_the_rules()
    {
        var spec = new DeciderSpec<CollectionAccount>(CollectionAccount.Initial, CollectionAccount.Evolve);
        var customer = Some.Id();
        var byRule = new CollectorAssigned(customer, "US01", "ana", "A to K");
        var byHand = new CollectorAssigned(customer, "US01", "bob");
        var toNobody = new CollectorAssigned(customer, "US01", null);

        spec.Given().When(one => CollectionAccountDecider.Assign(one, byRule)).Then(byRule);
        spec.Given(byRule).When(one => CollectionAccountDecider.Assign(one, byHand)).Then(byHand);
        spec.Given(byRule, byHand).When(one => CollectionAccountDecider.Assign(one, byRule)).ThenNothing();
        spec.Given(byHand, toNobody).When(one => CollectionAccountDecider.Assign(one, byRule)).Then(byRule);
    }

    [Fact]
    public void rules_that_make_no_sense_are_refused_where_they_stand()
    {
        var spec = new DeciderSpec<PortfolioRules>(PortfolioRules.Initial, PortfolioRules.Evolve);

        Refused(new("", new CustomerCondition(), "ana")).ShouldBe("/rules/0/name");
        Refused(new("All", new CustomerCondition(), " ")).ShouldBe("/rules/0/collector");
        Refused(new("All", new CustomerCondition(Currencies: ["XX1"]), "ana"))
            .ShouldBe("/rules/0/customers/currencies");
        Refused(new("All", new CustomerCondition(Segments: []), "ana")).ShouldBe("/rules/0/customers");

        string? Refused(PortfolioRule rule) => spec.Given()
            .When(rules => PortfolioRulesDecider.Define(rules, new PortfolioRulesDefined("US01", [rule])))
            .ThenRefused("invalid-portfolio").Field;
    }

    [Fact]
    public void a_task_is_done_or_not_needed_once()
    {
        var spec = new DeciderSpec<CollectionTask>(CollectionTask.Initial, CollectionTask.Evolve);
        var created = new TaskCreated("US01", Some.Id(), TaskKind.Call, "Call.", Today, null, null);

        spec.Given(created).When(task => TaskDecider.Finish(task, "Spoke.")).Then(new TaskDone(created, "Spoke."));
        spec.Given(created, new TaskDone(created, "Spoke.")).When(task => TaskDecider.Cancel(task, "Paid."))
            .ThenNothing();
        spec.Given(created, new TaskCancelled(created, "Paid.")).When(task => TaskDecider.Finish(task, "Spoke."))
            .ThenRefused("task-cancelled");
    }

    private static CustomerTraits Traits(string name, string? segment, string country, decimal owing) =>
        new(name, segment, country, "en", Some.Dollar, [Some.Usd(owing)]);
}
