using OrderToCash.CashApplication.PendingPayments;
using OrderToCash.CashApplication.Presentations;
using OrderToCash.CashApplication.Receipts;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Tests.Rules;

/// <summary>CASH-17: what is presented again, and how often.</summary>
public sealed class Presenting_again
{
    private static readonly Guid Customer = Ids.From("test-customer", "presented");
    private static readonly Guid Pending = Ids.From("test-pending", "presented");
    private static readonly DateOnly Day = new(2026, 11, 2);

    [Fact]
    public void is_done_once_for_each_time_it_is_asked_for()
    {
        var taken = PresentationDecider.Take(Presentation.Initial, Asked(), "ach", "880010", null, Pending, Day)
            .Events.ShouldHaveSingleItem().ShouldBeOfType<PresentationTaken>();
        (taken.Amount, taken.Asked, taken.Instrument).ShouldBe((Usd(80m), 3, "880010"));
        var after = Presentation.Evolve(Presentation.Initial, taken);

        Refused(PresentationDecider.Take(after, Asked(), "ach", "880010", null, Pending, Day))
            .ShouldBe("presentation-under-way");
        PresentationDecider.Take(after, Asked() with { Asked = 4 }, "ach", "880010", null, Pending, Day).IsRefused
            .ShouldBeFalse();
    }

    [Theory]
    [InlineData("80.01", "more-than-due")]
    [InlineData("0.00", "more-than-due")]
    [InlineData("80.00", null)]
    [InlineData("12.34", null)]
    public void takes_no_more_than_is_to_be_paid(string amount, string? code) =>
        Refused(PresentationDecider.Take(
            Presentation.Initial, Asked(), "card", "tok_1",
            Usd(decimal.Parse(amount, System.Globalization.CultureInfo.InvariantCulture)), Pending, Day))
            .ShouldBe(code);

    [Theory]
    [InlineData("check", "880010", "bad-method")]
    [InlineData("card", "4111 1111 1111 1111", "card-number")]
    [InlineData("card", "4111111111111111", "card-number")]
    [InlineData("card", "4111111111111112", null)]
    [InlineData("card", "tok_4111111111111111", null)]
    [InlineData("ach", "4111111111111111", null)]
    public void takes_debits_and_tokens_of_cards(string method, string instrument, string? code) =>
        Refused(PresentationDecider.Take(
            Presentation.Initial, Asked(), method, instrument, null, Pending, Day)).ShouldBe(code);

    [Theory]
    [InlineData(PresentationStanding.StateLeft)]
    [InlineData(PresentationStanding.Lapsed)]
    [InlineData(PresentationStanding.NothingDue)]
    [InlineData(PresentationStanding.LeftAlone)]
    [InlineData(PresentationStanding.DebitsStopped)]
    [InlineData(PresentationStanding.DeclinedForGood)]
    [InlineData(PresentationStanding.PresentedOften)]
    [InlineData(PresentationStanding.CardTriesUsed)]
    [InlineData(PresentationStanding.UnderWay)]
    [InlineData(PresentationStanding.Failed)]
    public void says_in_words_why_it_is_not_due(string standing)
    {
        var asked = Asked() with { Standing = standing, Detail = "R10 on 2026-11-01" };
        var refusal = PresentationDecider.Take(Presentation.Initial, asked, "ach", "880010", null, Pending, Day)
            .Refusal.ShouldNotBeNull();
        (refusal.Code, refusal.Detail).ShouldBe(
            ($"presentation-{standing}", PresentationStanding.WordsOf(standing, "R10 on 2026-11-01")));
        PresentationStanding.Of(PresentationStanding.StatusOf(standing)).ShouldContain(standing);
    }

    [Fact]
    public void is_declined_once_unless_it_turns_out_to_be_for_good()
    {
        var presented = Presentation.Evolve(
            Presentation.Initial,
            PresentationDecider.Take(Presentation.Initial, Asked(), "card", "tok_1", null, Pending, Day).Events[0]);
        var under = new PendingPayment();
        Refused(PresentationDecider.Decline(Presentation.Initial, under, "no", false)).ShouldBe("nothing-presented");
        Refused(PresentationDecider.Decline(presented, under, " ", false)).ShouldBe("reason-required");
        var declined = PresentationDecider.Decline(presented, under, "do not honour", false).Events[0];
        var after = Presentation.Evolve(presented, declined);
        PresentationDecider.Decline(after, under, "do not honour", false).Events.ShouldBeEmpty();
        PresentationDecider.Decline(after, under, "stolen card", true).Events.ShouldHaveSingleItem();

        var paid = new PendingPayment
        {
            Ended = new PendingPaymentEnded("US01", PendingOutcomes.Settled, Customer, Usd(80m), []),
        };
        Refused(PresentationDecider.Decline(presented, paid, "do not honour", false))
            .ShouldBe("pending-payment-ended");
    }

    [Fact]
    public void is_refused_once_and_not_after_it_was_presented()
    {
        var refused = PresentationDecider.Refuse(Presentation.Initial, Asked(), "pays by wire on Friday").Events[0]
            .ShouldBeOfType<PresentationRefused>();
        var after = Presentation.Evolve(Presentation.Initial, refused);
        PresentationDecider.Refuse(after, Asked() with { Standing = PresentationStanding.Refused }, "again").Events
            .ShouldBeEmpty();
        var presented = Presentation.Evolve(
            Presentation.Initial,
            PresentationDecider.Take(Presentation.Initial, Asked(), "ach", "880010", null, Pending, Day).Events[0]);
        Refused(PresentationDecider.Refuse(
            presented, Asked() with { Standing = PresentationStanding.UnderWay }, "too late"))
            .ShouldBe("presentation-under-way");
    }

    private static AskedPresentation Asked() =>
        new("US01", Customer, "reminded", 1, 3, PresentationStanding.Due, null, Usd(80m));

    private static string? Refused(Decision decision) => decision.Refusal?.Code;

    private static Money Usd(decimal amount) => Money.Of(amount, "USD");
}
