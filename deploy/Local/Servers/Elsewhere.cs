namespace OrderToCash.Local.Servers;

/// <summary>A server that somebody else runs; it is used and left alone.</summary>
internal sealed class Elsewhere(string address, string description) : IServerHost
{
    public string Address => address;

    public string Description => description;

    public IReadOnlyList<int> ProcessIds => [];

    public Task StartAsync(CancellationToken cancellation) => throw NotOurs();

    public Task KillAsync(CancellationToken cancellation) => throw NotOurs();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static ServerException NotOurs() =>
        new("This server is run by somebody else and cannot be killed or started from here.");
}
