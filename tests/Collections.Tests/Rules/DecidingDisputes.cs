using OrderToCash.Collections.Disputes;
using OrderToCash.Collections.Policies;
using OrderToCash.TestKit;

namespace OrderToCash.Collections.Tests.Rules;

public sealed class DecidingDisputes
{
    private static readonly DateOnly Today = new(2026, 4, 1);
    private static readonly Guid Request = Some.Id();
    private static readonly CollectionPolicyDefined Policy = StandardPolicy.For("US01");
    private static readonly DeciderSpec<Dispute> Spec = new(Dispute.Initial, Dispute.Evolve);
    private static readonly DisputeOpened Opened = new(
        "US01", Some.Id(), Some.Id(), 1, Some.Usd(100), DisputeReason.Price, "sales", Today.AddDays(10), "Too dear.",
        null);

    private static DisputeCase Case => Dispute.Evolve(Dispute.Initial, Opened).Case!;

    [Fact]
    public void it_goes_to_the_team_that_its_reason_names_and_has_its_days()
    {
        Spec.Given().When(dispute => Open(dispute, Opened, 100)).Then(Opened);
        Spec.Given(Opened).When(dispute => Open(dispute, Opened, 100)).ThenNothing();
    }

    [Fact]
    public void no_more_is_disputed_than_is_open_but_a_deduction_is_a_fact()
    {
        Spec.Given().When(dispute => Open(dispute, Opened, 99)).ThenRefused("more-than-open");
        Spec.Given().When(dispute => Open(dispute, Opened with { Amount = Some.Usd(0) }, 99)).ThenRefused("no-amount");
        Spec.Given().When(dispute => Open(dispute, Opened, null)).Then(Opened);
    }

    [Fact]
    public void one_too_small_to_look_into_is_accepted_at_once()
    {
        var generous = Policy with { Disputes = Policy.Disputes with { AcceptedUpTo = [Some.Usd(100)] } };

        Spec.Given().When(dispute => DisputeDecider.Open(
            dispute, Opened, null, generous, Today, Request, Some.Usd(0)))
            .Then(Opened, new DisputeAccepted(Case with { Accepted = Some.Usd(100) }, Request, ByPolicy: true));
        Spec.Given().When(dispute => DisputeDecider.Open(
            dispute, Opened with { Amount = Some.Usd(101) }, null, generous, Today, Request, Some.Usd(0)))
            .ThenState(dispute => dispute.Status.ShouldBe(DisputeStatus.Open));
    }

    /// <summary>Forty of 25 on one invoice are a thousand.</summary>
    [Theory]
    [InlineData(0, 100, DisputeStatus.Accepted)]
    [InlineData(60, 40, DisputeStatus.Accepted)]
    [InlineData(60, 41, DisputeStatus.Open)]
    [InlineData(100, 1, DisputeStatus.Open)]
    public void what_is_accepted_without_a_look_is_small_for_all_of_an_invoice(
        decimal before, decimal amount, DisputeStatus status)
    {
        var generous = Policy with { Disputes = Policy.Disputes with { AcceptedUpTo = [Some.Usd(100)] } };

        Spec.Given().When(dispute => DisputeDecider.Open(
            dispute, Opened with { Amount = Some.Usd(amount) }, null, generous, Today, Request, Some.Usd(before)))
            .ThenState(dispute => dispute.Status.ShouldBe(status));
    }

    [Fact]
    public void accepted_in_part_the_rest_is_payable_at_once_and_the_part_once_it_is_credited()
    {
        Spec.Given(Opened).When(dispute => DisputeDecider.Accept(dispute, Some.Usd(60), "wrong price list", Request))
            .ThenState(dispute =>
            {
                dispute.Status.ShouldBe(DisputeStatus.Accepted);
                dispute.Case!.Disputed.ShouldBe(Some.Usd(60));
                dispute.Case.RootCause.ShouldBe("wrong price list");
            });
        var accepted = new DisputeAccepted(
            Case with { Accepted = Some.Usd(60), Disputed = Some.Usd(60) }, Request, ByPolicy: false);
        Spec.Given(Opened, accepted).When(dispute => DisputeDecider.Credited(dispute, Request, Some.Id(), "CM-1"))
            .ThenState(dispute =>
            {
                dispute.Status.ShouldBe(DisputeStatus.Credited);
                dispute.Case!.Disputed.ShouldBe(Some.Usd(0));
            });
    }

    [Fact]
    public void a_credit_that_invoicing_refuses_is_to_be_looked_into_again()
    {
        var accepted = new DisputeAccepted(Case with { Accepted = Some.Usd(100), Owner = "ana" }, Request, false);

        Spec.Given(Opened, accepted)
            .When(dispute => DisputeDecider.CreditRefused(dispute, Request, "exceeds-creditable", "Too much."))
            .ThenState(dispute =>
            {
                dispute.Status.ShouldBe(DisputeStatus.Investigating);
                dispute.Case!.Disputed.ShouldBe(Some.Usd(100));
                dispute.Case.Accepted.ShouldBe(Some.Usd(0));
            });
        Spec.Given(Opened, accepted).When(dispute => DisputeDecider.Credited(dispute, Some.Id(), null, null))
            .ThenNothing();
    }

