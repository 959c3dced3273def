using System.Text.RegularExpressions;

namespace OrderToCash.Architecture.Tests;

/// <summary>Bands of a matrix are kept by the service that decides on them.</summary>
public sealed partial class ApprovedKinds
{
    private const string Kinds = "services/BuildingBlocks/Approvals/ApprovalKinds.cs";

    /// <summary>I-19: a kind that a matrix takes and nobody asks for would be a limit that limits nothing.</summary>
    [Fact]
    public void each_is_carried_out_by_a_service()
    {
        var carriedOut = Repository.Services()
            .SelectMany(source => Registration().Matches(source.Text).Select(match => match.Groups["kind"].Value));

        Constant().Matches(Repository.Read(Kinds)).Select(match => match.Groups["kind"].Value)
            .Except(carriedOut).ShouldBeNone("No service registers these with AddApprovals:");
    }

    [GeneratedRegex(@"public const string (?<kind>\w+) =", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Constant();

    [GeneratedRegex(@"\.Kind<[\w.]+>\(\s*ApprovalKinds\.(?<kind>\w+),", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Registration();
}
