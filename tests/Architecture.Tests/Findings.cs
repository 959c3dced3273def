using System.Globalization;
using System.Runtime.CompilerServices;

namespace OrderToCash.Architecture.Tests;

/// <summary>
/// What a rule found. Findings from before a rule was checked are counted per file in <c>KnownFindings.txt</c>; a count
/// may only go down: <c>UPDATE_KNOWN_FINDINGS=1 dotnet test tests/Architecture.Tests</c> writes lower counts and never
/// higher ones.
/// </summary>
internal static class Findings
{
    private const string File = "tests/Architecture.Tests/KnownFindings.txt";

    private static readonly Lock Writing = new();

    /// <summary>Passes when no file has more findings than are known; else fails with them, one per line.</summary>
    /// <param name="findings">Each begins with the path of its file.</param>
    /// <param name="rule">What is wrong with them.</param>
    /// <param name="test">The test, as the file of known findings names it.</param>
    public static void ShouldBeNone(this IEnumerable<string> findings, string rule, [CallerMemberName] string test = "")
    {
        var found = findings.GroupBy(finding => finding.Split(':', ' ')[0])
            .ToDictionary(file => file.Key, file => file.ToList());
        if (Environment.GetEnvironmentVariable("UPDATE_KNOWN_FINDINGS") == "1")
            Lower(test, found);
        var known = Known();
        var news = found.Where(file => file.Value.Count > known.GetValueOrDefault((test, file.Key))).ToList();
        if (news.Count > 0)
            throw new ShouldAssertException($"{rule}\n{string.Join('\n', news.SelectMany(file => file.Value))}");
    }

    private static Dictionary<(string Test, string Path), int> Known() => Repository.Read(File)
        .Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(line => line.Split(' '))
        .ToDictionary(part => (part[0], part[1]), part => int.Parse(part[2], CultureInfo.InvariantCulture));

    private static void Lower(string test, Dictionary<string, List<string>> found)
    {
        lock (Writing)
        {
            var lines = Known()
                .Select(one => one.Key.Test != test
                    ? one
                    : new(one.Key, Math.Min(one.Value, found.TryGetValue(one.Key.Path, out var now) ? now.Count : 0)))
                .Where(one => one.Value > 0)
                .Select(one => $"{one.Key.Test} {one.Key.Path} {one.Value}")
                .Order(StringComparer.Ordinal);
            System.IO.File.WriteAllLines(Path.Combine(Repository.Root, File), lines);
        }
    }
}
