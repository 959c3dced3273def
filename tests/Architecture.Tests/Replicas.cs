using System.Text.RegularExpressions;

namespace OrderToCash.Architecture.Tests;

/// <summary>
/// A message says all of a thing, so a row of a replica takes one of its own version again: a column that is new is
/// filled when the past is asked for once more. What wants a newer version is here, with the reason.
/// </summary>
public sealed partial class Replicas
{
    private static readonly Dictionary<string, string> Newer = new()
    {
        ["BuildingBlocks/EventStore/Snapshot.cs"] = "no replica: of one version there is one state",
        ["CashApplication/Replicas/CreditMemos.cs"] = "tells what is open, and nothing else of the row",
        ["Collections/Integration/LikelyPayersConsumer.cs"] = "customers are looked at where something is new",
        ["Collections/Integration/MergedCustomersConsumer.cs"] = "customers are looked at where something is new",
        ["Collections/Integration/ReceiptsConsumer.cs"] = "customers are looked at where their share is new",
        ["Invoicing/Integration/AgencyCommissionsConsumer.cs"] = "what is new is booked",
    };

    [Fact]
    public void a_whole_row_is_taken_from_a_message_of_its_version_again()
    {
        var services = Path.Combine(Repository.Root, "services");
        var found = Directory.EnumerateFiles(services, "*.cs", SearchOption.AllDirectories)
            .Where(path => OnlyNewer().IsMatch(File.ReadAllText(path)))
            .Select(path => Path.GetRelativePath(services, path).Replace('\\', '/'));

        found.ShouldBe(Newer.Keys, ignoreOrder: true);
    }

    [GeneratedRegex(@"where excluded\.version > ", RegexOptions.None, 1000)]
    private static partial Regex OnlyNewer();
}
