using System.Text.RegularExpressions;

namespace OrderToCash.Architecture.Tests;

/// <summary>
/// While a release is rolled out the version before it works on the new schema: a schema file takes nothing away that
/// may be in use, and asks for nothing that an older writer does not give. What does so all the same is in
/// <c>SchemaUpgrades.txt</c>, with the reason why it does no harm.
/// </summary>
public sealed partial class SchemaUpgrades
{
    private const RegexOptions Options = RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase;

    private const string Excuses = "tests/Architecture.Tests/SchemaUpgrades.txt";

    [Fact]
    public void the_version_before_works_on_every_new_schema()
    {
        var files = Files().ToDictionary(file => file, Repository.Read);
        var unique = files.Values.SelectMany(sql => Statements(Comment().Replace(sql, "")))
            .Select(statement => UniqueIndex().Match(statement).Groups["name"].Value).Distinct().ToArray();
        var found = files.SelectMany(file => Breaks(file.Value, unique).Select(what => $"{file.Key} {what}")).ToList();
        var excused = Repository.Read(Excuses)
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(line => !line.StartsWith('#'))
            .Select(line => line.Split(": ", 2)).ToList();

        excused.ShouldAllBe(line => line.Length == 2 && line[1].Length > 20, "each with its reason");
        found.ShouldBe(excused.Select(line => line[0]), ignoreOrder: true);
    }

    [Theory]
    [InlineData("drop table promised", "drops table promised")]
    [InlineData("drop function credit_positions(timestamptz)", "drops function credit_positions")]
    [InlineData("alter table receipts drop column payer", "takes payer from receipts")]
    [InlineData("alter table receipts drop payer", "takes payer from receipts")]
    [InlineData("alter table receipts rename column payer to paid_by", "renames in receipts")]
    [InlineData("alter table receipts rename to incomes", "renames in receipts")]
    [InlineData("alter table receipts add column kind text not null", "wants kind of receipts")]
    [InlineData("alter table receipts add a text null, add kind text not null", "wants kind of receipts")]
    [InlineData("alter table receipts alter column kind set not null", "wants kind of receipts")]
    [InlineData("alter table receipts alter kind type integer", "changes the type of kind of receipts")]
    [InlineData("alter table receipts add constraint positive check (amount > 0)", "narrows receipts by positive")]
    [InlineData("alter table receipts drop constraint receipts_pkey", "takes receipts_pkey from receipts")]
    [InlineData("create unique index once on receipts (payer)", "narrows receipts by once")]
    [InlineData("drop index receipts_once", "drops index receipts_once")]
    [InlineData("alter table receipts add column kind text null, add column n int not null default 0")]
    [InlineData("alter table receipts drop constraint receipts_conserved; drop index receipts_kind")]
    [InlineData("create table t (a text not null); create unique index t_a on t (a); alter table t add b int not null")]
    [InlineData("-- drop table receipts\ncreate function f() returns int as $$ drop table t; $$ language sql")]
    public void what_an_older_version_cannot_bear_is_seen(string sql, params string[] breaks) =>
        Breaks(sql, "receipts_once").ShouldBe(breaks);

