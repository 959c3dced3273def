using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace OrderToCash.Architecture.Tests;

/// <summary>The source files of the repository, as written.</summary>
internal static class Repository
{
    private static readonly string[] NotOurs =
        ["bin", "obj", ".git", ".local", "node_modules", "TestResults", "artifacts"];

    public static string Root { get; } = FindRoot();

    /// <summary>Every C# file, path from the root with forward slashes.</summary>
    public static IReadOnlyList<SourceFile> Sources { get; } =
        [.. Files(Root, "*.cs").Select(path => new SourceFile(Relative(path), File.ReadAllText(path)))];

    /// <summary>Every project file.</summary>
    public static IReadOnlyList<string> Projects { get; } = [.. Files(Root, "*.csproj").Select(Relative)];

    /// <summary>Sources below a folder.</summary>
    public static IEnumerable<SourceFile> Below(string folder) =>
        Sources.Where(source => source.Path.StartsWith($"{folder}/", StringComparison.Ordinal));

    /// <summary>Sources of the four services, building blocks not among them.</summary>
    public static IEnumerable<SourceFile> Services() =>
        Below("services").Except(Below("services/BuildingBlocks"));

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    private static IEnumerable<string> Files(string folder, string pattern) =>
        Directory.EnumerateFiles(folder, pattern).Concat(Directory.EnumerateDirectories(folder)
            .Where(child => !NotOurs.Contains(Path.GetFileName(child)))
            .SelectMany(child => Files(child, pattern)))
        .Order(StringComparer.Ordinal);

    private static string Relative(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "OrderToCash.sln")))
            folder = folder.Parent;
        return folder?.FullName
            ?? throw new InvalidOperationException("OrderToCash.sln is in no folder above the tests.");
    }
}

/// <summary>One C# file.</summary>
internal sealed record SourceFile(string Path, string Text)
{
    private readonly Lazy<SyntaxNode> _root = new(() => CSharpSyntaxTree.ParseText(Text).GetRoot());

    public SyntaxNode Root => _root.Value;

    public string[] Lines => Text.Split('\n');

    public string Name => Path[(Path.LastIndexOf('/') + 1)..];

    public string Folder => Path[..Path.LastIndexOf('/')];

    public string At(SyntaxNode node) => $"{Path}:{node.GetLocation().GetLineSpan().StartLinePosition.Line + 1}";

    public bool Equals(SourceFile? other) => other?.Path == Path;

    public override int GetHashCode() => Path.GetHashCode(StringComparison.Ordinal);
}
