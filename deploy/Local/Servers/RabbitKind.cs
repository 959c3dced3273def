using System.Net.Sockets;

namespace OrderToCash.Local.Servers;

/// <summary>RabbitMQ with its management API; the address is a <see cref="RabbitAddress"/> as text.</summary>
internal sealed class RabbitKind : ServerKind
{
    public const string UserName = "ordertocash";

    public override string Name => "rabbitmq";

    public override string Title => "RabbitMQ";

    public override string Package => "rabbitmq-server";

    public override string Advice =>
        "Install it (Debian, Ubuntu: sudo apt-get install rabbitmq-server; Fedora: sudo dnf install rabbitmq-server; " +
        "macOS: brew install rabbitmq), or start Docker, or set OTC_RABBITMQ to the address of a server " +
        "(amqp://user:password@host:5672/) and OTC_RABBITMQ_MANAGEMENT to its management API (http://host:15672).";

    public static RabbitAddress AddressOf(int port, int managementPort, string password) => new(
        new Uri($"amqp://{UserName}:{password}@127.0.0.1:{port}/"), new Uri($"http://127.0.0.1:{managementPort}/"));

    public override string? AddressFromEnvironment()
    {
        if (Environment.GetEnvironmentVariable("OTC_RABBITMQ") is not { Length: > 0 } amqp)
            return null;
        var management = Environment.GetEnvironmentVariable("OTC_RABBITMQ_MANAGEMENT");
        return Uri.TryCreate(amqp, UriKind.Absolute, out var uri) && uri.Scheme is "amqp" or "amqps"
            ? $"{amqp} {management}".Trim()
            : throw new ServerException(
                $"OTC_RABBITMQ is '{amqp}'; it must be an address such as amqp://user:password@host:5672/.");
    }

    public override IServerHost? Installed(ServerHome home, ServerOptions options) =>
        PrivateRabbit.FindProgram() is { } program ? new PrivateRabbit(program, home, options) : null;

    public override IServerHost Container(string docker, ServerHome home, ServerOptions options)
    {
        var port = Ports.Choose(options.Port, "OTC_RABBITMQ_PORT", Title);
        var management = Ports.Choose(options.ManagementPort, "OTC_RABBITMQ_MANAGEMENT_PORT", Title);
        var address = AddressOf(port, management, home.Password()).ToString();
        return new DockerContainer(docker, this, home, options, address, new ContainerImage
        {
            Image = "rabbitmq:4-management",
            Ports = { [port] = 5672, [management] = 15672 },
            Environment = { ["RABBITMQ_DEFAULT_USER"] = UserName, ["RABBITMQ_DEFAULT_PASS"] = home.Password() },
            DataPath = "/var/lib/rabbitmq",
            StopSignal = Signal.Terminate,
        });
    }

    public override async Task<string?> FaultAsync(string address, CancellationToken cancellation)
    {
        var parsed = RabbitAddress.Parse(address);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        timeout.CancelAfter(TimeSpan.FromSeconds(10));
        try
        {
            await ProbeAsync(parsed.Amqp, timeout.Token);
            if (parsed.Management is not null)
            {
                using var management = new RabbitManagement(parsed);
                await management.WhoAmIAsync(timeout.Token);
            }

            return null;
        }
        catch (Exception fault) when (fault is SocketException or IOException or HttpRequestException or ServerException
            || (fault is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return fault.Message;
        }
    }

    // The listening socket opens before the broker serves. A broker that serves answers the AMQP greeting with
    // something.
    private static async Task ProbeAsync(Uri amqp, CancellationToken cancellation)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(amqp.Host, amqp.IsDefaultPort || amqp.Port < 0 ? 5672 : amqp.Port, cancellation);
        if (amqp.Scheme == "amqps")
            return;
        await using var stream = client.GetStream();
        await stream.WriteAsync("AMQP\0\0\u0009\u0001"u8.ToArray(), cancellation);
        var answer = new byte[1];
        await stream.ReadExactlyAsync(answer, cancellation);
    }
}
