using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace OrderToCash.Architecture.Tests;

/// <summary>
/// What a snapshot holds was folded by the code of its shape. Whoever changes that code raises the shape, or has made
/// sure that it holds and folds the same; <c>UPDATE_SNAPSHOT_SHAPES=1 dotnet test tests/Architecture.Tests</c> writes
/// down which code the shape stands for. A field more of an event that is held (a limit, a hold, cover) is no longer
/// the same: an older instance keeps the event without it, and what reads that would miss it.
/// </summary>
public sealed partial class SnapshotShapes
{
    private const string Approved = "tests/Architecture.Tests/SnapshotShapes.approved.txt";

    /// <summary>Files that say what an account holds, what an event does to it, and how it is kept.</summary>
    private static readonly string[] OfAccounts =
    [
        "services/Credit/CreditAccounts/AbsorbedStanding.cs", "services/Credit/CreditAccounts/CreditAccount.Cash.cs",
        "services/Credit/CreditAccounts/CreditAccount.Orders.cs",
        "services/Credit/CreditAccounts/CreditAccount.Snapshot.cs", "services/Credit/CreditAccounts/CreditAccount.cs",
        "services/Credit/CreditAccounts/CreditAccountContent.cs",
        "services/Credit/CreditAccounts/CreditAccountEvents.cs", "services/Credit/CreditAccounts/CheckedOrder.cs",
        "services/Credit/CreditAccounts/DecisionFacts.cs", "services/Credit/CreditAccounts/DueBalances.cs",
        "services/Credit/CreditAccounts/Exposure.cs", "services/Credit/CreditAccounts/OrderBilling.cs",
        "services/Credit/Policies/CheckPoint.cs", "services/BuildingBlocks/EventStore/Snapshot.cs",
        "services/BuildingBlocks/Kernel/Currency.cs", "services/BuildingBlocks/Kernel/Json.cs",
        "services/BuildingBlocks/Kernel/Money.Arithmetic.cs", "services/BuildingBlocks/Kernel/Money.cs",
        "services/BuildingBlocks/Kernel/MoneyJsonConverter.cs",
    ];

    [Fact]
    public void a_shape_stands_for_the_code_that_folds()
    {
        var sources = OfAccounts.Select(path => Repository.Sources.Single(source => source.Path == path)).ToList();
        var shape = sources.Select(source => Shape().Match(source.Text)).Single(match => match.Success)
            .Groups["shape"].Value;
        var now = $"credit_account {shape} {Fingerprint(sources)}";
        if (Environment.GetEnvironmentVariable("UPDATE_SNAPSHOT_SHAPES") == "1")
            File.WriteAllText(Path.Combine(Repository.Root, Approved), $"{now}\n");

        Repository.Read(Approved).Trim().ShouldBe(
            now,
            "What folds credit accounts has changed: raise the shape of CreditAccount.Snapshot, unless the account " +
            "holds what it held, each event does what it did, and no event is new; then run with " +
            "UPDATE_SNAPSHOT_SHAPES=1. A field more of an event that the account holds always raises it.");
    }

    /// <summary>Comments and white space fold nothing.</summary>
    private static string Fingerprint(IEnumerable<SourceFile> sources) => Convert.ToHexStringLower(SHA256.HashData(
        Encoding.UTF8.GetBytes(string.Join(
            ' ', sources.SelectMany(source => source.Root.DescendantTokens()).Select(token => token.ValueText)))));

    [GeneratedRegex("shape: (?<shape>[0-9]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Shape();
}
