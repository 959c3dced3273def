using OrderToCash.Local.Servers;

namespace OrderToCash.Local.Processes;

/// <summary>A running instance of a service or of the gateway.</summary>
public sealed class ServiceInstance : IAsyncDisposable
{
    private const string EnvironmentName = "ASPNETCORE_ENVIRONMENT";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly ChildCommand _command;
    private ChildProcess _process;

    private ServiceInstance(ServiceProgram program, Uri address, ChildCommand command, ChildProcess process) =>
        (Program, Address, _command, _process) = (program, address, command, process);

    /// <summary>What runs.</summary>
    public ServiceProgram Program { get; }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>Its process id.</summary>
    public int ProcessId => _process.Id;

    /// <summary>True when it has ended, by whatever cause.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>Where a program on a loopback port is reached.</summary>
    internal static Uri AddressOf(int port) => new($"http://127.0.0.1:{port}");

    /// <summary>Starts the program on a loopback port; it may not answer yet.</summary>
    internal static async Task<ServiceInstance> StartAsync(
        ServiceProgram program, int port, IReadOnlyDictionary<string, string> settings, string logFile)
    {
        if (!File.Exists(program.Assembly))
            throw new ServerException($"{program.Name} is not built: {program.Assembly} is missing.");
        var address = AddressOf(port);
        var command = new ChildCommand
        {
            Name = program.Name,
            Program = DotNet(),
            Arguments = [program.Assembly],
            Environment = new Dictionary<string, string>(settings, StringComparer.Ordinal)
            {
                ["ASPNETCORE_URLS"] = address.ToString(),
                [EnvironmentName] = settings.GetValueOrDefault(EnvironmentName, "Production"),
            },
            LogFile = logFile,
            WorkingDirectory = Path.GetDirectoryName(program.Assembly),
        };
        return new ServiceInstance(program, address, command, await ChildProcess.StartAsync(command));
    }

    /// <summary>Waits until it says that it is ready; throws with the end of its log when it ends instead.</summary>
    public async Task ReadyAsync(CancellationToken cancellation = default)
    {
        using var client = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(5) };
        var began = TimeProvider.System.GetTimestamp();
        var last = "";
        while (true)
        {
            _process.ThrowIfExited();
            try
            {
                using var answer = await client.GetAsync(new Uri("/health/ready", UriKind.Relative), cancellation);
                if (answer.IsSuccessStatusCode)
                    return;
                last = await answer.Content.ReadAsStringAsync(cancellation);
            }
            catch (Exception notYet) when (notYet is HttpRequestException or TaskCanceledException
                && !cancellation.IsCancellationRequested)
            {
                // It is still starting; the time limit below ends the wait.
                last = notYet.Message;
            }

            if (TimeProvider.System.GetElapsedTime(began) > Patience)
            {
                throw new ServerException(
                    $"{Program.Name} is not ready after {Patience.TotalMinutes} minutes: {last} {_process.LogTail()}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, cancellation);
        }
    }

    /// <summary>Ends it as a crash would (SIGKILL).</summary>
    public Task KillAsync() => _process.KillAsync();

    /// <summary>Asks it to end and waits.</summary>
    public Task StopAsync() => _process.StopAsync();

    /// <summary>Starts it again after its end, on the same port.</summary>
    public Task StartAgainAsync(CancellationToken cancellation = default) =>
        StartAgainAsync(new Dictionary<string, string>(), cancellation);

    /// <summary>The same with other environment variables than at its first start.</summary>
    public async Task StartAgainAsync(
        IReadOnlyDictionary<string, string> changed, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(changed);
        var environment = new Dictionary<string, string>(_command.Environment);
        foreach (var (name, value) in changed)
            environment[name] = value;
        await _process.DisposeAsync();
        _process = await ChildProcess.StartAsync(_command with { Environment = environment });
        await ReadyAsync(cancellation);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _process.DisposeAsync();

    // The host of this process where there is one: it need not be on the path.
    private static string DotNet() =>
        Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host
        : Programs.Find("dotnet") ?? throw new ServerException(
            "The program dotnet was not found on the path. Install the .NET SDK 10, or add its folder to PATH.");
}
