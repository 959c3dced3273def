using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;

namespace OrderToCash.Architecture.Tests;

/// <summary>Limits that keep the code readable, and names that say what is there.</summary>
public sealed class Tidiness
{
    private const int Column = 120;
    private const int FunctionLines = 70;
    private const int FileLines = 400;

    private static readonly string[] NotNamedAfterATypes =
        ["GlobalUsings.cs", "Assembly.cs", "AssemblyInfo.cs", "Program.cs"];

    [Fact]
    public void a_line_fits_120_columns() =>
        (from source in Repository.Sources
         from line in source.Lines.Select((text, index) => (text, number: index + 1))
         where line.text.TrimEnd('\r').Length > Column && !IsInRawString(source, line.number)
         select $"{source.Path}:{line.number} has {line.text.Length}")
        .ShouldBeNone($"Longer than {Column} columns:");

    /// <summary>
    /// As <c>dotnet format</c> would have it. The build looks at white space and style, but not at this.
    /// </summary>
    [Fact]
    public async Task usings_are_in_order()
    {
        using var workspace = new AdhocWorkspace();
        var project = workspace.AddProject("Sources", LanguageNames.CSharp);
        var wrong = new List<string>();
        foreach (var source in Repository.Sources)
        {
            var document = project.AddDocument(source.Path, source.Root);
            var organized = await Formatter.OrganizeImportsAsync(document, TestContext.Current.CancellationToken);
            var text = await organized.GetTextAsync(TestContext.Current.CancellationToken);
            if (text.ToString() != source.Text)
                wrong.Add(source.Path);
        }

        wrong.ShouldBeNone("Usings are not in order (dotnet format puts them so):");
    }

    /// <summary>A query that goes on when its caller has left costs those who stay.</summary>
    [Fact]
    public void a_query_can_be_cancelled() =>
        (from source in Repository.Below("services")
         where source.Text.Contains("using Dapper;", StringComparison.Ordinal)
         from call in source.Root.DescendantNodes().OfType<InvocationExpressionSyntax>()
         where call.Expression is MemberAccessExpressionSyntax
         {
             Expression: IdentifierNameSyntax { Identifier.Text: "connection" or "session" },
             Name.Identifier.Text: ['Q', 'u', 'e', 'r', 'y', .., 'A', 's', 'y', 'n', 'c']
                or ['E', 'x', 'e', 'c', 'u', 't', 'e', .., 'A', 's', 'y', 'n', 'c'],
         }
             && call.ArgumentList.Arguments is not [{ Expression: ObjectCreationExpressionSyntax }, ..]
         select source.At(call))
        .ShouldBeNone("Queries without a CommandDefinition and its cancellation:");

    [Fact]
    public void a_function_fits_a_screen() =>
        (from source in Repository.Sources
         from node in source.Root.DescendantNodes()
         where node is BaseMethodDeclarationSyntax or LocalFunctionStatementSyntax or AccessorDeclarationSyntax
         let span = node.GetLocation().GetLineSpan()
         let lines = span.EndLinePosition.Line - span.StartLinePosition.Line + 1
         where lines > FunctionLines
         select $"{source.At(node)} has {lines} lines")
        .ShouldBeNone($"Longer than {FunctionLines} lines:");

    [Fact]
    public void a_file_has_one_subject() =>
        Repository.Sources.Where(source => source.Lines.Length > FileLines)
            .Select(source => $"{source.Path} has {source.Lines.Length} lines")
            .ShouldBeNone($"Longer than {FileLines} lines:");

    [Fact]
    public void a_program_reads_like_a_contents_page() =>
        (from source in Repository.Below("services").Concat(Repository.Below("gateway"))
         where source.Name == "Program.cs"
         let limit = source.Path.StartsWith("gateway/", StringComparison.Ordinal) ? 25 : 30
         where source.Text.TrimEnd().Split('\n').Length > limit
         select $"{source.Path} has more than {limit} lines")
        .ShouldBeNone("Programs that are too long:");

    /// <summary>The words are in a file of their own, so that no source is exempt, this one neither.</summary>
    [Fact]
    public void nothing_is_put_off()
    {
        var words = Repository.Read("tests/Architecture.Tests/PutOff.txt")
            .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        words.ShouldNotBeEmpty();
        (from source in Repository.Sources
         from line in source.Lines.Select((text, index) => (text, number: index + 1))
         where words.Any(word => line.text.Contains(word, StringComparison.Ordinal))
         select $"{source.Path}:{line.number} {line.text.Trim()}")
        .ShouldBeNone("Put off:");
    }

