namespace OrderToCash.Local;

/// <summary>Where things are in the checked-out repository.</summary>
internal static class Repository
{
    /// <summary>
    /// The folder that holds the solution, looked for upwards from the program and from the current folder.
    /// </summary>
    public static string Root() =>
        Above(AppContext.BaseDirectory) ?? Above(Environment.CurrentDirectory)
        ?? throw new InvalidOperationException(
            "OrderToCash.sln was found neither above the program nor above the current folder.");

    /// <summary>
    /// Debug or Release: that of the running program, since the services beside it were built with it.
    /// </summary>
    public static string Configuration() =>
        AppContext.BaseDirectory.Split(Path.DirectorySeparatorChar).Contains("Release") ? "Release" : "Debug";

    /// <summary>Data, logs and keys of this machine; ignored by git.</summary>
    public static string LocalFolder() => Path.Combine(Root(), ".local");

    private static string? Above(string start)
    {
        var folder = new DirectoryInfo(start);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "OrderToCash.sln")))
            folder = folder.Parent;
        return folder?.FullName;
    }
}
