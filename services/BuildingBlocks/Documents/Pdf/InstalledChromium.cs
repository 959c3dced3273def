namespace OrderToCash.Documents;

/// <summary>Where the browser is.</summary>
internal static class InstalledChromium
{
    private static readonly string[] Names =
        ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome"];

    // A service's PATH often lacks the usual places.
    private static readonly string[] Usual =
    [
        "/usr/bin", "/usr/local/bin", "/opt/homebrew/bin", "/Applications/Chromium.app/Contents/MacOS",
        "/Applications/Google Chrome.app/Contents/MacOS",
    ];

    /// <summary>An installed program; null where there is none, and Playwright looks for its own.</summary>
    public static string? Find()
    {
        var ending = OperatingSystem.IsWindows() ? ".exe" : "";
        var path = Environment.GetEnvironmentVariable("PATH")?.Split(Path.PathSeparator) ?? [];
        return path.Concat(Usual)
            .SelectMany(folder => Names.Select(name => Path.Combine(folder, name + ending)))
            .FirstOrDefault(File.Exists);
    }
}
