using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace OrderToCash.Architecture.Tests;

/// <summary>
/// A subscription that says which events it does something about is handed no others: one that is missing in its list
/// would be passed over for good, without a word.
/// </summary>
public sealed class SubscribedEvents
{
    [Fact]
    public void a_subscription_names_all_events_that_it_acts_on_and_no_others()
    {
        var subscriptions = (
            from source in Repository.Services()
            from type in source.Root.DescendantNodes().OfType<ClassDeclarationSyntax>()
            where type.BaseList?.Types.Any(one => one.Type.ToString() == "ISubscription") == true
            let list = type.Members.OfType<PropertyDeclarationSyntax>()
                .SingleOrDefault(member => member.Identifier.ValueText == "Events")
            where list is not null
            let stored = StoredBy(source.Path.Split('/')[1])
            select (At: source.At(type), Name: type.Identifier.ValueText,
                Named: Names(list.DescendantNodes().OfType<TypeOfExpressionSyntax>().Select(one => one.Type)),
                Used: Names(Patterns(type)).Where(stored.Contains).ToHashSet())).ToList();

        subscriptions.Count.ShouldBeGreaterThan(6);
        subscriptions.Where(one => !one.Named.SetEquals(one.Used))
            .Select(one => $"{one.At} {one.Name}: {string.Join(", ", Differing(one.Named, one.Used))}")
            .ShouldBeNone("These are acted on and not named in Events, or named and not acted on:");
    }

    private static HashSet<string> Differing(HashSet<string> named, HashSet<string> used)
    {
        var differing = named.ToHashSet();
        differing.SymmetricExceptWith(used);
        return differing;
    }

    /// <summary>Events that a service gives a stored name.</summary>
    private static HashSet<string> StoredBy(string service) => Names(
        from source in Repository.Below($"services/{service}")
        from name in source.Root.DescendantNodes().OfType<GenericNameSyntax>()
        where name.Identifier.ValueText == "Add"
        from argument in name.TypeArgumentList.Arguments
        select argument);

    /// <summary>
    /// What a class looks for: <c>is</c>, <c>or</c>, arms of a switch, <c>OfType</c>. A pattern of a list is none: it
    /// looks at what was decided.
    /// </summary>
    private static IEnumerable<SyntaxNode> Patterns(TypeDeclarationSyntax type) => type
        .DescendantNodes(node => node is not ListPatternSyntax)
        .Select(SoughtBy).OfType<SyntaxNode>();

    private static SyntaxNode? SoughtBy(SyntaxNode node) => node switch
    {
        ConstantPatternSyntax pattern => pattern.Expression,
        TypePatternSyntax pattern => pattern.Type,
        DeclarationPatternSyntax pattern => pattern.Type,
        RecursivePatternSyntax pattern => pattern.Type,
        BinaryExpressionSyntax { OperatorToken.ValueText: "is" } test => test.Right,
        GenericNameSyntax { Identifier.ValueText: "OfType" } generic => generic.TypeArgumentList.Arguments[0],
        _ => null,
    };

    private static HashSet<string> Names(IEnumerable<SyntaxNode> types) =>
        [.. types.Select(type => type.ToString().Split('.')[^1])];
}
