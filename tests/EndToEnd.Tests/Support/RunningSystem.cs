using OrderToCash.EndToEnd.Tests.Support.Otlp;
using OrderToCash.Local.Processes;
using OrderToCash.TestKit;

namespace OrderToCash.EndToEnd.Tests.Support;

/// <summary>
/// The whole system, started once for all tests: five processes on free ports, databases and a virtual host of their
/// own on the servers of the tests, keys, logs and mails in a folder of their own.
/// </summary>
public sealed class RunningSystem : IAsyncLifetime
{
    private readonly Servers _servers = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("otc-e2e-");
    private TurnOfTheMachine? _turn;
    private TestDatabase? _door;
    private OrderToCashSystem? _system;

    /// <summary>The processes, their keys and the mails they send.</summary>
    public OrderToCashSystem System => _system ?? throw new InvalidOperationException("The system is not started.");

    /// <summary>What the services publish to and consume from.</summary>
    public TestVirtualHost Broker { get; private set; } = null!;

    /// <summary>Takes the telemetry of all processes.</summary>
    public OtlpReceiver Telemetry { get; private set; } = null!;

    /// <summary>May do everything but administer.</summary>
    public Api Controller { get; private set; } = null!;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        _turn = await TurnOfTheMachine.TakeAsync();
        _door = await _servers.CreateDatabaseAsync();
        Broker = await _servers.CreateVirtualHostAsync();
        Telemetry = await OtlpReceiver.StartAsync();
        _system = await OrderToCashSystem.StartAsync(new SystemOptions
        {
            Folder = _folder.FullName,
            Postgres = _door.ConnectionString,
            Rabbit = Broker.Uri,
            DatabasePrefix = Prefix(_door),
            Settings = new Dictionary<string, string>
            {
                ["OTEL_EXPORTER_OTLP_ENDPOINT"] = Telemetry.Address,
                ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
                ["OTEL_METRIC_EXPORT_INTERVAL"] = "1000",
                ["OTEL_BSP_SCHEDULE_DELAY"] = "500",
            },
        });
        Controller = As("controller");
    }

    /// <summary>A caller with the token of a role.</summary>
    public Api As(string role) => WithToken(System.Key.TokenOf(role));

    /// <summary>A caller with this token, or with none.</summary>
    public Api WithToken(string? token) => new(System.Gateway, token);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Controller?.Dispose();
        if (_system is not null)
            await _system.DisposeAsync();
        if (Telemetry is not null)
            await Telemetry.DisposeAsync();
        if (_door is not null)
        {
            await DropDatabasesAsync(_door);
            await _door.DisposeAsync();
        }

        if (Broker is not null)
            await Broker.DisposeAsync();
        await _servers.DisposeAsync();
        _folder.Delete(recursive: true);
        _turn?.Dispose();
    }

    private static string Prefix(TestDatabase door) => $"{door.Name}_";

    private static async Task DropDatabasesAsync(TestDatabase door)
    {
        foreach (var database in ServiceProgram.All.Select(program => program.Database).OfType<string>())
        {
            await using var drop = door.Source.CreateCommand(
                $"""drop database if exists "{Prefix(door)}{database}" with (force)""");
            await drop.ExecuteNonQueryAsync();
        }
    }
}
