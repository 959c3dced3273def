namespace OrderToCash.TestKit;

/// <summary>
/// Data of others that tests measure on. It is no part of the repository: it lies in <c>shared/data</c> beside it, or
/// where the environment variable OTC_DATA points. Where it is missing, a test says so and tests nothing.
/// </summary>
public static class DataFolder
{
    /// <summary>What a test says then.</summary>
    public const string Missing =
        $"Nothing was tested: data is missing; set OTC_DATA to the folder that holds {Truth}.";

    private const string Truth = "ground_truth.json";

    /// <summary>The folder, or null where there is none.</summary>
    public static string? Root { get; } = FindRoot();

    /// <summary>The path of a file or folder in it, or null where there is none.</summary>
    public static string? Find(string name) =>
        Root is { } root && Path.Combine(root, name) is var path && Path.Exists(path) ? path : null;

    private static string? FindRoot()
    {
        if (Environment.GetEnvironmentVariable("OTC_DATA") is { Length: > 0 } named)
            return File.Exists(Path.Combine(named, Truth)) ? named : null;
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var beside = Path.Combine(folder.FullName, "shared", "data");
            if (File.Exists(Path.Combine(beside, Truth)))
                return beside;
        }

        return null;
    }
}
