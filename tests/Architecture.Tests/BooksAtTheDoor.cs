using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace OrderToCash.Architecture.Tests;

/// <summary>The gateway lets through to an address whoever its service asks for, and nobody else.</summary>
public sealed class BooksAtTheDoor
{
    private static readonly string[] Changes = ["MapPost", "MapPut", "MapPatch", "MapDelete"];

    [Fact]
    public void what_keepers_of_the_books_may_is_open_to_them_at_the_gateway_and_closed_to_others()
    {
        var routes = Routes();
        var changes = (
            from source in Repository.Below("services/Invoicing/UseCases")
            from call in source.Root.DescendantNodes().OfType<InvocationExpressionSyntax>()
            where call.Expression is MemberAccessExpressionSyntax member
                && Changes.Contains(member.Name.Identifier.ValueText)
                && call.ArgumentList.Arguments[0].Expression is LiteralExpressionSyntax
            let path = "/v1" + ((LiteralExpressionSyntax)call.ArgumentList.Arguments[0].Expression).Token.ValueText
            select (At: source.At(call), Path: path, IsOfBooks: Scope(call) == "Scopes.InvoicingBooks")).ToList();

        changes.Count(change => change.IsOfBooks).ShouldBeGreaterThan(8);
        changes.Where(change => (PolicyOf(change.Path, routes) == "books") != change.IsOfBooks)
            .Select(change => $"{change.At} {change.Path}")
            .ShouldBeNone("A route of the gateway and its endpoint ask for the same scope:");
    }

    /// <summary>The scope that stands first in the chain behind the mapping.</summary>
    private static string? Scope(InvocationExpressionSyntax call) => call.Ancestors()
        .TakeWhile(node => node is ExpressionSyntax).OfType<InvocationExpressionSyntax>()
        .FirstOrDefault(outer => outer.Expression is MemberAccessExpressionSyntax member
            && member.Name.Identifier.ValueText.StartsWith("RequireScope", StringComparison.Ordinal))
        ?.ArgumentList.Arguments[0].ToString();

    /// <summary>The policy of the most specific route: the one that leaves the least open.</summary>
    private static string? PolicyOf(string path, IReadOnlyList<(string Path, string Policy)> routes)
    {
        var asked = Regex.Replace(path, @"\{[^}]+\}", "x", RegexOptions.None, TimeSpan.FromSeconds(1));
        return routes
            .Where(route => Regex.IsMatch(asked, Pattern(route.Path), RegexOptions.None, TimeSpan.FromSeconds(1)))
            .OrderByDescending(route => route.Path.Split('/').Count(part => !part.StartsWith('{')))
            .ThenBy(route => route.Path.Contains("**", StringComparison.Ordinal))
            .Select(route => route.Policy).FirstOrDefault();
    }

    private static string Pattern(string path)
    {
        var parts = path.Split('/').Skip(1).Select(part =>
            part.StartsWith("{**", StringComparison.Ordinal) ? "(/.*)?" : part.StartsWith('{') ? "/[^/]+" : $"/{part}");
        return $"^{string.Concat(parts)}$";
    }

    private static List<(string Path, string Policy)> Routes()
    {
        var comments = new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip };
        var settings = JsonNode.Parse(Repository.Read("gateway/appsettings.json"), documentOptions: comments)!;
        return
        [
            .. settings["ReverseProxy"]!["Routes"]!.AsObject().Select(route => (
                (string)route.Value!["Match"]!["Path"]!, (string)route.Value["AuthorizationPolicy"]!)),
        ];
    }
}