    [Fact]
    public void decided_is_decided()
    {
        var rejected = new DisputeRejected(Case with { Disputed = Some.Usd(0) });

        Spec.Given(Opened).When(dispute => DisputeDecider.Reject(dispute, null)).Then(rejected);
        Spec.Given(Opened, rejected).When(dispute => DisputeDecider.Accept(dispute, null, null, Request))
            .ThenRefused("dispute-decided");
        Spec.Given(Opened, rejected).When(DisputeDecider.Withdraw).ThenRefused("dispute-decided");
        Spec.Given(Opened, rejected).When(DisputeDecider.WithdrawDeduction).ThenNothing();
        Spec.Given(Opened).When(dispute => DisputeDecider.Accept(dispute, Some.Usd(101), null, Request))
            .ThenRefused("more-than-disputed");
    }

    [Fact]
    public void the_word_that_a_deduction_is_taken_back_may_come_before_the_deduction()
    {
        Spec.Given().When(DisputeDecider.WithdrawDeduction).Then(new DisputeWithdrawn(null));
        Spec.Given(new DisputeWithdrawn(null)).When(dispute => Open(dispute, Opened, null)).ThenNothing();
        Spec.Given(new DisputeWithdrawn(null)).When(DisputeDecider.WithdrawDeduction).ThenNothing();
    }

    /// <summary>Invoicing has the request, and nobody knows yet what comes of it.</summary>
    [Fact]
    public void a_deduction_that_is_taken_back_while_its_credit_is_awaited_is_not_looked_into_again()
    {
        var accepted = new DisputeAccepted(Case with { Accepted = Some.Usd(100), Owner = "ana" }, Request, false);
        var takenBack = new DisputeDeductionTakenBack(accepted.Case);

        Spec.Given(Opened, accepted).When(DisputeDecider.WithdrawDeduction).Then(takenBack);
        Spec.Given(Opened, accepted, takenBack).When(DisputeDecider.WithdrawDeduction).ThenNothing();
        Spec.Given(Opened, accepted, takenBack)
            .When(dispute => DisputeDecider.CreditRefused(dispute, Request, "rejected", "No."))
            .ThenState(dispute =>
            {
                dispute.Status.ShouldBe(DisputeStatus.Withdrawn);
                dispute.Case!.Disputed.ShouldBe(Some.Usd(0));
                dispute.Case.Accepted.ShouldBe(Some.Usd(0));
            });
        Spec.Given(Opened, accepted, takenBack)
            .When(dispute => DisputeDecider.Credited(dispute, Request, Some.Id(), "CM-1"))
            .ThenState(dispute => dispute.Status.ShouldBe(DisputeStatus.Credited));
    }

    [Fact]
    public void it_falls_overdue_once_and_again_only_with_a_new_day()
    {
        var late = Opened.DueOn.AddDays(1);
        var moved = new DisputeChanged(Case with { DueOn = late });

        Spec.Given(Opened).When(dispute => DisputeDecider.Overdue(dispute, Opened.DueOn)).ThenNothing();
        Spec.Given(Opened).When(dispute => DisputeDecider.Overdue(dispute, late)).Then(new DisputeFellOverdue(Case));
        Spec.Given(Opened, new DisputeFellOverdue(Case)).When(dispute => DisputeDecider.Overdue(dispute, late))
            .ThenNothing();
        Spec.Given(Opened, new DisputeFellOverdue(Case), moved)
            .When(dispute => DisputeDecider.Overdue(dispute, late.AddDays(1)))
            .Then(new DisputeFellOverdue(moved.Case));
    }

    [Fact]
    public void what_is_said_about_it_can_change_while_nobody_has_decided()
    {
        var change = new DisputeChange(DisputeReason.Quality, null, "ana", null, Some.Usd(120), null);

        Spec.Given(Opened).When(dispute => DisputeDecider.Change(dispute, change, Some.Usd(20), Today))
            .ThenState(dispute =>
            {
                dispute.Status.ShouldBe(DisputeStatus.Investigating);
                dispute.Case!.Reason.ShouldBe(DisputeReason.Quality);
                dispute.Case.Disputed.ShouldBe(Some.Usd(120));
            });
        Spec.Given(Opened).When(dispute => DisputeDecider.Change(dispute, change, Some.Usd(19), Today))
            .ThenRefused("more-than-open");
        Spec.Given(Opened).When(dispute => DisputeDecider.Change(
            dispute, new DisputeChange(null, null, null, null, null, null), Some.Usd(0), Today)).ThenNothing();
    }

    private static Kernel.Decision Open(Dispute dispute, DisputeOpened wish, decimal? most) => DisputeDecider.Open(
        dispute, wish, most is { } open ? Some.Usd(open) : null, Policy, Today, Request, Some.Usd(0));
}
