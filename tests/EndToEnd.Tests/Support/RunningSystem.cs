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
    private TurnOfTheMachine? _turn;
    private OwnSystem? _own;

    /// <summary>The processes, their keys and the mails they send.</summary>
    public OrderToCashSystem System => Own.System;

    /// <summary>What the services publish to and consume from.</summary>
    public TestVirtualHost Broker => Own.Broker;

    /// <summary>Takes the telemetry of all processes.</summary>
    public OtlpReceiver Telemetry { get; private set; } = null!;

    /// <summary>May do everything but administer.</summary>
    public Api Controller { get; private set; } = null!;

    private OwnSystem Own => _own ?? throw new InvalidOperationException("The system is not started.");

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        _turn = await TurnOfTheMachine.TakeAsync();
        Telemetry = await OtlpReceiver.StartAsync();
        _own = await OwnSystem.StartAsync(_servers, ServiceProgram.All, new Dictionary<string, string>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = Telemetry.Address,
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            ["OTEL_METRIC_EXPORT_INTERVAL"] = "1000",
            ["OTEL_BSP_SCHEDULE_DELAY"] = "500",
        });
        Controller = As("controller");
    }

    /// <summary>Some of the programs once more, for a test that needs them for itself.</summary>
    public Task<OwnSystem> AnotherAsync(params string[] programs) =>
        AnotherAsync(new Dictionary<string, string>(), programs);

    /// <summary>The same with settings of their own.</summary>
    public Task<OwnSystem> AnotherAsync(IReadOnlyDictionary<string, string> settings, params string[] programs) =>
        OwnSystem.StartAsync(
            _servers, [.. ServiceProgram.All.Where(program => programs.Contains(program.Name))], settings);

    /// <summary>A caller with the token of a role.</summary>
    public Api As(string role) => Own.As(role);

    /// <summary>A caller with this token, or with none.</summary>
    public Api WithToken(string? token) => Own.WithToken(token);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Controller?.Dispose();
        if (_own is not null)
            await _own.DisposeAsync();
        if (Telemetry is not null)
            await Telemetry.DisposeAsync();
        await _servers.DisposeAsync();
        _turn?.Dispose();
    }
}
