using OrderToCash.Local.Processes;
using OrderToCash.TestKit;

namespace OrderToCash.EndToEnd.Tests.Support;

/// <summary>
/// Programs of the system as processes on free ports, databases and a virtual host of their own on the servers of the
/// tests, keys, logs and mails in a folder of their own.
/// </summary>
public sealed class OwnSystem : IAsyncDisposable
{
    private readonly DirectoryInfo _folder;
    private readonly TestDatabase _door;

    private OwnSystem(DirectoryInfo folder, TestDatabase door, TestVirtualHost broker, OrderToCashSystem system) =>
        (_folder, _door, Broker, System) = (folder, door, broker, system);

    /// <summary>The processes, their keys, the mails they send, and the bureau they ask.</summary>
    public OrderToCashSystem System { get; }

    /// <summary>What the services publish to and consume from.</summary>
    public TestVirtualHost Broker { get; }

    /// <summary>Starts these programs and waits until they are ready.</summary>
    public static async Task<OwnSystem> StartAsync(
        Servers servers, IReadOnlyList<ServiceProgram> programs, IReadOnlyDictionary<string, string> settings)
    {
        ArgumentNullException.ThrowIfNull(servers);
        var folder = Directory.CreateTempSubdirectory("otc-e2e-");
        var door = await servers.CreateDatabaseAsync();
        var broker = await servers.CreateVirtualHostAsync();
        try
        {
            var system = await OrderToCashSystem.StartAsync(new SystemOptions
            {
                Folder = folder.FullName,
                Postgres = door.ConnectionString,
                Rabbit = broker.Uri,
                DatabasePrefix = Prefix(door),
                Programs = programs,
                Settings = settings,
            });
            return new OwnSystem(folder, door, broker, system);
        }
        catch
        {
            await RemoveAsync(folder, door, broker);
            throw;
        }
    }

    /// <summary>Stops services and starts them again with clocks that are off by this much.</summary>
    public async Task TravelAsync(TimeSpan offset, params IReadOnlyList<string> services)
    {
        ArgumentNullException.ThrowIfNull(services);
        var settings = new Dictionary<string, string>
        {
            ["ASPNETCORE_ENVIRONMENT"] = "Development",
            ["Clock__Offset"] = offset.ToString("c"),
        };
        foreach (var service in services.Select(System.Instance))
        {
            await service.StopAsync();
            await service.StartAgainAsync(settings);
        }
    }

    /// <summary>A caller with the token of a role.</summary>
    public Api As(string role) => WithToken(System.Key.TokenOf(role));

    /// <summary>A caller with this token, or with none.</summary>
    public Api WithToken(string? token) => new(System.Gateway, token);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await System.DisposeAsync();
        await RemoveAsync(_folder, _door, Broker);
    }

    private static async Task RemoveAsync(DirectoryInfo folder, TestDatabase door, TestVirtualHost broker)
    {
        foreach (var database in ServiceProgram.All.Select(program => program.Database).OfType<string>())
        {
            await using var drop = door.Source.CreateCommand(
                $"""drop database if exists "{Prefix(door)}{database}" with (force)""");
            await drop.ExecuteNonQueryAsync();
        }

        await door.DisposeAsync();
        await broker.DisposeAsync();
        folder.Delete(recursive: true);
    }

    private static string Prefix(TestDatabase door) => $"{door.Name}_";
}
