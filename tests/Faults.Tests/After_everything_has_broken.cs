using OrderToCash.Faults.Checks;
using OrderToCash.Faults.Injections;

namespace OrderToCash.Faults.Tests;

/// <summary>
/// The rules hold on what a run has left, and each is seen to fail on the same facts with one thing spoilt.
/// </summary>
public sealed class After_everything_has_broken(ShortRun run, ITestOutputHelper output) : IClassFixture<ShortRun>
{
    public static TheoryData<string> Checks => [.. Check.All.Select(check => check.Name)];

    public static TheoryData<string, string> Spoils => [.. Spoil.All.Select(spoil => (spoil.Check, spoil.Name))];

    public static TheoryData<string> Copies => [.. Facts.CopySql.All.Select(copy => copy.Name)];

    [Theory]
    [MemberData(nameof(Checks))]
    public void this_holds(string check)
    {
        output.WriteLine(run.Said);
        var verdict = run.Result.Verdicts.Single(pair => pair.Check.Name == check).Verdict;

        verdict.Findings.ShouldBeEmpty($"{check}\n{run.Said}");
        verdict.Examined.ShouldBePositive(check);
    }

    [Theory]
    [MemberData(nameof(Spoils))]
    public void this_is_noticed(string check, string name)
    {
        var spoilt = Spoil.All.Single(spoil => spoil.Check == check && spoil.Name == name).Do(run.Result.Facts);

        Check.All.Single(one => one.Name == check).Judge(spoilt).Findings.ShouldNotBeEmpty(name);
    }

    [Fact]
    public void holds_and_contacts_that_never_met_prove_nothing() =>
        Promises.HoldsAreKept(run.Result.Facts with { Holds = [] }).Examined.ShouldBe(0);

    [Theory]
    [MemberData(nameof(Copies))]
    public void a_row_that_is_missing_too_many_or_different_is_noticed_in(string copy)
    {
        var facts = run.Result.Facts;
        var rows = facts.Copies.Single(one => one.Name == copy);
        rows.Source.ShouldNotBeEmpty();
        var (key, value) = rows.Replica.First();

        Findings(replica => replica.Remove(key)).ShouldHaveSingleItem().ShouldContain(key);
        Findings(replica => replica.Add("one too many", value)).ShouldHaveSingleItem();
        Findings(replica => replica[key] = $"{value} ").ShouldHaveSingleItem().ShouldContain(key);

        IReadOnlyList<string> Findings(Action<Dictionary<string, string>> change)
        {
            var replica = new Dictionary<string, string>(rows.Replica);
            change(replica);
            return Check.All.Single(check => check.Name.StartsWith("every copy", StringComparison.Ordinal))
                .Judge(facts with { Copies = [rows with { Replica = replica }] }).Findings;
        }
    }

    [Fact]
    public void every_check_is_shown_to_fail() => Check.All.Select(check => check.Name)
        .Except(Spoil.All.Select(spoil => spoil.Check))
        .ShouldBe(["every copy equals its source, row by row"], "it has a test of its own");

    [Fact]
    public void every_fault_has_happened() => Injection.All.Select(injection => injection.Name).Distinct()
        .ShouldBe(run.Result.Faults.Keys, ignoreOrder: true);
}
