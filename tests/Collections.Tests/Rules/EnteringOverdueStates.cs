using OrderToCash.Collections.OverdueStates;
using OrderToCash.Collections.Policies;
using OrderToCash.Kernel;
using OrderToCash.TestKit;

namespace OrderToCash.Collections.Tests.Rules;

public sealed class EnteringOverdueStates
{
    private static readonly DateOnly Today = new(2026, 4, 1);
    private static readonly Guid Customer = Some.Id();
    private static readonly DeciderSpec<OverdueState> Spec = new(OverdueState.Initial, OverdueState.Evolve);

    private static readonly OverdueStateRule[] Rules =
    [
        new("cancelled", null, [], 21, null, "legal-hold", [OverdueAction.RecommendTermination], [1]),
        new("blocked", 2, [Some.Usd(100), Money.Of(90, "EUR")], 14, null, null, [OverdueAction.BlockChanges], []),
        new("warning", null, [], 10, null, null, [], [0, 3, 5]),
    ];

    [Theory]
    [InlineData(9, 5, 900, null)]
    [InlineData(10, 1, 1, "warning")]
    [InlineData(14, 2, 100, "blocked")]
    [InlineData(14, 1, 100, "warning")]
    [InlineData(14, 2, 99, "warning")]
    [InlineData(21, 1, 1, "cancelled")]
    public void all_conditions_of_the_gravest_state_that_fits_must_hold(int days, int items, int usd, string? state) =>
        Spec.Given().When(now => Evaluate(now, Arrears(items, days, Some.Usd(usd))))
            .ThenState(now => now.Code.ShouldBe(state));

    [Fact]
    public void a_hold_keeps_a_state_away_and_any_currency_suffices()
    {
        Spec.Given().When(now => Evaluate(now, Arrears(2, 30, Some.Usd(1), Money.Of(90, "EUR")) with
        {
            Holds = ["legal-hold"],
        })).ThenState(now => now.Code.ShouldBe("blocked"));
    }

    /// <summary>D-54: the state follows from the arrears alone; how or whether a customer pays plays no part.</summary>
    [Fact]
    public void d54_a_customer_without_any_means_of_payment_enters_its_state_like_any_other() =>
        Spec.Given().When(now => Evaluate(now, Arrears(1, 10, Some.Usd(5)))).Then(
            new OverdueStateChanged("US01", Customer, null, "warning", Arrears(1, 10, Some.Usd(5)), Today, []),
            new PaymentRetryRequested("US01", Customer, "warning", 1, [Some.Usd(5)]));

    /// <summary>D-56: nobody gets in touch, nothing is recommended and no debit is presented.</summary>
    [Theory]
    [InlineData("internal-party")]
    [InlineData("bankruptcy")]
    [InlineData("legal-hold")]
    [InlineData("do-not-contact")]
    [InlineData("cease-and-desist")]
    public void d56_under_a_hold_that_forbids_contact_the_state_changes_and_leads_to_no_contact(string hold)
    {
        var held = Arrears(2, 14, Some.Usd(100)) with { Holds = [hold] };
        var noted = new OverdueStateChanged(
            "US01", Customer, null, "blocked", held, Today, [OverdueAction.BlockChanges]);
        Spec.Given().When(now => Evaluate(now, held)).Then(noted);
        Spec.Given().When(now => Evaluate(now, Arrears(1, 10, Some.Usd(5)) with { Holds = [hold] }))
            .ThenState(now => (now.Code, now.Retries).ShouldBe(("warning", 0)));
        Spec.Given(noted).When(now => Evaluate(now, held, 3)).ThenNothing();

        var free = Arrears(2, 18, Some.Usd(100));
        var entered = new OverdueStateChanged(
            "US01", Customer, "blocked", "blocked", free, Today.AddDays(4), [OverdueAction.BlockChanges]);
        Spec.Given(noted).When(now => Evaluate(now, free, 4)).Then(entered);
        Spec.Given(noted, entered).When(now => Evaluate(now, free, 5)).ThenNothing();
        Spec.Given(noted).When(now => Evaluate(now, Arrears(0, 0), 4)).Then(
            new OverdueStateChanged("US01", Customer, "blocked", null, Arrears(0, 0), Today.AddDays(4), []));
    }

