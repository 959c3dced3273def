using FsCheck;
using FsCheck.Fluent;
using OrderToCash.CashApplication.Receipts.Matching;

namespace OrderToCash.CashApplication.Tests.Rules;

/// <summary>Keys are made without a string of each group; these are made of such strings, as the rule says.</summary>
public sealed class Reference_keys
{
    private static readonly Gen<string> Texts = Gen
        .Elements("INV", "inv", "US", "É", "ß", "0", "00", "007", "1", "12", "2026", "000123", "1234567890",
            "-", " ", "/", ".", "  ", "٣", "😀", "x", "34")
        .ArrayOf().Select(string.Concat);

    [Fact]
    public void are_those_of_the_groups_of_a_text() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(2_000),
        Prop.ForAll(Arb.From(Texts.Two()), texts =>
        {
            var (first, second) = texts;
            ReferenceKeys.Compact(first).ShouldBe(string.Concat(Groups(first)));
            ReferenceKeys.Loose(first).ShouldBe(Loose(Groups(first)));
            ReferenceKeys.Serial(first).ShouldBe(
                (Groups(first).FindLast(group => char.IsAsciiDigit(group[0])) ?? "").TrimStart('0'));
            ReferenceKeys.Candidates([first, second])
                .ShouldBe(Keys($"{first} {second}").Concat(Keys(first + second)).Distinct(), ignoreOrder: true);
        }));

    private static IEnumerable<string> Keys(string text)
    {
        var groups = Groups(text);
        return Enumerable.Range(0, groups.Count).SelectMany(first => Enumerable.Range(1, 8)
            .Where(count => first + count <= groups.Count)
            .Select(count => groups.GetRange(first, count))
            .Where(some => string.Concat(some).Length is >= 5 and <= 40
                && some.Exists(group => char.IsAsciiDigit(group[0])))
            .SelectMany(some => new[] { string.Concat(some), Loose(some) }));
    }

    /// <summary>Runs of letters and of digits, upper case.</summary>
    private static List<string> Groups(string text)
    {
        var groups = new List<string>();
        var last = 'o';
        foreach (var letter in text)
        {
            var kind = char.IsAsciiDigit(letter) ? 'd' : char.IsLetter(letter) ? 'l' : 'o';
            if (kind != 'o' && kind == last)
                groups[^1] += char.ToUpperInvariant(letter);
            else if (kind != 'o')
                groups.Add(char.ToUpperInvariant(letter).ToString());
            last = kind;
        }

        return groups;
    }

    private static string Loose(List<string> groups) => groups.Aggregate("", (key, group) =>
    {
        var isDigits = char.IsAsciiDigit(group[0]);
        var between = key.Length > 0 && (isDigits || char.IsAsciiDigit(key[^1])) ? "-" : "";
        return key + between + (!isDigits ? group : group.TrimStart('0') is { Length: > 0 } digits ? digits : "0");
    });
}
