namespace OrderToCash.Local.Servers;

/// <summary>A running RabbitMQ.</summary>
public sealed class RabbitServer : IAsyncDisposable
{
    private readonly IServerHost _host;
    private readonly RabbitAddress _address;
    private bool _ended;

    private RabbitServer(IServerHost host) => (_host, _address) = (host, RabbitAddress.Parse(host.Address));

    /// <summary>AMQP, with user and password, at the default virtual host.</summary>
    public Uri Amqp => _address.Amqp;

    /// <summary>Management page and API, where known.</summary>
    public Uri? Management => _address.Management;

    /// <summary>How it runs, for people.</summary>
    public string Description => _host.Description;

    /// <summary>Processes of ours; none when it runs elsewhere.</summary>
    public IReadOnlyList<int> ProcessIds => _host.ProcessIds;

    /// <summary>Finds or starts the server and waits until it answers.</summary>
    public static async Task<RabbitServer> StartAsync(
        ServerOptions options, CancellationToken cancellation = default) =>
        new(await Provisioning.StartAsync(ServerKind.Rabbit, options, cancellation));

    /// <summary>A server that somebody else runs.</summary>
    public static RabbitServer At(Uri amqp, Uri? management) =>
        new(new Elsewhere(new RabbitAddress(amqp, management).ToString(), "run elsewhere"));

    /// <summary>
    /// Makes a virtual host in which the user of <see cref="Amqp"/> may do everything, and gives its address.
    /// </summary>
    public async Task<Uri> CreateVirtualHostAsync(string name, CancellationToken cancellation = default)
    {
        using var management = new RabbitManagement(_address);
        await management.CreateVirtualHostAsync(name, cancellation);
        return new UriBuilder(Amqp) { Path = Uri.EscapeDataString(name) }.Uri;
    }

    /// <summary>Lets messages of its own virtual host come back any number of times, where the broker is managed.</summary>
    public async Task KeepReturnsAsync(CancellationToken cancellation = default)
    {
        if (_address.Management is null)
            return;
        using var management = new RabbitManagement(_address);
        var path = Uri.UnescapeDataString(Amqp.AbsolutePath.TrimStart('/'));
        await management.KeepReturnsAsync(path.Length == 0 ? "/" : path, cancellation);
    }

    /// <summary>Deletes a virtual host with all queues and messages in it.</summary>
    public async Task DeleteVirtualHostAsync(string name, CancellationToken cancellation = default)
    {
        using var management = new RabbitManagement(_address);
        await management.DeleteVirtualHostAsync(name, cancellation);
    }

    /// <summary>Names of all queues of a virtual host.</summary>
    public async Task<IReadOnlyList<string>> QueuesAsync(string virtualHost, CancellationToken cancellation = default)
    {
        using var management = new RabbitManagement(_address);
        return await management.QueuesAsync(virtualHost, cancellation);
    }

    /// <summary>Ends it as a crash would (SIGKILL); durable queues and their messages stay.</summary>
    public async Task KillAsync(CancellationToken cancellation = default)
    {
        // The broker writes the names of new quorum queues to disk half a second late (messages it writes before it
        // confirms them). A queue declared just before the kill would be a dead one afterwards, which is not what
        // anyone tests.
        await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, cancellation);
        await _host.KillAsync(cancellation);
    }

    /// <summary>Starts it again after a kill, on the same data and ports.</summary>
    public Task StartAgainAsync(CancellationToken cancellation = default) => _host.StartAsync(cancellation);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() =>
        Interlocked.Exchange(ref _ended, true) ? ValueTask.CompletedTask : _host.DisposeAsync();
}
