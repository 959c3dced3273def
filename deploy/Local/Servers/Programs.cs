namespace OrderToCash.Local.Servers;

/// <summary>Finds installed programs.</summary>
internal static class Programs
{
    private static readonly string[] Path = Environment.GetEnvironmentVariable("PATH")
        ?.Split(System.IO.Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries) ?? [];

    // A user's PATH often lacks the folders of servers.
    private static readonly string[] Usual =
    [
        "/usr/bin", "/bin", "/usr/sbin", "/sbin",
        "/usr/local/bin", "/usr/local/sbin", "/opt/homebrew/bin", "/opt/homebrew/sbin",
    ];

    /// <summary>
    /// The program's file, links followed, from the given folders, PATH, or the usual places; null when there is
    /// none.
    /// </summary>
    public static string? Find(string name, params IEnumerable<string> folders)
    {
        var file = OperatingSystem.IsWindows() ? name + ".exe" : name;
        return folders.Concat(Path).Concat(Usual)
            .Select(folder => System.IO.Path.Combine(folder, file))
            .Where(File.Exists)
            .Select(found => File.ResolveLinkTarget(found, returnFinalTarget: true)?.FullName ?? found)
            .FirstOrDefault(File.Exists);
    }
}
