using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace OrderToCash.Architecture.Tests;

/// <summary>
/// What a snapshot holds was folded by the code of its shape. Whoever changes that code raises the shape, or has made
/// sure that it folds as before; <c>UPDATE_SNAPSHOT_SHAPES=1 dotnet test tests/Architecture.Tests</c> writes down which
/// code the shape stands for.
/// </summary>
public sealed partial class SnapshotShapes
{
    private const string Approved = "tests/Architecture.Tests/SnapshotShapes.approved.txt";

    /// <summary>Files that say what an account holds, and what an event does to it.</summary>
    private static readonly string[] OfAccounts =
    [
        "CreditAccount.Cash", "CreditAccount.Orders", "CreditAccount.Snapshot", "CreditAccount", "CreditAccountContent",
        "CreditAccountEvents", "CheckedOrder", "DueBalances", "Exposure", "OrderBilling",
    ];

    [Fact]
    public void a_shape_stands_for_the_code_that_folds()
    {
        var sources = OfAccounts.Select(name => $"services/Credit/CreditAccounts/{name}.cs")
            .Select(path => Repository.Sources.Single(source => source.Path == path)).ToList();
        var shape = sources.Select(source => Shape().Match(source.Text)).Single(match => match.Success)
            .Groups["shape"].Value;
        var now = $"credit_account {shape} {Fingerprint(sources)}";
        if (Environment.GetEnvironmentVariable("UPDATE_SNAPSHOT_SHAPES") == "1")
            File.WriteAllText(Path.Combine(Repository.Root, Approved), $"{now}\n");

        Repository.Read(Approved).Trim().ShouldBe(
            now,
            "What folds credit accounts has changed: raise the shape of CreditAccount.Snapshot, unless each event " +
            "does what it did and none is new, then run with UPDATE_SNAPSHOT_SHAPES=1.");
    }

    /// <summary>Comments and white space fold nothing.</summary>
    private static string Fingerprint(IEnumerable<SourceFile> sources) => Convert.ToHexStringLower(SHA256.HashData(
        Encoding.UTF8.GetBytes(string.Join(
            ' ', sources.SelectMany(source => source.Root.DescendantTokens()).Select(token => token.ValueText)))));

    [GeneratedRegex("shape: (?<shape>[0-9]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Shape();
}
