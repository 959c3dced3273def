namespace OrderToCash.Local.Servers;

/// <summary>The browser that prints PDF files. Without it everything else works, so its lack ends nothing.</summary>
public static class Chromium
{
    // fonts-liberation has the measures of Arial and Times; without fonts a page is printed empty.
    private const string Packages = "chromium fonts-liberation";

    private static readonly string[] Names =
        ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome"];

    /// <summary>Installs it where it is missing, on Debian as root; else says what will not work.</summary>
    public static async Task EnsureAsync(Action<string> say, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(say);
        if (IsInstalled())
            return;
        // Ubuntu's package of this name is a door to the snap store, which containers do not have.
        if (Apt.IsUsable && File.Exists("/etc/debian_version") && Programs.Find("snap") is null)
        {
            try
            {
                await Apt.InstallAsync(Packages, say, cancellation);
            }
            catch (ServerException fault)
            {
                say(fault.Message);
            }
        }

        if (!IsInstalled())
        {
            say("Chromium is not installed: PDF files will be refused (503 printer-unavailable), all else works. " +
                "Install it (Debian: apt-get install chromium; macOS: brew install chromium), or name it in " +
                "Printer__Chromium.");
        }
    }

    private static bool IsInstalled() =>
        Environment.GetEnvironmentVariable("Printer__Chromium") is { Length: > 0 }
        || Names.Any(name => Programs.Find(name) is not null);
}
