using OrderToCash.CashApplication.Receipts.Matching;
using static OrderToCash.CashApplication.Tests.Rules.Matches;

namespace OrderToCash.CashApplication.Tests.Rules;

/// <summary>CASH-08: an account is a payer's at its bank.</summary>
public sealed class Banks_of_payers
{
    private static readonly KnownPayer[] Known =
    [
        new(PayerTrait.Account, "111000025/555", Globex), new(PayerTrait.Account, "222000022/555", Initech),
    ];

    [Theory]
    [InlineData("111000025", 1)]
    [InlineData("222000022", 2)]
    [InlineData("333000033", 0)]
    [InlineData(null, 0)]
    public void cash08_tell_accounts_of_one_number_apart(string? bank, int whose) =>
        PayerOf(bank, Known).ShouldBe(whose switch { 1 => Globex, 2 => Initech, _ => (Guid?)null });

    /// <summary>The number alone is what a profile has, or what was learned before banks were.</summary>
    [Fact]
    public void cash08_are_looked_for_before_the_number_alone()
    {
        KnownPayer[] both = [new(PayerTrait.Account, "555", Globex), Known[1]];

        PayerOf("222000022", both).ShouldBe(Initech);
        PayerOf("111000025", both).ShouldBe(Globex);
        PayerOf(null, both).ShouldBe(Globex);
    }

    [Fact]
    public void cash08_are_not_those_of_a_number_whose_bank_is_known_by_now()
    {
        KnownPayer[] both = [new(PayerTrait.Account, "555", Globex, IsOfKnownBank: true), Known[0]];

        PayerOf("222000022", both).ShouldBeNull();
        PayerOf("111000025", both).ShouldBe(Globex);
        PayerOf(null, both).ShouldBe(Globex);
    }

    private static Guid? PayerOf(string? bank, KnownPayer[] known) => Matcher.Match(
        Pay(55m, "") with { PayerAccount = "555", PayerBank = bank }, new MatchFacts([], Both, known),
        MatchSettings.Of(MatchPolicy.Default)).CustomerId;
}
