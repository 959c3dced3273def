namespace OrderToCash.Local.Processes;

/// <summary>One of the programs of the system.</summary>
/// <param name="Name">As in telemetry, routes and log files.</param>
/// <param name="Project">Its project file, from the repository's root.</param>
/// <param name="Database">Its database; null for the gateway, which has none.</param>
/// <param name="UsualPort">Where it listens on a developer's machine.</param>
public sealed record ServiceProgram(string Name, string Project, string? Database, int UsualPort)
{
    /// <summary>The gateway's name.</summary>
    public const string Gateway = "gateway";

    /// <summary>The services, then the gateway in front of them.</summary>
    public static readonly IReadOnlyList<ServiceProgram> All =
    [
        new("invoicing", "services/Invoicing/OrderToCash.Invoicing.csproj", "invoicing", 8081),
        new("cash-application", "services/CashApplication/OrderToCash.CashApplication.csproj",
            "cash_application", 8082),
        new("collections", "services/Collections/OrderToCash.Collections.csproj", "collections", 8083),
        new("credit", "services/Credit/OrderToCash.Credit.csproj", "credit", 8084),
        new(Gateway, "gateway/OrderToCash.Gateway.csproj", null, 8080),
    ];

    /// <summary>Environment variable that moves it to another port.</summary>
    public string PortVariable => $"OTC_{Name.Replace('-', '_').ToUpperInvariant()}_PORT";

    /// <summary>Its folder in the repository.</summary>
    public string Folder => Path.GetDirectoryName(Path.Combine(Repository.Root(), Project))!;

    /// <summary>Where it was published to; null for what the build makes.</summary>
    public string? Published { get; init; }

    /// <summary>The published program, or the built one, of the same configuration as the running one.</summary>
    public string Assembly => Path.Combine(
        Published ?? Path.Combine(Folder, "bin", Repository.Configuration(), "net10.0"),
        Path.GetFileNameWithoutExtension(Project) + ".dll");
}
