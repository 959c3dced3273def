using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace OrderToCash.Architecture.Tests;

/// <summary>
/// Who changes what the address names may say which version they saw (If-Match), and is refused where it is another by
/// now: as the API documents it of all of them.
/// </summary>
public sealed class VersionsSeen
{
    /// <summary>What these name has no version: no stream, or work on many.</summary>
    private static readonly string[] Versionless = ["/admin/projections/{name}/rebuild"];

    private static readonly string[] Changes = ["MapPost", "MapPut", "MapPatch", "MapDelete"];

    private static readonly ILookup<string, TypeDeclarationSyntax> Types = (
        from source in Repository.Below("services")
        from type in source.Root.DescendantNodes().OfType<TypeDeclarationSyntax>()
        select type).ToLookup(type => type.Identifier.ValueText);

    /// <summary>Extensions, by the type they extend and their name.</summary>
    private static readonly ILookup<(string Type, string Name), MethodDeclarationSyntax> Extensions = (
        from types in Types
        from method in types.SelectMany(type => type.Members).OfType<MethodDeclarationSyntax>()
        let first = method.ParameterList.Parameters.FirstOrDefault()
        where first?.Modifiers.Any(SyntaxKind.ThisKeyword) == true
        select (Key: ($"{first.Type}", method.Identifier.ValueText), Method: method))
        .ToLookup(one => one.Key, one => one.Method);

    [Fact]
    public void every_change_of_what_an_address_names_says_its_version()
    {
        var changes = (
            from source in Repository.Below("services")
            from call in source.Root.DescendantNodes().OfType<InvocationExpressionSyntax>()
            where call.ArgumentList.Arguments.Count >= 2 && Changes.Contains(NameOf(call))
            let route = call.ArgumentList.Arguments[0].Expression.ToString().Trim('$', '"')
            where route.Contains('{', StringComparison.Ordinal)
            let handler = call.ArgumentList.Arguments[1].Expression
            where TakesCommand(handler)
            select (At: source.At(call), Route: route, Says: Says(handler, []))).ToList();

        changes.Count.ShouldBeGreaterThan(80);
        Versionless.ShouldBeSubsetOf(changes.Select(change => change.Route));
        changes.Where(change => !change.Says && !Versionless.Contains(change.Route))
            .Select(change => $"{change.At} {change.Route}")
            .ShouldBeNone("Decide by HttpCommand.DecideAsync, or say HttpCommand.Expect within CommitAsync:");
    }

    private static bool TakesCommand(ExpressionSyntax handler) => handler switch
    {
        ParenthesizedLambdaExpressionSyntax lambda => HasCommand(lambda.ParameterList),
        _ => Methods(handler).Any(method => HasCommand(method.ParameterList)),
    };

    /// <summary>Whether it, or what it calls, says a version; calls are followed by names and declared types.</summary>
    private static bool Says(SyntaxNode code, HashSet<SyntaxNode> seen) =>
        (code is ExpressionSyntax handler and not LambdaExpressionSyntax ? Methods(handler).Cast<SyntaxNode>() : [code])
        .Where(seen.Add)
        .SelectMany(node => node.DescendantNodes().OfType<InvocationExpressionSyntax>())
        .Any(call => call.Expression.ToString() is "command.DecideAsync" or "command.Expect"
                or "command.ExpectAsync"
            || Methods(call.Expression).Any(method => Says(method, seen)));

    /// <summary>What an expression may mean: of its own type, or of that of what is before the dot.</summary>
    private static IEnumerable<MethodDeclarationSyntax> Methods(ExpressionSyntax expression)
    {
        var (owner, name) = expression switch
        {
            IdentifierNameSyntax own => (
                expression.Ancestors().OfType<TypeDeclarationSyntax>().First().Identifier.ValueText,
                own.Identifier.ValueText),
            MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax before } member => (
                TypeOf(before), member.Name.Identifier.ValueText),
            _ => ("", ""),
        };
        return Types[owner].SelectMany(type => type.Members).OfType<MethodDeclarationSyntax>()
            .Where(method => method.Identifier.ValueText == name)
            .Concat(Extensions[(owner, name)]);
    }

    /// <summary>A parameter or a member of the type around it, else the name of a type itself.</summary>
    private static string TypeOf(IdentifierNameSyntax name)
    {
        var text = name.Identifier.ValueText;
        var around = name.Ancestors().OfType<TypeDeclarationSyntax>().Last().DescendantNodes().ToList();
        return around.OfType<ParameterSyntax>()
            .FirstOrDefault(parameter => parameter.Identifier.ValueText == text && parameter.Type is not null)?.Type
            ?.ToString()
            ?? around.OfType<VariableDeclarationSyntax>()
                .FirstOrDefault(declared => declared.Variables.Any(one => one.Identifier.ValueText == text))?.Type
                .ToString()
            ?? text;
    }

    private static bool HasCommand(ParameterListSyntax parameters) =>
        parameters.Parameters.Any(parameter => parameter.Type?.ToString() == "HttpCommand");

    private static string NameOf(InvocationExpressionSyntax call) =>
        call.Expression is MemberAccessExpressionSyntax member ? member.Name.Identifier.ValueText : "";
}
