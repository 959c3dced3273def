namespace OrderToCash.Local.Servers;

/// <summary>
/// Gets a server to run, in this order: the one named in the environment; one that another process already runs in the
/// folder; the installed programs; a container; an installation by apt-get.
/// </summary>
internal static class Provisioning
{
    // A loaded machine starts RabbitMQ in half a minute.
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    public static async Task<IServerHost> StartAsync(
        ServerKind kind, ServerOptions options, CancellationToken cancellation)
    {
        // A throwaway server belongs to the caller, who may kill it.
        if (options.Mode == ServerMode.Durable && kind.AddressFromEnvironment() is { } given)
        {
            return await kind.FaultAsync(given, cancellation) is { } fault
                ? throw new ServerException($"{kind.Title}, as named in the environment, does not answer: {fault}")
                : new Elsewhere(given, "named in the environment");
        }

        var folder = await ServerHome.ChooseFolderAsync(kind.Name, options, kind.User, cancellation);
        if (await ServerHome.TryTakeAsync(folder, options) is not { } home)
            return await JoinAsync(kind, folder, cancellation);

        IServerHost? host = null;
        try
        {
            host = await ChooseAsync(kind, home, options, cancellation);
            await host.StartAsync(cancellation);
            home.WriteAddress(host.Address);
            return host;
        }
        catch
        {
            if (host is not null)
                await host.DisposeAsync();
            else
                home.Dispose();
            throw;
        }
    }

    private static async Task<IServerHost> ChooseAsync(
        ServerKind kind, ServerHome home, ServerOptions options, CancellationToken cancellation)
    {
        if (kind.Installed(home, options) is { } installed)
            return installed;

        if (await Docker.FindAsync(cancellation) is { } docker)
            return kind.Container(docker, home, options);

        if (Apt.IsUsable)
        {
            await Apt.InstallAsync(kind.Package, options.Say, cancellation);
            if (kind.Installed(home, options) is { } fresh)
                return fresh;
        }

        throw new ServerException($"{kind.Title} is not installed and no Docker engine answers. {kind.Advice}");
    }

    private static async Task<IServerHost> JoinAsync(ServerKind kind, string folder, CancellationToken cancellation)
    {
        string? address = null;
        var there = await Waiting.UntilAsync(
            () => Task.FromResult((address = ServerHome.ReadAddress(folder)) is not null), Patience, cancellation);
        if (!there || address is null)
        {
            throw new ServerException(
                $"Another process holds {folder} but its {kind.Title} does not come up; end that process.");
        }

        await kind.AnswersAsync(address, Patience, () => { }, cancellation);
        return new Elsewhere(address, "run by another process of this folder");
    }
}
