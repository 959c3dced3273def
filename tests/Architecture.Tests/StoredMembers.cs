using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace OrderToCash.Architecture.Tests;

/// <summary>
/// Members of enumerations are stored under their names, in events and in some rows, and stay readable for ever. They
/// are approved in <c>StoredMembers.approved.txt</c>; <c>UPDATE_STORED_NAMES=1 dotnet test tests/Architecture.Tests</c>
/// adds new ones and never takes one away.
/// </summary>
public sealed class StoredMembers
{
    private const string Approvals = "services/BuildingBlocks/Approvals";
    private const string Approved = "tests/Architecture.Tests/StoredMembers.approved.txt";

    /// <summary>No event has these; rows of Invoicing and of approvals do.</summary>
    private static readonly string[] OfRows =
        ["Approvals/ApprovalStatus", "Invoicing/DeliveryStatus", "Invoicing/StatementStatus"];

    [Fact]
    public void members_are_approved_and_none_is_lost()
    {
        var approved = Repository.Read(Approved)
            .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var used = Repository.Services().Concat(Repository.Below(Approvals)).GroupBy(Owner)
            .SelectMany(service => Members(service.Key, [.. service])).Order(StringComparer.Ordinal).ToList();
        if (Environment.GetEnvironmentVariable("UPDATE_STORED_NAMES") == "1")
        {
            File.WriteAllLines(Path.Combine(Repository.Root, Approved), approved.Union(used)
                .Order(StringComparer.Ordinal));
            return;
        }

        used.Count.ShouldBeGreaterThan(100);
        approved.Except(used).ShouldBeNone("Stored under these names, and nothing reads them any more:");
        used.Except(approved).ShouldBeNone($"New members; their names are for ever. Approve them in {Approved}:");
    }

    /// <summary>The members of all enumerations that stored events have, in whatever they hold.</summary>
    private static IEnumerable<string> Members(string owner, IReadOnlyList<SourceFile> sources)
    {
        var types = sources.SelectMany(source => source.Root.DescendantNodes().OfType<BaseTypeDeclarationSyntax>())
            .ToLookup(type => type.Identifier.ValueText);
        var open = new Stack<string>(Events(sources)
            .Concat(OfRows.Where(name => name.StartsWith($"{owner}/", StringComparison.Ordinal))
                .Select(name => name[(owner.Length + 1)..])));
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (open.TryPop(out var name))
        {
            if (!seen.Add(name))
                continue;
            foreach (var type in types[name])
            {
                foreach (var part in Parts(type))
                    open.Push(part);
                foreach (var member in (type as EnumDeclarationSyntax)?.Members ?? [])
                    yield return $"{owner}/{name}.{member.Identifier.ValueText}";
            }
        }
    }

    /// <summary><c>.Add&lt;LimitSet&gt;("limit_set")</c>.</summary>
    private static IEnumerable<string> Events(IEnumerable<SourceFile> sources) =>
        from source in sources
        from name in source.Root.DescendantNodes().OfType<GenericNameSyntax>()
        where name.Identifier.ValueText is "Add" or "Upcast"
        from type in name.TypeArgumentList.Arguments
        select $"{type}";

    /// <summary>Names of the types of what it holds.</summary>
    private static IEnumerable<string> Parts(BaseTypeDeclarationSyntax type) =>
        from held in ((type as TypeDeclarationSyntax)?.ParameterList?.Parameters.Select(parameter => parameter.Type)
            ?? []).Concat((type as TypeDeclarationSyntax)?.Members.OfType<PropertyDeclarationSyntax>()
            .Where(property => property.AccessorList is not null).Select(property => property.Type) ?? [])
        where held is not null
        from name in held.DescendantNodesAndSelf().OfType<SimpleNameSyntax>()
        select name.Identifier.ValueText;

    private static string Owner(SourceFile source) =>
        source.Folder == Approvals ? "Approvals" : source.Path.Split('/')[1];
}
