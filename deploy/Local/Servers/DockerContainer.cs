namespace OrderToCash.Local.Servers;

/// <summary>What to run in a container.</summary>
internal sealed record ContainerImage
{
    public required string Image { get; init; }

    /// <summary>Loopback port to port in the container.</summary>
    public Dictionary<int, int> Ports { get; } = [];

    public Dictionary<string, string> Environment { get; } = [];

    /// <summary>The folder in the container that holds the data.</summary>
    public required string DataPath { get; init; }

    /// <summary>What makes the server end at once and in order.</summary>
    public required Signal StopSignal { get; init; }

    public IReadOnlyList<string> Arguments { get; init; } = [];
}

/// <summary>
/// A server in a container, published on loopback only. Container and volume are named after the home folder. The
/// docker program stays attached as our child and hands on the signals it gets, so that the container ends when we
/// do.
/// </summary>
internal sealed class DockerContainer(
    string docker, ServerKind kind, ServerHome home, ServerOptions options, string address, ContainerImage image)
    : IServerHost
{
    private readonly string _name = $"ordertocash-{home.Key}-{kind.Name}";
    private ChildProcess? _client;

    public string Address => address;

    public string Description => $"container {_name} of {image.Image}";

    public IReadOnlyList<int> ProcessIds => [];

    public async Task StartAsync(CancellationToken cancellation)
    {
        if (_client is null)
            await PrepareAsync(cancellation);
        else
            await _client.DisposeAsync();

        List<string> words = ["run", "--rm", "--name", _name, "--hostname", "ordertocash"];
        words.AddRange(["--volume", $"{_name}:{image.DataPath}"]);
        foreach (var (outside, inside) in image.Ports)
            words.AddRange(["--publish", $"127.0.0.1:{outside}:{inside}"]);
        // Values go by the environment of the docker program: arguments can be read by every user of the machine.
        foreach (var name in image.Environment.Keys)
            words.AddRange(["--env", name]);
        _client = await ChildProcess.StartAsync(new ChildCommand
        {
            Program = docker,
            Arguments = [.. words, image.Image, .. image.Arguments],
            Environment = image.Environment,
            LogFile = home.Log,
            StopSignal = image.StopSignal,
        });
        await kind.AnswersAsync(address, Provisioning.Patience, _client.ThrowIfExited, cancellation);
    }

    public async Task KillAsync(CancellationToken cancellation)
    {
        await Tool.RunAsync(docker, ["kill", _name], cancellation: cancellation);
        if (_client is not null)
            await _client.StopAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_client is not null)
        {
            await _client.DisposeAsync();
            if (options.Mode == ServerMode.Throwaway)
                await RemoveAsync(CancellationToken.None);
        }

        home.Dispose();
    }

    private async Task PrepareAsync(CancellationToken cancellation)
    {
        await RemoveAsync(cancellation);
        var (code, _) = await Tool.TryAsync(docker, ["image", "inspect", image.Image], cancellation: cancellation);
        if (code == 0)
            return;
        options.Say($"Fetching the image {image.Image}; this takes a minute or two.");
        await Tool.RunAsync(docker, ["pull", "--quiet", image.Image], cancellation: cancellation);
    }

    // Also takes away what a killed run left behind. What is not there is no error.
    private async Task RemoveAsync(CancellationToken cancellation)
    {
        await Tool.RunAsync(docker, ["rm", "--force", _name], cancellation: cancellation);
        if (options.Mode == ServerMode.Throwaway)
            await Tool.RunAsync(docker, ["volume", "rm", "--force", _name], cancellation: cancellation);
    }
}