    private static IEnumerable<string> Files() =>
        Directory.EnumerateFiles(Path.Combine(Repository.Root, "services"), "*.sql", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Repository.Root, path).Replace('\\', '/'))
            .Where(path => path.Split('/') is [.., "Schema", _] and not [_, _, "bin", ..] and not [_, _, _, "bin", ..])
            .Order(StringComparer.Ordinal);

    /// <summary>What a file breaks, given the unique indexes that there were before it.</summary>
    private static IEnumerable<string> Breaks(string sql, params string[] uniqueBefore)
    {
        var text = Body().Replace(Comment().Replace(sql, ""), "''");
        var own = Created().Matches(text).Select(table => table.Groups["name"].Value).ToHashSet(StringComparer.Ordinal);
        return Statements(text).SelectMany(statement => OfStatement(statement, own, uniqueBefore));
    }

    private static IEnumerable<string> Statements(string text) =>
        text.Split(';').Select(statement => Space().Replace(statement, " ").Trim().ToLowerInvariant());

    private static IEnumerable<string> OfStatement(string statement, HashSet<string> own, string[] uniqueBefore)
    {
        if (Dropped().Match(statement) is { Success: true } dropped)
        {
            var (kind, name) = (dropped.Groups["kind"].Value, dropped.Groups["name"].Value);
            return kind == "index" && !uniqueBefore.Contains(name) ? [] : [$"drops {kind} {name}"];
        }

        if (UniqueIndex().Match(statement) is { Success: true } index && !own.Contains(index.Groups["table"].Value))
            return [$"narrows {index.Groups["table"].Value} by {index.Groups["name"].Value}"];
        return Altered().Match(statement) is { Success: true } altered && !own.Contains(altered.Groups["table"].Value)
            ? NextAction().Split(altered.Groups["actions"].Value)
                .Select(action => OfAction(altered.Groups["table"].Value, action)).OfType<string>()
            : [];
    }

    private static string? OfAction(string table, string action)
    {
        if (action.StartsWith("rename ", StringComparison.Ordinal))
            return $"renames in {table}";
        if (AddedConstraint().Match(action) is { Success: true } added)
            return $"narrows {table} by {added.Groups["name"].Value}";
        if (Taken().Match(action) is { Success: true } taken)
            return $"takes {taken.Groups["name"].Value} from {table}";
        if (Typed().Match(action) is { Success: true } typed)
            return $"changes the type of {typed.Groups["name"].Value} of {table}";
        return Wanted().Match(action) is { Success: true } wanted
            ? $"wants {wanted.Groups["name"].Value} of {table}"
            : null;
    }

    [GeneratedRegex(@"--[^\n]*", Options, 1000)]
    private static partial Regex Comment();

    [GeneratedRegex(@"\$\$.*?\$\$", Options | RegexOptions.Singleline, 1000)]
    private static partial Regex Body();

    [GeneratedRegex(@"\s+", Options, 1000)]
    private static partial Regex Space();

    [GeneratedRegex(@"\bcreate table (if not exists )?(?<name>\w+)", Options, 1000)]
    private static partial Regex Created();

    /// <summary>An index by itself may go; a unique one is what an older writer's <c>on conflict</c> names.</summary>
    [GeneratedRegex(
        @"^drop (?<kind>table|view|materialized view|function|sequence|type|index) (if exists )?(?<name>\w+)",
        Options, 1000)]
    private static partial Regex Dropped();

    [GeneratedRegex(@"^create unique index (?<name>\w+) on (?<table>\w+)", Options, 1000)]
    private static partial Regex UniqueIndex();

    [GeneratedRegex(@"^alter table (if exists |only )*(?<table>\w+) (?<actions>.*)$", Options, 1000)]
    private static partial Regex Altered();

    [GeneratedRegex(@", (?=add |alter |drop |rename )", Options, 1000)]
    private static partial Regex NextAction();

    [GeneratedRegex(
        @"^add (constraint (?<name>\w+)|(?<name>check|unique|primary key|foreign key|exclude)\b)", Options, 1000)]
    private static partial Regex AddedConstraint();

    /// <summary>Of constraints those that an older writer's <c>on conflict</c> names.</summary>
    [GeneratedRegex(
        @"^drop (column (if exists )?)?(?!column\b|constraint\b)(?<name>\w+)" +
        @"|^drop constraint (if exists )?(?<name>\w+_p?key)\b",
        Options, 1000)]
    private static partial Regex Taken();

    [GeneratedRegex(@"^alter (column )?(?<name>\w+) (set data )?type\b", Options, 1000)]
    private static partial Regex Typed();

    [GeneratedRegex(
        @"^add (column (if not exists )?)?(?<name>\w+) (?!.*\b(default|generated)\b).*\bnot null\b" +
        @"|^alter (column )?(?<name>\w+) set not null",
        Options, 1000)]
    private static partial Regex Wanted();
}
