namespace OrderToCash.Kernel.Tests;

/// <summary>A decision is events, nothing, or a refusal, and never two of them.</summary>
public sealed class Decisions
{
    private static readonly Refusal No = new("not-allowed", "It is not allowed.");

    [Fact]
    public void Events_are_given_in_their_order()
    {
        var decision = Decision.Of("first", "second");

        decision.Events.ShouldBe(["first", "second"]);
        decision.IsRefused.ShouldBeFalse();
        decision.Refusal.ShouldBeNull();
    }

    [Fact]
    public void No_events_are_nothing()
    {
        Decision.Of().ShouldBe(Decision.Nothing);
        Decision.Nothing.Events.ShouldBeEmpty();
        Decision.Nothing.IsRefused.ShouldBeFalse();
    }

    [Fact]
    public void A_refusal_has_no_events()
    {
        Decision decision = No;

        decision.IsRefused.ShouldBeTrue();
        decision.Refusal.ShouldBe(No);
        decision.Events.ShouldBeEmpty();
        decision.ShouldBe(Decision.FromRefusal(No));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(" ")]
    [InlineData("bell\a")]
    [InlineData("nothing\0")]
    public void What_nobody_says_why_of_is_refused(string? reason)
    {
        var refusal = Refusal.Unexplained(reason).ShouldNotBeNull();

        (refusal.Code, refusal.Kind, refusal.Field).ShouldBe(("reason-required", RefusalKind.Rule, "/reason"));
    }

    [Fact]
    public void A_reason_has_at_most_500_characters_and_may_have_lines()
    {
        Refusal.Unexplained(new string('x', 500)).ShouldBeNull();
        Refusal.Unexplained(new string('x', 501)).ShouldNotBeNull();
        Refusal.Unexplained("They paid twice.\r\n\tSee the statement.").ShouldBeNull();
    }

    [Fact]
    public void A_refusal_says_what_kind_of_no_it_is()
    {
        No.Kind.ShouldBe(RefusalKind.Rule);
        Refusal.State("paid", "It is paid.").Kind.ShouldBe(RefusalKind.State);
        Refusal.NotFound("invoice", "INV-1").ShouldBe(
            new Refusal("not-found", "There is no invoice INV-1.", RefusalKind.NotFound));
    }
}
