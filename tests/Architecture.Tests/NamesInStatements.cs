using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace OrderToCash.Architecture.Tests;

/// <summary>
/// Statements name what C# declares: members of enumerations, which Invoicing and Approvals store under their names,
/// and properties of stored events. Who renames one sees here what looks for it in old rows and events.
/// </summary>
public sealed partial class NamesInStatements
{
    [Fact]
    public void what_is_compared_with_is_a_member_of_an_enumeration() =>
        Unknown(Compared(), Declared<EnumMemberDeclarationSyntax>(member => member.Identifier))
            .ShouldBeNone("No enumeration has this member; rows have the old name, and the statement finds none:");

    [Fact]
    public void what_is_read_out_of_an_event_is_a_property() =>
        Unknown(
            Read(),
            Declared<PropertyDeclarationSyntax>(property => property.Identifier)
                .Union(Declared<ParameterSyntax>(parameter => parameter.Identifier)))
            .ShouldBeNone("Nothing stored has this property; events have the old name, and the statement finds none:");

    private static IEnumerable<string> Unknown(Regex name, IEnumerable<string> declared)
    {
        var known = declared.ToHashSet(StringComparer.Ordinal);
        var found = (
            from source in Repository.Below("services")
            from token in source.Root.DescendantTokens()
            where token.IsKind(SyntaxKind.StringLiteralToken) || token.IsKind(SyntaxKind.InterpolatedStringTextToken)
                || token.IsKind(SyntaxKind.MultiLineRawStringLiteralToken)
            from Match match in name.Matches(token.ValueText)
            from Capture one in match.Groups["name"].Captures
            select (At: source.At(token.Parent!), Name: one.Value)).ToList();
        found.Count.ShouldBeGreaterThan(5);
        return found.Where(one => !known.Contains(one.Name)).Select(one => $"{one.At} {one.Name}");
    }

    private static HashSet<string> Declared<TSyntax>(Func<TSyntax, SyntaxToken> name)
        where TSyntax : SyntaxNode =>
        [
            .. from source in Repository.Below("services").Concat(Repository.Below("contracts"))
               from node in source.Root.DescendantNodes().OfType<TSyntax>()
               select name(node).ValueText,
        ];

    /// <summary><c>kind = 'Deposit'</c>, <c>kind in ('Invoice', 'DebitMemo')</c>.</summary>
    [GeneratedRegex(
        @"(=|<>|in \(|distinct from) ?'(?<name>[A-Z][a-z]\w*)'(, ?'(?<name>[A-Z][a-z]\w*)')*",
        RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Compared();

    /// <summary><c>data->>'Payers'</c>, <c>data->'Item'->>'Id'</c>.</summary>
    [GeneratedRegex(@"->>? ?'(?<name>[A-Z][a-z]\w*)'", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Read();
}
