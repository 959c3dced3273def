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
        Spec.Given(Block).When(hold => HoldDecider.Release(hold, By("bob"))).ThenRefused("not-a-releaser")
            .Kind.ShouldBe(RefusalKind.Forbidden);
        Spec.Given(Block).When(hold => HoldDecider.Extend(hold, Today.AddDays(20), By("bob"), Today))
            .ThenRefused("not-a-releaser");
        Spec.Given(Block).When(hold => HoldDecider.Release(hold, By("ana"))).Then(new HoldReleased(Block));
        Spec.Given(Block, new HoldReleased(Block)).When(hold => HoldDecider.Release(hold, By("bob"))).ThenNothing();
    }

    /// <summary>B-07: whoever collects does not also say that a lawsuit, a demand or a bankruptcy is over.</summary>
    [Theory]
    [InlineData(HoldKind.LegalHold, true)]
    [InlineData(HoldKind.CeaseAndDesist, true)]
    [InlineData(HoldKind.Bankruptcy, true)]
    [InlineData(HoldKind.DoNotContact, false)]
    [InlineData(HoldKind.InternalParty, false)]
    public void a_matter_of_law_is_released_by_who_is_named_or_runs_the_system(HoldKind kind, bool isLaw)
    {
        var placed = new HoldPlaced("US01", Some.Id(), kind, null, null, null, null, [], "As told.");
        var named = placed with { Releasers = ["eva", "role:legal"] };
        var operators = new HoldReleaser("ops", new HashSet<string>(), RunsTheSystem: true);

        Spec.Given(placed).When(hold => HoldDecider.Release(hold, operators)).Then(new HoldReleased(placed));
        Spec.Given(named).When(hold => HoldDecider.Release(hold, By("eva"))).Then(new HoldReleased(named));
        Spec.Given(named).When(hold => HoldDecider.Release(hold, By("bob", "legal"))).Then(new HoldReleased(named));
        Spec.Given(named).When(hold => HoldDecider.Release(hold, By("legal", "collector")))
            .ThenRefused("not-a-releaser");
        var byOperators = Spec.Given(named).When(hold => HoldDecider.Release(hold, operators));
        if (!isLaw)
        {
            byOperators.ThenRefused("not-a-releaser");
            Spec.Given(placed).When(hold => HoldDecider.Release(hold, By("bob"))).Then(new HoldReleased(placed));
            return;
        }

        byOperators.Then(new HoldReleased(named));
        Spec.Given(placed).When(hold => HoldDecider.Release(hold, By("bob", "legal"))).ThenRefused("not-a-releaser")
            .Kind.ShouldBe(RefusalKind.Forbidden);
        Spec.Given(placed).When(hold => HoldDecider.Extend(hold, Today, By("bob"), Today))
            .ThenRefused("not-a-releaser");
    }

    [Fact]
    public void it_is_lifted_by_itself_after_its_last_day()
    {
        Spec.Given(Block).When(hold => HoldDecider.Expire(hold, Block.Until!.Value)).ThenNothing();
        Spec.Given(Block).When(hold => HoldDecider.Expire(hold, Block.Until!.Value.AddDays(1)))
            .Then(new HoldExpired(Block));
        Spec.Given(Block, new HoldExpired(Block)).When(hold => HoldDecider.Release(hold, By("ana")))
            .ThenRefused("hold-ended");
    }

    [Fact]
    public void an_extended_hold_lasts_until_its_new_day()
    {
        var later = Block with { Until = Today.AddDays(20) };

        Spec.Given(Block).When(hold => HoldDecider.Extend(hold, later.Until, By("ana"), Today))
            .Then(new HoldExtended(later));
        Spec.Given(Block, new HoldExtended(later)).When(hold => HoldDecider.Expire(hold, Today.AddDays(11)))
            .ThenNothing();
        Spec.Given(Block with { Releasers = [] }).When(hold => HoldDecider.Extend(hold, null, By("ana"), Today))
            .ThenRefused("hold-without-end");
    }

    private static HoldReleaser By(string subject, params string[] roles) =>
        new(subject, roles.ToHashSet(StringComparer.Ordinal));
}
