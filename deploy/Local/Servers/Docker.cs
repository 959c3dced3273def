namespace OrderToCash.Local.Servers;

/// <summary>The Docker engine, where there is one.</summary>
internal static class Docker
{
    /// <summary>The docker program if its engine answers, else null.</summary>
    public static async Task<string?> FindAsync(CancellationToken cancellation)
    {
        if (Programs.Find("docker") is not { } docker)
            return null;

        var (code, _) = await Tool.TryAsync(docker, ["info", "--format", "{{.ServerVersion}}"], cancellation: cancellation);
        return code == 0 ? docker : null;
    }
}

/// <summary>What to run in a container.</summary>
internal sealed record ContainerImage
{
    public required string Image { get; init; }

    /// <summary>Loopback port to port in the container.</summary>
    public Dictionary<int, int> Ports { get; } = [];

    public Dictionary<string, string> Environment { get; } = [];

    /// <summary>The folder in the container that a named volume keeps, or null to keep nothing.</summary>
    public string? DataPath { get; init; }

    public IReadOnlyList<string> Arguments { get; init; } = [];
}

/// <summary>A server in a container, published on loopback only. Container and volume are named after the home folder.</summary>
internal sealed class DockerContainer(
    string docker, ServerKind kind, ServerHome home, string address, ContainerImage image) : IServerHost
{
    private readonly string _name = $"ordertocash-{home.Key}-{kind.Name}";
    private bool _exists;

    public string Address => address;

    public string Description => $"container {_name} of {image.Image}";

    public IReadOnlyList<int> ProcessIds => [];

    public async Task StartAsync(CancellationToken cancellation)
    {
        if (_exists)
            await Tool.RunAsync(docker, ["start", _name], cancellation: cancellation);
        else
            await CreateAsync(cancellation);

        await kind.AnswersAsync(address, Provisioning.Patience, () => { }, cancellation);
    }

    public Task KillAsync(CancellationToken cancellation) =>
        Tool.RunAsync(docker, ["kill", _name], cancellation: cancellation);

    public async ValueTask DisposeAsync()
    {
        if (_exists)
        {
            await Tool.TryAsync(docker, ["stop", _name]);
            await RemoveAsync(CancellationToken.None);
        }

        home.Dispose();
    }

    private async Task CreateAsync(CancellationToken cancellation)
    {
        await RemoveAsync(cancellation);
        List<string> words = ["run", "--detach", "--name", _name, "--hostname", "ordertocash"];
        foreach (var (outside, inside) in image.Ports)
            words.AddRange(["--publish", $"127.0.0.1:{outside}:{inside}"]);
        // Values go by the environment of the docker program: arguments can be read by every user of the machine.
        foreach (var name in image.Environment.Keys)
            words.AddRange(["--env", name]);
        if (image.DataPath is not null)
            words.AddRange(["--volume", $"{_name}:{image.DataPath}"]);

        _exists = true;
        await Tool.RunAsync(docker, [.. words, image.Image, .. image.Arguments], image.Environment, cancellation);
    }

    // Also ends what a killed run left behind; a container that is not there is no error.
    private Task RemoveAsync(CancellationToken cancellation) =>
        Tool.RunAsync(docker, ["rm", "--force", "--volumes", _name], cancellation: cancellation);
}
