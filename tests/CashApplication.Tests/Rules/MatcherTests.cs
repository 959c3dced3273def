using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Receipts.Matching;
using OrderToCash.CashApplication.Remittances;
using OrderToCash.Kernel;
using static OrderToCash.CashApplication.Tests.Rules.Receipts;

namespace OrderToCash.CashApplication.Tests.Rules;

public sealed class References
{
    [Theory]
    [InlineData("INV-US01-2026-000123")]
    [InlineData("Invoice inv us01 2026 123")]
    [InlineData("payment for INV/US01/2026/00123, thank you")]
    [InlineData("INVUS012026000123")]
    [InlineData("Inv.US01-2026.000123")]
    [InlineData("2026-11-02 INV-US01-2026-000123 1,250.00")]
    [InlineData("RF04INVUS012026000123")]
    public void are_found_however_they_are_written(string text) => Names("INV-US01-2026-000123", text).ShouldBeTrue();

    [Theory]
    [InlineData("INV-US01-2026-0001234")]
    [InlineData("INV-US02-2026-000123")]
    [InlineData("INV-US01-2025-000123")]
    [InlineData("000123")]
    [InlineData("")]
    public void are_not_found_in_something_else(string text) => Names("INV-US01-2026-000123", text).ShouldBeFalse();

    [Fact]
    public void are_found_across_the_end_of_a_line() =>
        ReferenceKeys.Candidates(["Invoices INV-US01-20", "26-000123 and more"])
        .ShouldContain(ReferenceKeys.Compact("INV-US01-2026-000123"));

    [Fact]
    public void in_endless_text_cost_little() =>
        ReferenceKeys.Candidates([string.Concat(Enumerable.Repeat("A1 ", 100_000))]).Count.ShouldBeLessThan(20_000);

    [Theory]
    [InlineData("INVUS012026000124", true)]
    [InlineData("INVUS01202600012", true)]
    [InlineData("INVUS0120260001233", true)]
    [InlineData("INVUS012026000132", true)]
    [InlineData("INVUS012026000123", true)]
    [InlineData("INVUS012026000134", false)]
    [InlineData("INVUS012026001023", true)]
    [InlineData("INVUS012026100023", false)]
    [InlineData("INVUS0120260001", false)]
    public void are_nearly_found_with_one_slip(string written, bool isNearly) => ReferenceKeys
        .IsNearly("INV-US01-2026-000123", ReferenceKeys.PossibleSlips([written])).ShouldBe(isNearly);

    /// <summary>
    /// Looked at one by one, the slips in a text of thousands of numbers would be compared with thousands of items.
    /// </summary>
    [Fact]
    public void in_a_text_of_thousands_have_no_slips() => ReferenceKeys
        .PossibleSlips(ReferenceKeys.Candidates([string.Join(' ', Enumerable.Range(0, 3_000).Select(n => $"INV-{n}"))]))
        .ShouldBeEmpty();

    private static bool Names(string number, string text)
    {
        var keys = ReferenceKeys.Candidates([text]);
        return keys.Contains(ReferenceKeys.Compact(number)) || keys.Contains(ReferenceKeys.Loose(number));
    }
}

/// <summary>Payments, items and customers to try matching on.</summary>
internal static class Matches
{
    public const string Account = "DE89370400440532013000";

    public static readonly Guid Globex = Ids.From("customer", "globex");
    public static readonly Guid Initech = Ids.From("customer", "initech");
    public static readonly DateOnly Due = new(2026, 11, 30);

    public static readonly CustomerCandidate[] Both =
    [
        new(Globex, "CUST-US01-000001", "Globex Corporation"), new(Initech, "CUST-US01-000002", "Initech LLC"),
    ];

    public static Payment Pay(decimal amount, string text, string? name = null) =>
        new(Usd(amount), name, Account, text.Length == 0 ? [] : [text], null, new DateOnly(2026, 11, 2));

    public static Candidate Item(string number, decimal available, Guid? customer = null) =>
        new(Ids.From("invoice", number), 1, number, customer ?? Globex, Due, Usd(available));

    public static MatchFacts With(IEnumerable<Candidate> items, params Guid[] payers) => new(
        items, Both, payers.Select(payer => new KnownPayer(PayerTrait.Account, Account, payer)));

    public static MatchResult Match(Payment payment, IReadOnlyList<Candidate> items, params Guid[] payers) =>
        Matcher.Match(payment, With(items, payers), MatchSettings.Of(MatchPolicy.Default));

    public static MatchResult Match(
        Payment payment, IReadOnlyList<Candidate> items, MatchPolicy policy, RuleSet? rules = null) =>
        Matcher.Match(payment, With(items, Globex), new MatchSettings(
            policy with { RuleSet = rules?.Code ?? "STANDARD" },
            rules is null
                ? ImmutableDictionary<string, RuleSet>.Empty
                : ImmutableDictionary<string, RuleSet>.Empty.Add(rules.Code, rules)));

    public static IEnumerable<(string Invoice, decimal Amount)> Paid(this MatchResult match) =>
        match.Chosen.ShouldNotBeNull().Lines.Select(line => (line.InvoiceNumber, line.Amount.Amount));
}
