using OrderToCash.CashApplication.Policies;
using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Receipts.Matching;
using OrderToCash.CashApplication.Remittances;
using OrderToCash.Kernel;
using static OrderToCash.CashApplication.Tests.Rules.Matches;
using static OrderToCash.CashApplication.Tests.Rules.Receipts;

namespace OrderToCash.CashApplication.Tests.Rules;

/// <summary>CASH-06: what payers put before numbers, or into them, is data of the legal entity.</summary>
public sealed class What_is_left_out_of_references
{
    private static readonly MatchPolicy Stripping =
        MatchPolicy.Default with { ReferenceRules = new ReferenceRules(["re", "99", "9900"], "x") };

    [Theory]
    [InlineData("REINV-US01-2026-000123", "letters in front")]
    [InlineData("paid: reINV-US01-2026-000123.", "behind a sign, in small letters")]
    [InlineData("INV-US01x2026x000123", "letters for signs")]
    [InlineData("REINVxUS01-2026-000123", "both")]
    [InlineData("INV-US01-2026-000123", "nothing to leave out")]
    [InlineData("REINV-US01-20\n26-000123", "broken at the end of a line")]
    public void cash06_numbers_are_found_without_it(string written, string because)
    {
        Candidate[] items = [Item("INV-US01-2026-000123", 100m), Item("INV-US01-2026-777777", 100m)];
        var payment = Pay(100m, "") with { Remittance = written.Split('\n') };

        Match(payment, items, Stripping).Paid().ShouldBe([("INV-US01-2026-000123", 100m)], because);
    }

    [Fact]
    public void cash06_numbers_without_letters_are_found_behind_the_longest_prefix()
    {
        Candidate[] items = [Item("2026000123", 100m), Item("2026777777", 100m)];

        Match(Pay(100m, "99002026000123"), items, Stripping).Paid().ShouldBe([("2026000123", 100m)]);
        Match(Pay(100m, "99002026000123"), items, MatchPolicy.Default).Chosen.ShouldBeNull();
    }

    /// <summary>Somebody else's number is what is left of it.</summary>
    [Fact]
    public void cash06_what_is_written_is_named_where_that_is_a_number()
    {
        Candidate[] items = [Item("992026000123", 100m), Item("2026000123", 40m, Initech)];

        Match(Pay(100m, "992026000123"), items, Stripping).Paid().ShouldBe([("992026000123", 100m)]);
        Match(Pay(100m, "RE992026000123"), items, Stripping).Paid().ShouldBe([("992026000123", 100m)]);
        Candidate[] own = [Item("992026000123", 100m), Item("2026000123", 40m)];
        Match(Pay(140m, "992026000123, 2026000123"), own, Stripping).Paid().Count().ShouldBe(2);
    }

    [Fact]
    public void cash06_documents_of_an_advice_are_found_without_it()
    {
        Candidate[] items = [Item("2026000123", 100m), Item("2026777777", 100m)];
        var payment = Pay(100m, "") with
        {
            PayerAccount = null,
            Documents = [new RemittanceLine("992026777777", null, Usd(100m), null, null, [])],
        };

        Match(payment, items, Stripping).Paid().ShouldBe([("2026777777", 100m)]);
        Match(payment, items, MatchPolicy.Default).Chosen.ShouldBeNull();
    }

    [Theory]
    [InlineData("RE", "RE", "a word that is nothing but the prefix")]
    [InlineData("REX-1", "-1", "letters behind it")]
    [InlineData("a rex, 99 9912 more", "a , 99 12 more", "in each word")]
    [InlineData("", "", "nothing")]
    public void cash06_is_left_out_of_words(string text, string stripped, string because) =>
        Stripping.ReferenceRules!.Strip(text).ShouldBe(stripped, because);

    [Fact]
    public void cash06_is_bounded()
    {
        Refused(new ReferenceRules([.. Enumerable.Range(0, 51).Select(one => $"P{one}")]));
        Refused(new ReferenceRules(["RE", "re"]));
        Refused(new ReferenceRules(["RE-"]));
        Refused(new ReferenceRules([""]));
        Refused(new ReferenceRules([new string('A', 21)]));
        Refused(new ReferenceRules([], "-"));
        Refused(new ReferenceRules([], "0"));
        Refused(new ReferenceRules([]));
        Refused(new ReferenceRules(null!));
        CashPolicyDecider.Define(CashPolicies.Initial, "US01", Stripping).Events.ShouldHaveSingleItem();

        static void Refused(ReferenceRules rules) => CashPolicyDecider
            .Define(CashPolicies.Initial, "US01", MatchPolicy.Default with { ReferenceRules = rules })
            .Refusal!.Field.ShouldBe("/referenceRules");
    }
}

