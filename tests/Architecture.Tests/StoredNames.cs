using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace OrderToCash.Architecture.Tests;

/// <summary>
/// Names under which events are stored stay readable for ever. They are approved in <c>StoredNames.approved.txt</c>;
/// <c>UPDATE_STORED_NAMES=1 dotnet test tests/Architecture.Tests</c> adds new ones and never takes one away.
/// </summary>
public sealed partial class StoredNames
{
    private const string Approvals = "services/BuildingBlocks/Approvals";
    private const string Approved = "tests/Architecture.Tests/StoredNames.approved.txt";

    [Fact]
    public void names_are_approved_and_none_is_lost()
    {
        var approved = Repository.Read(Approved)
            .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var used = Used();
        if (Environment.GetEnvironmentVariable("UPDATE_STORED_NAMES") == "1")
        {
            File.WriteAllLines(Path.Combine(Repository.Root, Approved), approved.Union(used)
                .Order(StringComparer.Ordinal));
            return;
        }

        approved.Except(used)
            .ShouldBeNone("Stored under these names, and nothing reads them any more; add an upcaster:");
        used.Except(approved).ShouldBeNone($"New names; they are for ever. Approve them in {Approved}:");
    }

    [Fact]
    public void names_are_snake_case_and_given_once() =>
        Used().Where(name => !SnakeCase().IsMatch(name)).Concat(
                Used().GroupBy(name => name).Where(same => same.Count() > 1).Select(same => $"{same.Key} twice"))
            .ShouldBeNone("Not service/snake_case, or twice:");

    /// <summary>What a service stores is what it owns, and its README says what that is.</summary>
    [Fact]
    public void names_are_in_the_readme_of_their_service() =>
        (from name in Used()
         let parts = name.Split('/')
         where parts[0] != "Approvals"
            && !Repository.Read($"services/{parts[0]}/README.md").Contains($"`{parts[1]}`", StringComparison.Ordinal)
         select name)
        .ShouldBeNone("Stored, and not in a table of the service's README:");

    /// <summary>
    /// <c>.Add&lt;LimitSet&gt;("limit_set")</c> and <c>.Upcast&lt;…&gt;("old_name", …)</c> in each service, and in the
    /// building block whose events every service stores.
    /// </summary>
    private static List<string> Used() =>
    [
        .. (from source in Repository.Services().Concat(Repository.Below(Approvals))
            from call in source.Root.DescendantNodes().OfType<InvocationExpressionSyntax>()
            where call.Expression is MemberAccessExpressionSyntax
            {
                Name: GenericNameSyntax { Identifier.ValueText: "Add" or "Upcast" },
            }
            where call.ArgumentList.Arguments.Count > 0
            let literal = call.ArgumentList.Arguments[0].Expression as LiteralExpressionSyntax
            where literal is not null
            select $"{Owner(source)}/{literal.Token.ValueText}").Order(StringComparer.Ordinal),
    ];

    private static string Owner(SourceFile source) =>
        source.Folder == Approvals ? "Approvals" : source.Path.Split('/')[1];

    [GeneratedRegex("^[A-Za-z]+/[a-z]+(_[a-z]+)*$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex SnakeCase();
}
