namespace OrderToCash.Local.Servers;

/// <summary>Where and how a server runs.</summary>
internal interface IServerHost : IAsyncDisposable
{
    /// <summary>What a client needs to reach it, in the form of the server's kind.</summary>
    string Address { get; }

    /// <summary>For people: "private process 4711", "container …".</summary>
    string Description { get; }

    /// <summary>Processes of ours; none when it runs elsewhere.</summary>
    IReadOnlyList<int> ProcessIds { get; }

    /// <summary>Starts it, also again after a kill, and waits until it answers.</summary>
    Task StartAsync(CancellationToken cancellation);

    /// <summary>Ends it as a crash would; the data stays.</summary>
    Task KillAsync(CancellationToken cancellation);
}
