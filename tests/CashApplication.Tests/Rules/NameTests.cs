using System.Globalization;
using Microsoft.VisualBasic.FileIO;
using OrderToCash.CashApplication.Receipts.Matching;
using OrderToCash.CashApplication.Tests.Support;

namespace OrderToCash.CashApplication.Tests.Rules;

public sealed class Names_of_firms
{
    [Theory]
    [InlineData("GLOBEX CORP", "Globex Corporation")]
    [InlineData("The Homs Refinery Company", "HOMS REFINERY CORPORATION")]
    [InlineData("Siemens AG", "Siemens Aktiengesellschaft")]
    [InlineData("SOC. GENERALE S.A.", "Soc Generale SA")]
    [InlineData("MUELLER & SOHNE GMBH", "Mueller Sohne GmbH")]
    [InlineData("ÅKESSON ÖST AB", "Akesson Ost Aktiebolag")]
    [InlineData("DIRECCION DE S.A. DE C.V.", "Direccion SA de CV")]
    [InlineData("ACME MFG INTL INC", "Acme Manufacturing International")]
    public void are_the_same_but_for_how_they_are_written(string one, string other) =>
        NameSimilarity.Of(one, other).ShouldBeGreaterThanOrEqualTo(NameSimilarity.Same);

    [Theory]
    [InlineData("INTERNATIONAL BUSINESS MACHINES CORPORATION", "INTERNATIONAL BUSINESS MACH")]
    [InlineData("Continental Exports LLC", "CONTINENTAL EXPRTS LLC")]
    [InlineData("Brightway Systems Inc.", "BRIGHT WAY SYSTEMS")]
    [InlineData("International Business Machines", "IBM")]
    public void are_recognised_cut_off_mistyped_run_together_or_shortened(string one, string other) =>
        NameSimilarity.Of(one, other).ShouldBeGreaterThanOrEqualTo(NameSimilarity.Same);

    [Theory]
    [InlineData("Eastern Supply Group", "Eastern Mart Group")]
    [InlineData("Summit Retail Corp", "Highland Retail Inc.")]
    [InlineData("Omega West Division", "Omega Global Holdings LLC")]
    [InlineData("Deutsche Bank", "Deutsche Post")]
    [InlineData("Acme Trading", "Zenith Trading")]
    public void of_different_firms_are_told_apart(string one, string other) =>
        NameSimilarity.Of(one, other).ShouldBeLessThan(NameSimilarity.Same);

    [Theory]
    [InlineData("", "Globex")]
    [InlineData("---", "Globex")]
    [InlineData("Inc", "LLC")]
    public void of_nothing_are_like_nobodys(string one, string other) =>
        NameSimilarity.Of(one, other).ShouldBeLessThan(NameSimilarity.Same);

    [Fact]
    public void share_a_key_with_what_they_are_mistaken_for()
    {
        (string, string)[] pairs =
        [
            ("GLOBEX CORP", "Globex Corporation"), ("CONTINENTL EXPORTS", "Continental Exports LLC"),
            ("IBM", "International Business Machines"), ("BRIGHT WAY SYSTEMS", "Brightway Systems Inc."),
        ];
        foreach (var (one, other) in pairs)
            PartyName.Blocks(one).Overlaps(PartyName.Blocks(other)).ShouldBeTrue($"{one} / {other}");
    }
}

/// <summary>
/// Measured on published pairs. The bounds are what is reached today, so that a change that makes it worse is seen.
/// </summary>
public sealed class Names_as_others_have_judged_them
{
    [Fact]
    public void in_pairs_of_company_names()
    {
        var pairs = Read("easonanalytica+company_name_matcher/test_data.csv").Select(row =>
            (row["Name_x"], row["Name_y"], row["Targets"] == "1")).ToList();
        Judge("company_name_matcher", pairs, precision: 0.99m, recall: 0.55m);
    }

    [Fact]
    public void in_pairs_of_sanctions_screening()
    {
        var pairs = Read("opensanctions+nomenklatura/name_bench_companies.csv").Select(row =>
            (row["name1"], row["name2"], row["is_match"] == "true")).ToList();
        Judge("nomenklatura", pairs, precision: 0.84m, recall: 0.80m);
    }

    [Fact]
    public void in_patents_of_the_same_applicant()
    {
        var rows = Read("dedupeio+dedupe-examples/patstat_reference.csv")
            .Select(row => (Id: row["leuven_id"], Name: row["person_name"])).ToList();
        var pairs = new List<(string, string, bool)>();
        for (var one = 0; one < rows.Count; one++)
        {
            for (var other = one + 1; other < rows.Count; other++)
                pairs.Add((rows[one].Name, rows[other].Name, rows[one].Id == rows[other].Id));
        }

        Judge("patstat", pairs, precision: 0.999m, recall: 0.90m);
    }

    /// <summary>1,300 different firms: without their legal forms hardly two of them are the same.</summary>
    [Fact]
    public void without_legal_form_stay_different()
    {
        if (SharedData.Find("names/psolin+cleanco/companies.csv") is not { } path)
            return;
        var names = File.ReadLines(path).Select(line => line.Split(';')[0].Trim()).Where(name => name.Length > 0)
            .Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        var same = names.GroupBy(PartyName.Key).Where(group => group.Count() > 1).ToList();
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{names.Count} names, {same.Sum(group => group.Count())} share a key: " +
            string.Join("; ", same.Take(5).Select(group => string.Join(" = ", group))));
        same.Sum(group => group.Count()).ShouldBeLessThan(names.Count / 25);
    }

    private static void Judge(
        string source, IReadOnlyList<(string One, string Other, bool IsSame)> pairs, decimal precision, decimal recall)
    {
        if (pairs.Count == 0)
            return;
        var judged = pairs.Select(pair => (pair.IsSame, Held: NameSimilarity.Of(pair.One, pair.Other)
            >= NameSimilarity.Same)).ToList();
        decimal right = judged.Count(pair => pair is { IsSame: true, Held: true });
        decimal held = judged.Count(pair => pair.Held);
        decimal same = judged.Count(pair => pair.IsSame);
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{source}: {pairs.Count} pairs, precision {right / held:0.000}, recall {right / same:0.000}"));
        (right / held).ShouldBeGreaterThanOrEqualTo(precision);
        (right / same).ShouldBeGreaterThanOrEqualTo(recall);
    }

    private static List<Dictionary<string, string>> Read(string file)
    {
        if (SharedData.Find($"names/{file}") is not { } path)
            return [];
        using var reader = new TextFieldParser(path) { HasFieldsEnclosedInQuotes = true };
        reader.SetDelimiters(",");
        var names = reader.ReadFields()!;
        var rows = new List<Dictionary<string, string>>();
        while (reader.ReadFields() is { } fields)
            rows.Add(names.Zip(fields).ToDictionary(pair => pair.First, pair => pair.Second));
        return rows;
    }
}
