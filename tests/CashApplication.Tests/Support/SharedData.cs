using OrderToCash.TestKit;

namespace OrderToCash.CashApplication.Tests.Support;

/// <summary>Files of <see cref="DataFolder"/>.</summary>
internal static class SharedData
{
    /// <summary>The path of a file, or null and a word in the test's output where there is none.</summary>
    public static string? Find(string file)
    {
        if (DataFolder.Find(file) is { } path)
            return path;
        TestContext.Current.TestOutputHelper?.WriteLine($"{DataFolder.Missing} ({file})");
        return null;
    }
}
