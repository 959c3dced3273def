using System.Text.RegularExpressions;

namespace OrderToCash.EndToEnd.Tests.Support.Otlp;

/// <summary>What a PromQL expression asks for.</summary>
/// <param name="Metrics">Names of its series.</param>
/// <param name="Labels">Labels that it filters or groups by.</param>
internal sealed partial record PromQl(IReadOnlyList<string> Metrics, IReadOnlyList<string> Labels)
{
    private static readonly string[] Words = ["and", "or", "unless", "bool", "offset", "inf", "nan"];

    public static PromQl Parse(string expression)
    {
        var labels = new List<string>();
        var rest = Text().Replace(expression, "");
        rest = Range().Replace(rest, "");
        rest = Grouping().Replace(rest, group => Take(labels, Name().Matches(group.Groups["names"].Value)));
        rest = Selector().Replace(rest, selector => Take(labels, Filtered().Matches(selector.Value)));
        var metrics = Name().Matches(rest)
            .Where(name => !rest[(name.Index + name.Length)..].TrimStart().StartsWith('('))
            .Select(name => name.Value).Except(Words).Distinct();
        return new PromQl([.. metrics], [.. labels.Distinct()]);
    }

    private static string Take(List<string> labels, IEnumerable<Match> names)
    {
        labels.AddRange(names.Select(name => name.Value));
        return " ";
    }

    [GeneratedRegex("\"[^\"]*\"", RegexOptions.None, 1000)]
    private static partial Regex Text();

    [GeneratedRegex(@"\[[^\]]*\]", RegexOptions.None, 1000)]
    private static partial Regex Range();

    [GeneratedRegex(@"\b(by|without|on|ignoring|group_left|group_right)\s*\((?<names>[^)]*)\)",
        RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Grouping();

    [GeneratedRegex(@"\{[^}]*\}", RegexOptions.None, 1000)]
    private static partial Regex Selector();

    [GeneratedRegex(@"[a-zA-Z_]\w*(?=\s*[=!])", RegexOptions.None, 1000)]
    private static partial Regex Filtered();

    [GeneratedRegex(@"(?<![\w.])[a-zA-Z_:][\w:]*", RegexOptions.None, 1000)]
    private static partial Regex Name();
}
