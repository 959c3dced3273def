using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace OrderToCash.Architecture.Tests;

/// <summary>A caller who does not know what became of a request may send it again under its Idempotency-Key.</summary>
public sealed class RepeatedRequests
{
    /// <summary>What these answer is reckoned out of what is asked, and nothing is written.</summary>
    private static readonly string[] Reads =
    [
        "/e-invoices/check",
        "/v1/collections/playbooks/{code}/previews",
        "/v1/collections/playbooks/{code}/simulations",
        "/v1/credit/policies/{legalEntity}/trials",
    ];

    /// <summary>Who calls these has no log-in and no key; what is said again changes nothing.</summary>
    private static readonly string[] Anybodys = ["/v1/collections/opt-outs/{token}"];

    [Fact]
    public void every_post_takes_an_idempotency_key()
    {
        var posts = Posts().ToList();

        posts.Count.ShouldBeGreaterThan(100);
        Reads.Concat(Anybodys).ShouldBeSubsetOf(posts.Select(post => post.Route));
        posts.Where(post => !Reads.Contains(post.Route) && !Anybodys.Contains(post.Route) && !post.TakesKey)
            .Select(post => $"{post.At} {post.Route}")
            .ShouldBeNone("HttpCommand commits the key with the change, or keeps the answer of what bears repeating:");
    }

    [Fact]
    public void a_read_is_none_that_writes() =>
        Posts().Where(post => Reads.Contains(post.Route) && post.TakesKey).Select(post => $"{post.At} {post.Route}")
            .ShouldBeNone("It writes and takes a key, so it is not in the list of reads:");

    private static IEnumerable<Post> Posts() =>
        from source in Repository.Below("services")
        from call in source.Root.DescendantNodes().OfType<InvocationExpressionSyntax>()
        where NameOf(call) == "MapPost"
        from handler in Handlers(source, call)
        let route = call.ArgumentList.Arguments[0].Expression
        select new Post(
            source.At(call), (route as LiteralExpressionSyntax)?.Token.ValueText ?? route.ToString(),
            TakesKey(source, call, handler));

    /// <summary>The handler; or, within a function that maps what it is handed, all that it is handed.</summary>
    private static IEnumerable<ExpressionSyntax> Handlers(SourceFile source, InvocationExpressionSyntax call)
    {
        var handler = call.ArgumentList.Arguments[1].Expression;
        var inside = call.Ancestors().OfType<LocalFunctionStatementSyntax>().FirstOrDefault();
        if (handler is not IdentifierNameSyntax name
            || inside?.ParameterList.Parameters.Any(one => one.Identifier.ValueText == name.ToString()) != true)
            return [handler];
        return source.Root.DescendantNodes().OfType<InvocationExpressionSyntax>()
            .Where(other => NameOf(other) == inside.Identifier.ValueText)
            .Select(other => other.ArgumentList.Arguments[^1].Expression);
    }

    private static bool TakesKey(SourceFile source, InvocationExpressionSyntax call, ExpressionSyntax handler)
    {
        if (handler is ParenthesizedLambdaExpressionSyntax lambda)
            return HasCommand(lambda.ParameterList);
        var type = call.Ancestors().OfType<TypeDeclarationSyntax>().First().Identifier.ValueText;
        var methods = Repository.Below(source.Folder)
            .SelectMany(other => other.Root.DescendantNodes().OfType<TypeDeclarationSyntax>())
            .Where(other => other.Identifier.ValueText == type)
            .SelectMany(other => other.Members.OfType<MethodDeclarationSyntax>())
            .Where(method => method.Identifier.ValueText == handler.ToString()).ToList();
        return methods.Count > 0 && methods.Any(method => HasCommand(method.ParameterList));
    }

    private static bool HasCommand(ParameterListSyntax parameters) =>
        parameters.Parameters.Any(parameter => parameter.Type?.ToString() == "HttpCommand");

    private static string NameOf(InvocationExpressionSyntax call) => call.Expression switch
    {
        MemberAccessExpressionSyntax member => member.Name.Identifier.ValueText,
        IdentifierNameSyntax name => name.Identifier.ValueText,
        _ => "",
    };

    private sealed record Post(string At, string Route, bool TakesKey);
}