/// <summary>CASH-06: from what weight on the payer is certain is data of the legal entity.</summary>
public sealed class Certainty_of_the_payer
{
    [Theory]
    [InlineData(0.55, true)]
    [InlineData(0.60, true)]
    [InlineData(0.61, false)]
    public void cash06_is_data_of_the_policy(double weight, bool isCertain)
    {
        var match = Match(
            Pay(55m, ""), [Item("INV-1001", 100m)],
            MatchPolicy.Default with { CertainPayerWeight = (decimal)weight });

        (match.CustomerId is not null).ShouldBe(isCertain);
        if (!isCertain)
            match.Payers.ShouldNotBeNull().ShouldContain(payer => payer.CustomerId == Globex);
    }

    /// <summary>Whatever policy and rule set say, a likeness is none.</summary>
    [Fact]
    public void cash06_is_never_a_name_that_is_only_alike()
    {
        var trusting = RuleSet.Standard with
        {
            Code = "TRUSTING",
            Weights =
            [
                new EvidenceWeight(Evidence.LikeName, 0.99m), new EvidenceWeight(Evidence.SomewhatLikeName, 0.99m),
            ],
        };
        var payment = Pay(55m, "", "Globexx Corporation") with { PayerAccount = null };

        var match = Match(
            payment, [Item("INV-1001", 100m)], MatchPolicy.Default with { CertainPayerWeight = 0.5m }, trusting);

        match.CustomerId.ShouldBeNull();
        match.Payers.ShouldNotBeNull().ShouldContain(payer => payer.CustomerId == Globex);
    }

    [Theory]
    [InlineData(0.49)]
    [InlineData(1)]
    public void cash06_is_bounded(double weight) => CashPolicyDecider
        .Define(CashPolicies.Initial, "US01", MatchPolicy.Default with { CertainPayerWeight = (decimal)weight })
        .Refusal!.Field.ShouldBe("/certainPayerWeight");
}

/// <summary>CASH-06: who names an invoice that is paid hears by which receipt.</summary>
public sealed class Invoices_that_are_paid
{
    private static readonly Candidate Paid = Item("INV-US01-2026-000123", 0m) with
    {
        Paid = new PaidBy(new DateOnly(2026, 10, 3), "RCP-US01-2026-000007"),
    };

    [Fact]
    public void cash06_tell_by_which_receipt()
    {
        var aside = Match(Pay(100m, "INV-US01-2026-000123"), [Paid], Globex).Aside.ShouldNotBeNull();

        aside.Reason.ShouldBe(AsideReasons.AlreadyPaid);
        aside.Detail.ShouldBe(
            "INV-US01-2026-000123 is named; it was paid on 2026-10-03 by receipt RCP-US01-2026-000007.");
        var several = Paid with { Paid = Paid.Paid! with { IsLastOfSeveral = true } };
        Match(Pay(100m, "INV-US01-2026-000123"), [several], Globex).Aside!.Detail
            .ShouldContain("at last on 2026-10-03");
    }

    /// <summary>The money counts on 2026-11-02, thirty days after that of the receipt.</summary>
    [Theory]
    [InlineData(30, AsideReasons.AlreadyPaid)]
    [InlineData(29, AsideReasons.Unexplained)]
    [InlineData(null, AsideReasons.AlreadyPaid)]
    public void cash06_are_looked_back_at_for_as_long_as_the_policy_says(int? days, string reason) => Match(
        Pay(100m, "INV-US01-2026-000123"), [Paid], MatchPolicy.Default with { ClosedLookBackDays = days })
        .Aside!.Reason.ShouldBe(reason);

    [Fact]
    public void cash06_are_told_where_it_is_not_known_who_paid_them() => Match(
        Pay(100m, "INV-US01-2026-000123"), [Paid with { Paid = null }],
        MatchPolicy.Default with { ClosedLookBackDays = 1 }).Aside!.Reason.ShouldBe(AsideReasons.AlreadyPaid);

    /// <summary>When what else closed it did so is not known.</summary>
    [Fact]
    public void cash06_are_told_where_receipts_paid_a_part_of_them()
    {
        var part = Paid with { Paid = Paid.Paid! with { IsAll = false } };

        var aside = Match(
            Pay(100m, "INV-US01-2026-000123"), [part], MatchPolicy.Default with { ClosedLookBackDays = 1 }).Aside!;

        (aside.Reason, aside.Detail).ShouldBe((AsideReasons.AlreadyPaid,
            "INV-US01-2026-000123 is named; it was paid in part, at last on 2026-10-03 by receipt " +
            "RCP-US01-2026-000007, and the rest of it closed otherwise."));
    }

    [Fact]
    public void cash06_look_back_is_bounded() => CashPolicyDecider
        .Define(CashPolicies.Initial, "US01", MatchPolicy.Default with { ClosedLookBackDays = -1 })
        .Refusal!.Field.ShouldBe("/closedLookBackDays");
}
