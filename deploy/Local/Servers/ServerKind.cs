namespace OrderToCash.Local.Servers;

/// <summary>What differs between the servers: how each is found, run and asked.</summary>
internal abstract class ServerKind
{
    public static readonly ServerKind Postgres = new PostgresKind();
    public static readonly ServerKind Rabbit = new RabbitKind();

    /// <summary>Folder name: <c>postgres</c>, <c>rabbitmq</c>.</summary>
    public abstract string Name { get; }

    /// <summary>The name people use.</summary>
    public abstract string Title { get; }

    /// <summary>The package of Debian and Ubuntu.</summary>
    public abstract string Package { get; }

    /// <summary>What to do when the server can be had in no way.</summary>
    public abstract string Advice { get; }

    /// <summary>The account it runs under.</summary>
    public virtual SystemUser User => SystemUser.Current;

    /// <summary>The kind of this <see cref="Name"/>.</summary>
    public static ServerKind Of(string name) => name == Postgres.Name ? Postgres : name == Rabbit.Name ? Rabbit
        : throw new ServerException($"There is no server '{name}'; there are {Postgres.Name} and {Rabbit.Name}.");

    /// <summary>The address of a running server named in the environment, or null.</summary>
    public abstract string? AddressFromEnvironment();

    /// <summary>A host for the installed programs, or null when they are not installed.</summary>
    public abstract IServerHost? Installed(ServerHome home, ServerOptions options);

    /// <summary>A host for a container.</summary>
    public abstract IServerHost Container(string docker, ServerHome home, ServerOptions options);

    /// <summary>Asks the server something small; null when it answers, else why not.</summary>
    public abstract Task<string?> FaultAsync(string address, CancellationToken cancellation);

    /// <summary>
    /// Waits until the server answers; <paramref name="stillRuns"/> throws when there is nothing to wait for.
    /// </summary>
    public async Task AnswersAsync(string address, TimeSpan patience, Action stillRuns, CancellationToken cancellation)
    {
        string? fault = null;
        var answers = await Waiting.UntilAsync(async () =>
        {
            stillRuns();
            fault = await FaultAsync(address, cancellation);
            return fault is null;
        }, patience, cancellation);
        if (!answers)
            throw new ServerException($"{Title} did not answer within {patience.TotalSeconds:0} seconds: {fault}");
    }
}
