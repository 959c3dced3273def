namespace OrderToCash.Contracts.Tests.Support;

/// <summary>
/// Files that are generated from the contracts and committed. They are compared, and written only when
/// <c>UPDATE_CONTRACTS=1</c> says so: other teams build on them.
/// </summary>
internal static class Approved
{
    private const string Switch = "UPDATE_CONTRACTS";

    private static readonly string Root = FindRoot();

    /// <summary>The file says exactly this.</summary>
    public static void ShouldHold(string path, string text)
    {
        var file = Path.Combine(Root, path);
        if (Environment.GetEnvironmentVariable(Switch) == "1")
        {
            File.WriteAllText(file, text);
            return;
        }

        var committed = File.Exists(file) ? File.ReadAllText(file).ReplaceLineEndings("\n") : "";
        committed.ShouldBe(text,
            $"{path} does not say what the contracts say. If the change is meant, and other teams can live with it, " +
            $"run {Switch}=1 dotnet test tests/Contracts.Tests and commit what it writes.");
    }

    /// <summary>Below the folder there are these files of the pattern and no others.</summary>
    public static void ShouldBeAll(string folder, string pattern, IReadOnlyCollection<string> files)
    {
        var gone = Directory.EnumerateFiles(Path.Combine(Root, folder), pattern, SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/'))
            .Except(files)
            .ToList();
        if (Environment.GetEnvironmentVariable(Switch) == "1")
            gone.ForEach(file => File.Delete(Path.Combine(Root, file)));
        else
            gone.ShouldBeEmpty("These belong to contracts that are gone; a published contract stays.");
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "OrderToCash.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("The tests do not run inside the repository.");
    }
}