    /// <summary>D-56: who is told that nothing may be changed is not told otherwise because nobody may call.</summary>
    [Fact]
    public void d56_a_step_up_under_a_hold_blocks_changes_as_before_and_leads_to_the_rest_once_the_hold_ends()
    {
        OverdueAction[] all = [OverdueAction.Call, OverdueAction.BlockChanges, OverdueAction.Escalate];
        OverdueStateRule[] rules =
        [
            new("worse", 1, [], 60, null, null, all, []), new("blocked", 1, [], 30, null, null, all, []),
        ];
        var (free, held) = (Arrears(1, 60, Some.Usd(5)), Arrears(1, 60, Some.Usd(5)) with { Holds = ["bankruptcy"] });
        var blocked = new OverdueStateChanged(
            "US01", Customer, null, "blocked", Arrears(1, 30, Some.Usd(5)), Today, all);
        var worse = new OverdueStateChanged(
            "US01", Customer, "blocked", "worse", held, Today, [OverdueAction.BlockChanges]);

        Spec.Given(blocked).When(now => Evaluate(now, held, 0, rules)).Then(worse);
        Spec.Given(blocked, worse).When(now => Evaluate(now, held, 1, rules)).ThenNothing();
        Spec.Given(blocked, worse).When(now => Evaluate(now, free, 0, rules)).Then(
            worse with { From = "worse", Arrears = free, Actions = all });
    }

    /// <summary>A matter for people of the house: it was asked for because of the hold.</summary>
    [Fact]
    public void a_state_that_asks_for_a_hold_that_forbids_contact_is_escalated_under_it_and_leads_to_no_contact()
    {
        OverdueStateRule[] rules =
        [
            new("insolvent", 1, [], null, "bankruptcy", null, [OverdueAction.Escalate, OverdueAction.Call], [0]),
        ];
        var held = Arrears(1, 5, Some.Usd(5)) with { Holds = ["bankruptcy"] };
        var entered = new OverdueStateChanged(
            "US01", Customer, null, "insolvent", held, Today, [OverdueAction.Escalate]);

        Spec.Given().When(now => Evaluate(now, held, 0, rules)).Then(entered);
        Spec.Given(entered).When(now => Evaluate(now, held, 1, rules)).ThenNothing();
    }

    [Fact]
    public void a_dunning_block_keeps_nobody_from_calling()
    {
        var blocked = Arrears(2, 14, Some.Usd(100)) with { Holds = ["dunning-block"] };

        Spec.Given().When(now => Evaluate(now, blocked)).Then(new OverdueStateChanged(
            "US01", Customer, null, "blocked", blocked, Today, [OverdueAction.BlockChanges]));
    }

    [Fact]
    public void entered_once_it_says_nothing_more_and_what_is_paid_clears_it()
    {
        var entered = new OverdueStateChanged(
            "US01", Customer, null, "blocked", Arrears(2, 14, Some.Usd(100)), Today, []);

        Spec.Given(entered).When(now => Evaluate(now, Arrears(2, 15, Some.Usd(100)))).ThenNothing();
        Spec.Given(entered).When(now => Evaluate(now, Arrears(0, 0))).Then(
            new OverdueStateChanged("US01", Customer, "blocked", null, Arrears(0, 0), Today, []));
    }

    [Fact]
    public void payment_is_tried_again_on_days_of_the_state_itself_and_once_after_days_without_a_look()
    {
        var arrears = Arrears(1, 10, Some.Usd(5));
        var entered = new OverdueStateChanged("US01", Customer, null, "warning", arrears, Today, []);
        var first = new PaymentRetryRequested("US01", Customer, "warning", 1, [Some.Usd(5)]);

        Spec.Given(entered, first).When(now => Evaluate(now, arrears, 2)).ThenNothing();
        Spec.Given(entered, first).When(now => Evaluate(now, arrears, 3)).Then(first with { Attempt = 2 });
        Spec.Given(entered, first).When(now => Evaluate(now, arrears, 9)).Then(first with { Attempt = 3 });
        Spec.Given(entered, first with { Attempt = 3 }).When(now => Evaluate(now, arrears, 30)).ThenNothing();
    }

    private static Arrears Arrears(int items, int days, params Money[] balances) => new(items, balances, days, []);

    private static Decision Evaluate(
        OverdueState state, Arrears arrears, int day = 0, IReadOnlyList<OverdueStateRule>? rules = null) =>
        OverdueStateDecider.Evaluate(state, "US01", Customer, rules ?? Rules, arrears, Today.AddDays(day));
}
