using System.Xml.Linq;

namespace OrderToCash.Architecture.Tests;

/// <summary>Who may know whom.</summary>
public sealed class Arrows
{
    private const string Blocks = "services/BuildingBlocks";

    [Fact]
    public void projects_reference_only_what_the_architecture_allows() =>
        (from project in Repository.Projects
         where !project.StartsWith("tests/", StringComparison.Ordinal)
             && !project.StartsWith("deploy/", StringComparison.Ordinal)
         from reference in References(project, "ProjectReference")
         let target = Path.GetRelativePath(Repository.Root, Path.GetFullPath(
             Path.Combine(Repository.Root, Path.GetDirectoryName(project)!, reference))).Replace('\\', '/')
         where !IsAllowed(project, target)
         select $"{project} -> {target}")
        .ShouldBeNone("Kernel <- EventStore <- Messaging <- ServiceDefaults <- Approvals, Documents; services -> " +
            "building blocks and contracts only.");

    [Fact]
    public void contracts_need_nothing() =>
        References("contracts/OrderToCash.Contracts.csproj", "PackageReference").ShouldBeEmpty();

    [Fact]
    public void the_kernel_needs_nothing() =>
        References($"{Blocks}/Kernel/OrderToCash.Kernel.csproj", "PackageReference").ShouldBeEmpty();

    [Fact]
    public void versions_of_packages_are_in_one_place() =>
        (from project in Repository.Projects
         from reference in XDocument.Parse(Repository.Read(project)).Descendants("PackageReference")
         where reference.Attribute("Version") is not null
         select $"{project}: {reference.Attribute("Include")?.Value}")
        .ShouldBeNone("Versions belong into Directory.Packages.props.");

    [Fact]
    public void building_blocks_know_no_business() =>
        (from source in Repository.Below(Blocks)
         from token in source.Root.DescendantTokens()
         where token.Parent is not null
             && new[] { "Invoice", "Customer", "Receipt", "Dunning", "Dispute", "Installment", "Exposure" }
                 .Any(word => token.ValueText.Contains(word, StringComparison.Ordinal)
                     && !token.ValueText.Contains(' ', StringComparison.Ordinal))
         select $"{source.At(token.Parent!)}: {token.ValueText}")
        .ShouldBeNone("Words of the domain belong into the services.");

    private static bool IsAllowed(string project, string target)
    {
        string[] allowed = project switch
        {
            "contracts/OrderToCash.Contracts.csproj" or $"{Blocks}/Kernel/OrderToCash.Kernel.csproj" => [],
            $"{Blocks}/EventStore/OrderToCash.EventStore.csproj" => [$"{Blocks}/Kernel/"],
            $"{Blocks}/Messaging/OrderToCash.Messaging.csproj" =>
                [$"{Blocks}/Kernel/", $"{Blocks}/EventStore/", "contracts/"],
            $"{Blocks}/ServiceDefaults/OrderToCash.ServiceDefaults.csproj" =>
                [$"{Blocks}/Kernel/", $"{Blocks}/EventStore/", $"{Blocks}/Messaging/"],
            $"{Blocks}/Approvals/OrderToCash.Approvals.csproj" => [$"{Blocks}/", "contracts/"],
            $"{Blocks}/Documents/OrderToCash.Documents.csproj" => [$"{Blocks}/Kernel/", $"{Blocks}/ServiceDefaults/"],
            "gateway/OrderToCash.Gateway.csproj" => [$"{Blocks}/Kernel/", $"{Blocks}/ServiceDefaults/"],
            _ => [$"{Blocks}/", "contracts/"],
        };
        return allowed.Any(prefix => target.StartsWith(prefix, StringComparison.Ordinal));
    }

    private static IEnumerable<string> References(string project, string kind) =>
        XDocument.Parse(Repository.Read(project)).Descendants(kind)
            .Select(reference => reference.Attribute("Include")!.Value);
}
