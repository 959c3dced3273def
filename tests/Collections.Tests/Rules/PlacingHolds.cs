using OrderToCash.Collections.Holds;
using OrderToCash.Kernel;
using OrderToCash.TestKit;

namespace OrderToCash.Collections.Tests.Rules;

public sealed class PlacingHolds
{
    private static readonly DateOnly Today = new(2026, 4, 1);
    private static readonly DeciderSpec<Hold> Spec = new(Hold.Initial, Hold.Evolve);
    private static readonly HoldPlaced Block = new(
        "US01", Some.Id(), HoldKind.DunningBlock, Some.Id(), 1, Some.Usd(40), Today.AddDays(10), ["ana"], "Checking.");

    public static TheoryData<string, HoldPlaced> Wrong => new()
    {
        { "hold-scope", Block with { Kind = HoldKind.Bankruptcy } },
        { "hold-scope", Block with { InvoiceId = null } },
        { "hold-scope", Block with { Installment = null } },
        { "hold-amount", Block with { Amount = Some.Usd(0) } },
        { "hold-without-end", Block with { Until = null, Releasers = [] } },
        { "hold-until", Block with { Until = Today.AddDays(-1) } },
        { "hold-until", Block with { Until = Today.AddYears(6) } },
    };

    [Fact]
    public void it_is_placed_once()
    {
        Spec.Given().When(hold => HoldDecider.Place(hold, Block, Today)).Then(Block);
        Spec.Given(Block).When(hold => HoldDecider.Place(hold, Block, Today)).ThenNothing();
    }

    /// <summary>B-07: 50 EUR of an item in USD are no 50 USD, and 5,000 JPY not all of it.</summary>
    [Fact]
    public void what_is_held_of_an_item_is_in_its_currency()
    {
        Spec.Given().When(hold => HoldDecider.Place(hold, Block, Today, Some.Dollar)).Then(Block);
        Spec.Given().When(hold => HoldDecider.Place(hold, Block, Today, Currency.Of("EUR")))
            .ThenRefused("hold-currency");
    }

    [Theory]
    [MemberData(nameof(Wrong))]
    public void what_makes_no_sense_is_refused(string code, HoldPlaced wish) =>
        Spec.Given().When(hold => HoldDecider.Place(hold, wish, Today)).ThenRefused(code);

    [Fact]
    public void a_customer_under_legal_hold_stays_so_without_an_end()
    {
        var legal = new HoldPlaced("US01", Some.Id(), HoldKind.LegalHold, null, null, null, null, [], "Lawsuit.");

        Spec.Given().When(hold => HoldDecider.Place(hold, legal, Today)).Then(legal);
        Spec.Given(legal).When(hold => HoldDecider.Expire(hold, Today.AddYears(9))).ThenNothing();
    }

    [Fact]
    public void only_who_is_named_releases_or_extends_it()
    {
        Spec.Given(Block).When(hold => HoldDecider.Release(hold, "bob")).ThenRefused("not-a-releaser")
            .Kind.ShouldBe(RefusalKind.Forbidden);
        Spec.Given(Block).When(hold => HoldDecider.Extend(hold, Today.AddDays(20), "bob", Today))
            .ThenRefused("not-a-releaser");
        Spec.Given(Block).When(hold => HoldDecider.Release(hold, "ana")).Then(new HoldReleased(Block));
        Spec.Given(Block, new HoldReleased(Block)).When(hold => HoldDecider.Release(hold, "bob")).ThenNothing();
    }

    [Fact]
    public void it_is_lifted_by_itself_after_its_last_day()
    {
        Spec.Given(Block).When(hold => HoldDecider.Expire(hold, Block.Until!.Value)).ThenNothing();
        Spec.Given(Block).When(hold => HoldDecider.Expire(hold, Block.Until!.Value.AddDays(1)))
            .Then(new HoldExpired(Block));
        Spec.Given(Block, new HoldExpired(Block)).When(hold => HoldDecider.Release(hold, "ana"))
            .ThenRefused("hold-ended");
    }

    [Fact]
    public void an_extended_hold_lasts_until_its_new_day()
    {
        var later = Block with { Until = Today.AddDays(20) };

        Spec.Given(Block).When(hold => HoldDecider.Extend(hold, later.Until, "ana", Today))
            .Then(new HoldExtended(later));
        Spec.Given(Block, new HoldExtended(later)).When(hold => HoldDecider.Expire(hold, Today.AddDays(11)))
            .ThenNothing();
        Spec.Given(Block with { Releasers = [] }).When(hold => HoldDecider.Extend(hold, null, "ana", Today))
            .ThenRefused("hold-without-end");
    }
}
