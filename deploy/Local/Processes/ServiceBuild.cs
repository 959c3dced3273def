using OrderToCash.Local.Servers;

namespace OrderToCash.Local.Processes;

/// <summary>
/// Builds the services when a source file is newer than the program made of it: at the first start, and after a change.
/// </summary>
internal static class ServiceBuild
{
    private static readonly string[] Sources = ["*.cs", "*.csproj", "*.sql", "*.json", "*.hbs", "*.props"];

    // A change of a setting or of a building block makes no new assembly of the service, only a new file beside it.
    private static readonly string[] Results = ["*.dll", "*.json"];

    public static async Task EnsureAsync(
        IReadOnlyList<ServiceProgram> programs, Action<string> say, CancellationToken cancellation)
    {
        var root = Repository.Root();
        var shared = Newest(Sources, Path.Combine(root, "services", "BuildingBlocks"), Path.Combine(root, "contracts"));
        if (programs.All(program => program.Published is not null || IsFresh(program, shared)))
            return;
        say("Building the services…");
        string[] arguments =
        [
            "build", Path.Combine(root, "deploy", "Local", "Services.slnf"),
            "--configuration", Repository.Configuration(), "--verbosity", "quiet", "--nologo",
        ];
        await Tool.RunAsync("dotnet", arguments, cancellation: cancellation);
    }

    /// <summary>
    /// Publishes it as its image does, compiled ahead for this machine, and gives the program that runs from there.
    /// </summary>
    public static async Task<ServiceProgram> PublishAsync(
        ServiceProgram program, Action<string> say, CancellationToken cancellation)
    {
        say($"Publishing {program.Name}…");
        var folder = Path.Combine(Repository.Root(), "artifacts", "published", program.Name);
        string[] arguments =
        [
            "publish", Path.Combine(Repository.Root(), program.Project), "--configuration", "Release",
            "--output", folder, "--use-current-runtime", "--self-contained", "false", "-p:PublishReadyToRun=true",
            "-p:RunAnalyzers=false", "--verbosity", "quiet", "--nologo",
        ];
        await Tool.RunAsync("dotnet", arguments, cancellation: cancellation);
        return program with { Published = folder };
    }

    private static bool IsFresh(ServiceProgram program, DateTime shared)
    {
        if (!File.Exists(program.Assembly))
            return false;
        var output = Path.GetDirectoryName(program.Assembly)!;
        var built = Results.SelectMany(pattern => Directory.EnumerateFiles(output, pattern))
            .Max(File.GetLastWriteTimeUtc);
        return built >= shared && built >= Newest(Sources, program.Folder);
    }

    private static DateTime Newest(string[] patterns, params string[] folders) =>
        (from folder in folders
         from pattern in patterns
         from file in Directory.EnumerateFiles(folder, pattern, SearchOption.AllDirectories)
         let inside = Path.GetRelativePath(folder, file).Split(Path.DirectorySeparatorChar)
         where !inside.Contains("bin") && !inside.Contains("obj")
         select File.GetLastWriteTimeUtc(file)).DefaultIfEmpty(DateTime.MinValue).Max();
}
