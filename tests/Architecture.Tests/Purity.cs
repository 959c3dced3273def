using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace OrderToCash.Architecture.Tests;

/// <summary>Decisions are pure, money is decimal, and SQL is written down.</summary>
public sealed partial class Purity
{
    private static readonly string[] InputOutput =
    [
        "System.IO", "System.Net", "System.Threading", "Npgsql", "Dapper", "MassTransit", "RabbitMQ",
            "Microsoft.AspNetCore",
        "Microsoft.Extensions", "OrderToCash.ServiceDefaults", "OrderToCash.Messaging", "OrderToCash.Contracts",
    ];

    /// <summary>What a page of a list puts into its SQL; it is made of the list's own column names.</summary>
    private static readonly string[] PageParts = ["Where", "OrderBy", "Limit"];

    private static readonly ConcurrentDictionary<string, HashSet<string>> Constants = new(StringComparer.Ordinal);

    [Fact]
    public void aggregates_do_no_input_or_output() =>
        (from source in AggregateSources()
         from directive in source.Root.DescendantNodes().OfType<UsingDirectiveSyntax>()
         let name = directive.Name?.ToString() ?? ""
         where InputOutput.Any(space => name == space || name.StartsWith($"{space}.", StringComparison.Ordinal))
         select $"{source.At(directive)} {name}")
        .ShouldBeNone("Folders with a decider hold facts, state and rules only:");

    [Fact]
    public void aggregates_wait_for_nothing_and_ask_no_clock() =>
        (from source in AggregateSources()
         from token in source.Root.DescendantTokens()
         where token.IsKind(SyntaxKind.AsyncKeyword) || token.IsKind(SyntaxKind.AwaitKeyword)
             || token.ValueText is "Task" or "ValueTask" or "TimeProvider"
         select $"{source.At(token.Parent!)} {token.ValueText}")
        .ShouldBeNone("Deciders are plain functions; time is handed in:");

    [Fact]
    public void every_service_has_deciders() => AggregateFolders().Select(folder => folder.Split('/')[1]).Distinct()
        .Order(StringComparer.Ordinal).ShouldBe(ServiceNames());

    [Fact]
    public void money_is_never_binary() =>
        (from source in Repository.Services().Concat(Repository.Below("contracts"))
            .Concat(Repository.Below("services/BuildingBlocks/Kernel"))
         from token in source.Root.DescendantTokens()
         where token.IsKind(SyntaxKind.DoubleKeyword) || token.IsKind(SyntaxKind.FloatKeyword)
         select source.At(token.Parent!))
        .ShouldBeNone("double and float lose cents:");

    [Fact]
    public void sql_is_constant() =>
        (from source in Repository.Services()
         let constants = ConstantsBeside(source)
         from text in source.Root.DescendantNodes().OfType<InterpolatedStringExpressionSyntax>()
         where Sql().IsMatch(text.Contents.ToString())
         from part in text.Contents.OfType<InterpolationSyntax>()
         let name = LastName(part.Expression)
         where name is null || !(constants.Contains(name)
             || (part.Expression is MemberAccessExpressionSyntax && PageParts.Contains(name)))
         select $"{source.At(part)} {part}")
        .Concat(
            from source in Repository.Services()
            let constants = ConstantsBeside(source)
            from sum in source.Root.DescendantNodes().OfType<BinaryExpressionSyntax>()
            where sum.IsKind(SyntaxKind.AddExpression) && sum.Parent is not BinaryExpressionSyntax && Sql()
                .IsMatch(sum.ToString())
            from part in Parts(sum)
            where part is not (LiteralExpressionSyntax or InterpolatedStringExpressionSyntax)
                && (LastName(part) is not { } name || !constants.Contains(name))
            select $"{source.At(part)} {part}")
        .ShouldBeNone("SQL is put together from constants only; values are parameters:");

    private static IEnumerable<SourceFile> AggregateSources()
    {
        var folders = AggregateFolders().ToHashSet(StringComparer.Ordinal);
        return Repository.Services().Where(source => folders.Contains(source.Folder));
    }

    /// <summary>An aggregate's folder is one with a decider in it.</summary>
    private static IEnumerable<string> AggregateFolders() =>
        Repository.Services().Where(source => source.Name.EndsWith("Decider.cs", StringComparison.Ordinal))
            .Select(source => source.Folder).Distinct();

    private static IEnumerable<string> ServiceNames() =>
        Repository.Projects.Where(project => project.StartsWith("services/", StringComparison.Ordinal)
                && !project.StartsWith("services/BuildingBlocks/", StringComparison.Ordinal))
            .Select(project => project.Split('/')[1]).Order(StringComparer.Ordinal);

    /// <summary>Names of the constants of the service that a source is of; read once per service.</summary>
    private static HashSet<string> ConstantsBeside(SourceFile source) =>
        Constants.GetOrAdd(source.Path.Split('/')[1], service =>
        [
            .. from file in Repository.Below($"services/{service}")
               from field in file.Root.DescendantNodes().OfType<FieldDeclarationSyntax>()
               where field.Modifiers.Any(SyntaxKind.ConstKeyword)
               from variable in field.Declaration.Variables
               select variable.Identifier.ValueText,
        ]);

    private static IEnumerable<ExpressionSyntax> Parts(ExpressionSyntax expression) => expression switch
    {
        BinaryExpressionSyntax sum when sum.IsKind(SyntaxKind.AddExpression) =>
            Parts(sum.Left).Concat(Parts(sum.Right)),
        ParenthesizedExpressionSyntax inner => Parts(inner.Expression),
        _ => [expression],
    };

    private static string? LastName(ExpressionSyntax expression) => expression switch
    {
        IdentifierNameSyntax name => name.Identifier.ValueText,
        MemberAccessExpressionSyntax member => member.Name.Identifier.ValueText,
        _ => null,
    };

    [GeneratedRegex(@"\b(select\b.+\bfrom|insert into|update \w+ |delete from)\b",
        RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Sql();
}
