using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace OrderToCash.Architecture.Tests;

/// <summary>What goes on without a request is seen by whoever runs the system.</summary>
public sealed class BackgroundWork
{
    /// <summary>The lane of requests that wait for it: each of them hears what fails.</summary>
    private const string Lane = "InvoiceIssuing";

    [Fact]
    public void it_is_recurring_work_which_tells_what_fails() =>
        (from source in Repository.Services()
         from type in source.Root.DescendantNodes().OfType<ClassDeclarationSyntax>()
         where type.Identifier.ValueText != Lane
             && type.BaseList?.Types.Any(parent => parent.Type.ToString() == "BackgroundService") == true
         select $"{source.At(type)} {type.Identifier.ValueText}")
        .ShouldBeNone("A loop of its own has no metric and no alert; RecurringWork has:");

    /// <summary>A fault that is only logged is none for whoever runs the work: it says that all went well.</summary>
    [Fact]
    public void what_fails_of_it_is_told_by_an_attempt() =>
        (from source in Repository.Services()
         from caught in source.Root.DescendantNodes().OfType<CatchClauseSyntax>()
         where caught.Filter?.ToString().Contains("LeftNothing", StringComparison.Ordinal) == true
             && caught.Block.Statements.All(IsLog)
         select $"{source.At(caught)} {caught.Filter}")
        .ShouldBeNone("Metrics and alerts know nothing of it; take an Attempt:");

    private static bool IsLog(StatementSyntax statement) =>
        statement is ExpressionStatementSyntax { Expression: InvocationExpressionSyntax call }
        && call.Expression.ToString().StartsWith("Log", StringComparison.Ordinal);
}