    [Fact]
    public void no_test_is_skipped() =>
        (from source in Repository.Below("tests")
         from argument in source.Root.DescendantNodes().OfType<AttributeArgumentSyntax>()
         where argument.NameEquals?.Name.Identifier.Text is "Skip" or "SkipWhen" or "SkipUnless" or "Explicit"
         select $"{source.At(argument)} {argument}")
        .ShouldBeNone("Skipped:");

    [Fact]
    public void a_file_is_named_after_a_type_in_it() =>
        (from source in Repository.Sources
         where !NotNamedAfterATypes.Contains(source.Name) && !source.Path.StartsWith("tests/", StringComparison.Ordinal)
         let subject = source.Name[..source.Name.IndexOf('.', StringComparison.Ordinal)]
         let types = source.Root.DescendantNodes().OfType<MemberDeclarationSyntax>().Select(TypeName).OfType<string>()
             .ToList()
         where types.Count > 0 && !types.Any(type => type.StartsWith(subject, StringComparison.Ordinal))
             && !IsAList(subject)
         select $"{source.Path} holds {string.Join(", ", types.Take(4))}")
        .ShouldBeNone("A file is found by the name of what is in it:");

    [Fact]
    public void no_rule_against_the_ambient_clock_is_switched_off() =>
        (from source in Repository.Sources.Where(source =>
            !source.Path.StartsWith("tests/Architecture.Tests/", StringComparison.Ordinal))
         from line in source.Lines.Select((text, index) => (text, number: index + 1))
         where line.text.Contains("RS0030", StringComparison.Ordinal)
         select $"{source.Path}:{line.number}")
        .Concat(new[] { "P:System.DateTime.UtcNow", "P:System.DateTimeOffset.UtcNow", "M:System.Guid.NewGuid" }
            .Where(symbol => !Repository.Read("BannedSymbols.txt").Contains($"{symbol};", StringComparison.Ordinal)))
        .ShouldBeNone("Time comes from TimeProvider, identifiers from Ids; the compiler checks it:");

    [Fact]
    public void public_types_of_building_blocks_and_contracts_are_documented() =>
        (from source in Repository.Below("services/BuildingBlocks").Concat(Repository.Below("contracts"))
         from type in source.Root.DescendantNodes().OfType<BaseTypeDeclarationSyntax>()
         where type.Modifiers.Any(SyntaxKind.PublicKeyword) && type.Ancestors().OfType<BaseTypeDeclarationSyntax>().All(
                 outer => outer.Modifiers.Any(SyntaxKind.PublicKeyword))
             && !IsDocumented(type) && !IsPartElsewhere(type)
         select $"{source.At(type)} {type.Identifier.ValueText}")
        .ShouldBeNone("Public and without a word about it:");

    private static bool IsDocumented(SyntaxNode type) =>
        type.GetLeadingTrivia().ToFullString().Contains("///", StringComparison.Ordinal);

    /// <summary>One part of a partial type has the summary.</summary>
    private static bool IsPartElsewhere(BaseTypeDeclarationSyntax type) =>
        type.Modifiers.Any(SyntaxKind.PartialKeyword)
        && Repository.Sources.SelectMany(source => source.Root.DescendantNodes().OfType<BaseTypeDeclarationSyntax>())
            .Any(other => other.Identifier.ValueText == type.Identifier.ValueText && IsDocumented(other));

    private static string? TypeName(MemberDeclarationSyntax member) => member switch
    {
        BaseTypeDeclarationSyntax type => type.Identifier.ValueText,
        DelegateDeclarationSyntax type => type.Identifier.ValueText,
        _ => null,
    };

    /// <summary>Files that list small things of one kind.</summary>
    private static bool IsAList(string subject) => subject.EndsWith("Events", StringComparison.Ordinal);

    private static bool IsInRawString(SourceFile source, int line) =>
        source.Root.DescendantTokens().Any(token =>
            (token.IsKind(SyntaxKind.MultiLineRawStringLiteralToken)
                || token.IsKind(SyntaxKind.InterpolatedStringTextToken))
            && token.GetLocation().GetLineSpan() is var span
            && span.StartLinePosition.Line < line && line <= span.EndLinePosition.Line + 1);
}
