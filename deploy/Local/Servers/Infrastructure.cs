namespace OrderToCash.Local.Servers;

/// <summary>Both servers, durable, on the ports a developer finds again.</summary>
public sealed class Infrastructure : IAsyncDisposable
{
    // Beside the usual ports, where the machine's own servers may listen.
    private const int PostgresPort = 5442;
    private const int RabbitPort = 5682;
    private const int ManagementPort = 15682;

    private Infrastructure(PostgresServer postgres, RabbitServer rabbit) => (Postgres, Rabbit) = (postgres, rabbit);

    /// <summary>The databases' server.</summary>
    public PostgresServer Postgres { get; }

    /// <summary>The broker.</summary>
    public RabbitServer Rabbit { get; }

    /// <summary>Starts both at the same time; when one fails, the other is stopped.</summary>
    public static async Task<Infrastructure> StartAsync(
        string folder, Action<string> say, CancellationToken cancellation)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var options = new ServerOptions { Folder = folder, Say = say };
        var postgres = OrCancelAsync(PostgresServer.StartAsync(options with
        {
            Port = Ports.FromEnvironment("OTC_POSTGRES_PORT", PostgresPort),
        }, both.Token), both);
        var rabbit = OrCancelAsync(BrokerAsync(folder, say, both.Token), both);
        try
        {
            await Task.WhenAll(postgres, rabbit);
            return new Infrastructure(await postgres, await rabbit);
        }
        catch
        {
            if (postgres.IsCompletedSuccessfully)
                await (await postgres).DisposeAsync();
            if (rabbit.IsCompletedSuccessfully)
                await (await rabbit).DisposeAsync();
            // The fault that came first says what is wrong; the other task was only told to give up.
            await (postgres.IsFaulted ? postgres : (Task)rabbit);
            throw;
        }
    }

    /// <summary>The broker alone: the one that runs already, or one of our own.</summary>
    public static async Task<RabbitServer> BrokerAsync(
        string folder, Action<string> say, CancellationToken cancellation)
    {
        var broker = await RabbitServer.StartAsync(
            new ServerOptions
            {
                Folder = folder,
                Say = say,
                Port = Ports.FromEnvironment("OTC_RABBITMQ_PORT", RabbitPort),
                ManagementPort = Ports.FromEnvironment("OTC_RABBITMQ_MANAGEMENT_PORT", ManagementPort),
            },
            cancellation);
        await broker.KeepReturnsAsync(cancellation);
        return broker;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() =>
        await Task.WhenAll(Rabbit.DisposeAsync().AsTask(), Postgres.DisposeAsync().AsTask());

    private static async Task<T> OrCancelAsync<T>(Task<T> start, CancellationTokenSource others)
    {
        try
        {
            return await start;
        }
        catch
        {
            await others.CancelAsync();
            throw;
        }
    }
}
