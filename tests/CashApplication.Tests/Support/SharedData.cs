namespace OrderToCash.CashApplication.Tests.Support;

/// <summary>
/// Data of others that tests measure on. It is no part of the repository: it lies in <c>shared/data</c> beside it, or
/// where the environment variable OTC_DATA points. Where it is missing, a test says so and tests nothing.
/// </summary>
internal static class SharedData
{
    private static readonly string? Folder = Find();

    /// <summary>The path of a file, or null and a word in the test's output where there is none.</summary>
    public static string? Find(string file)
    {
        if (Folder is { } folder && Path.Combine(folder, file) is var path && File.Exists(path))
            return path;
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"Nothing was tested: {file} is missing; set OTC_DATA to the folder that holds ground_truth.json.");
        return null;
    }

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("OTC_DATA") is { Length: > 0 } named)
            return named;
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            foreach (var candidate in new[] { "shared/data", "../shared/data" })
            {
                var path = Path.GetFullPath(Path.Combine(folder.FullName, candidate));
                if (File.Exists(Path.Combine(path, "ground_truth.json")))
                    return path;
            }
        }

        return null;
    }
}
