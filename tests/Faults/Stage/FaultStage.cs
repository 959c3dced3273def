using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using Npgsql;
using OrderToCash.Faults.Facts;
using OrderToCash.Faults.Injections;
using OrderToCash.Faults.Load;
using OrderToCash.Local.Commands;
using OrderToCash.Local.Identity;
using OrderToCash.Local.Processes;
using OrderToCash.Local.Servers;
using OrderToCash.Messaging;
using RabbitMQ.Client;

namespace OrderToCash.Faults.Stage;

/// <summary>
/// The system under test: servers of its own, a gateway, two instances of each service, one of them with a wrong clock,
/// or one of the version before.
/// </summary>
internal sealed class FaultStage : IAsyncDisposable
{
    private static readonly TimeSpan TokenLifetime = TimeSpan.FromDays(7);

    private readonly DirectoryInfo _folder;
    private readonly RabbitServer _broker;
    private readonly CuttableProxy _proxy;
    private readonly OrderToCashSystem _system;
    private bool _isFolderNeeded = true;

    private FaultStage(
        DirectoryInfo folder, PostgresServer postgres, RabbitServer broker, CuttableProxy proxy, MessageTap tap,
        OrderToCashSystem system) =>
        (_folder, Postgres, _broker, _proxy, Tap, _system) = (folder, postgres, broker, proxy, tap, system);

    /// <summary>The programs with a database.</summary>
    public static IReadOnlyList<ServiceProgram> Services { get; } =
        [.. ServiceProgram.All.Where(program => program.Database is not null)];

    public PostgresServer Postgres { get; }

    public RabbitServer Broker => _broker;

    /// <summary>Through which the services reach the broker.</summary>
    public CuttableProxy Proxy => _proxy;

    public MessageTap Tap { get; }

    public IReadOnlyList<ServiceInstance> Instances => _system.Instances;

    /// <summary>Queues on which messages are held back, and the queues they belong to.</summary>
    public ConcurrentDictionary<string, string> Detours { get; } = [];

    public Uri Gateway => _system.Gateway;

    private (ServiceProgram Program, TimeSpan Offset) Wrong { get; init; }

    /// <summary>How far the slowest clock of a service's instances is behind.</summary>
    public TimeSpan Behind(string service) =>
        Wrong.Program.Name == service && Wrong.Offset < TimeSpan.Zero ? -Wrong.Offset : TimeSpan.Zero;

    /// <summary>Where logs are.</summary>
    public string Logs => Path.Combine(_folder.FullName, "logs");

    /// <summary>Starts everything.</summary>
    /// <param name="random">Chooses whose clock is off, and by how much.</param>
    /// <param name="say">Hears what is chosen.</param>
    /// <param name="before">
    /// A built checkout of the version before: the first instance of each service is of it. It has made the schema and
    /// works alone at first; the second of this version comes to it, as in an upgrade.
    /// </param>
    public static async Task<FaultStage> StartAsync(Random random, Action<string> say, string? before = null)
    {
        var folder = Directory.CreateTempSubdirectory("ordertocash-faults-");
        var postgres = await PostgresServer.StartAsync(ServerOptions.Throwaway());
        var broker = await RabbitServer.StartAsync(ServerOptions.Throwaway());
        var tap = new MessageTap(broker.Amqp);
        await tap.StartAsync();
        var proxy = CuttableProxy.To(broker.Amqp.Port);
        var second = Services.ToDictionary(program => program, _ => Ports.Free());
        var system = await OrderToCashSystem.StartAsync(new SystemOptions
        {
            Folder = folder.FullName,
            Postgres = postgres.ConnectionString,
            Rabbit = new UriBuilder(broker.Amqp) { Port = proxy.Port }.Uri,
            Programs = [.. ServiceProgram.All.Select(program => before is null ? program : Of(before, program))],
            Settings = LoadBalancing(second),
            Say = say,
        });
        var wrong = Services[random.Next(Services.Count)];
        var offset = ClockOffsets[random.Next(ClockOffsets.Length)];
        var stage = new FaultStage(folder, postgres, broker, proxy, tap, system) { Wrong = (wrong, offset) };
        say($"The clock of the second instance of {wrong.Name} is off by {offset}.");
        foreach (var (program, port) in second)
            await system.AddAsync(program, port, program == wrong ? WrongClock(offset) : null);
        await Task.WhenAll(system.Instances.Select(instance => instance.ReadyAsync()));
        return stage;
    }

    /// <summary>The end of an upgrade: what is of the version before makes way for this one, one by one.</summary>
    public async Task UpgradeAsync(Action<string> say)
    {
        foreach (var old in Instances.Where(instance => instance.Program.Published is not null).ToList())
        {
            var program = ServiceProgram.All.Single(program => program.Name == old.Program.Name);
            await (await _system.ReplaceAsync(old, program)).ReadyAsync();
            say($"{old.Program.Name} at {old.Address.Port} is of this version now.");
        }
    }

    // Longer than anything is kept, so that a wrong clock would clear out too much; more than a day, so that both
    // instances never agree on the date; less than a minute, as clocks drift.
    private static readonly TimeSpan[] ClockOffsets =
    [
        TimeSpan.FromDays(40), TimeSpan.FromHours(26), TimeSpan.FromHours(-26), TimeSpan.FromSeconds(45),
        TimeSpan.FromSeconds(-45),
    ];

    /// <summary>A token of the load or of whoever sets things up.</summary>
    /// <param name="subject">Who it is.</param>
    /// <param name="more">Scopes beside those of a controller.</param>
    public string Token(string subject, string more = "") => _system.Key.Token(
        subject, $"{Roles.Scopes["controller"]} {more}".TrimEnd(), ["controller"], ["*"], TokenLifetime);

    /// <summary>The connection to a service's database.</summary>
    public string DatabaseOf(string service) =>
        _system.DatabaseOf(Services.Single(program => program.Name == service));

    /// <summary>A connection to the broker past the proxy.</summary>
    public Task<IConnection> ConnectAsync() =>
        new ConnectionFactory { Uri = Broker.Amqp, AutomaticRecoveryEnabled = false }.CreateConnectionAsync();

    /// <summary>Routing keys by queue, as the broker has them bound.</summary>
    public async Task<ILookup<string, string>> BindingsAsync()
    {
        using var http = Management();
        var bindings = await http.GetFromJsonAsync<Binding[]>(new Uri("api/bindings/%2F", UriKind.Relative));
        return bindings!.Where(binding => binding.Source == Wire.Exchange)
            .Where(binding => DeadLettersCommand.Queues.Contains(binding.Destination))
            .ToLookup(binding => binding.Destination, binding => binding.Routing_key);
    }

    /// <summary>
    /// Queues with the routing keys that had messages lately: elsewhere a fault would go unnoticed. Waits for them
    /// where the broker has just come back.
    /// </summary>
    public async Task<IReadOnlyList<(string Queue, string RoutingKey)>> BusyAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        while (true)
        {
            var keys = Tap.Latest().TakeLast(200).Select(message => message.RoutingKey).ToHashSet();
            var bound = (await BindingsAsync()).SelectMany(queue => queue.Select(key => (Queue: queue.Key, Key: key)));
            var busy = bound.Where(binding => keys.Contains(binding.Key)).Order().ToList();
            if (busy.Count > 0)
                return busy;
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, patience.Token);
        }
    }

    /// <summary>What was set aside.</summary>
    public async Task<IReadOnlyList<FailedMessage>> FailedMessagesAsync()
    {
        await using var connection = await ConnectAsync();
        var letters = new DeadLetters(connection);
        var failed = new List<FailedMessage>();
        foreach (var queue in DeadLettersCommand.Queues)
        {
            failed.AddRange((await letters.ListAsync(queue, int.MaxValue)).Select(letter => new FailedMessage(
                queue, letter.MessageId ?? "", letter.Reason ?? "",
                letter.Reason?.Contains(ConsumerFault.Reason, StringComparison.Ordinal) == true)));
        }

        return failed;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _system.DisposeAsync();
        await Tap.DisposeAsync();
        await _proxy.DisposeAsync();
        await _broker.DisposeAsync();
        await Postgres.DisposeAsync();
        if (!_isFolderNeeded)
            _folder.Delete(recursive: true);
    }

    /// <summary>Nobody needs them: keys, logs and mails go with the end.</summary>
    public void DeleteLogs() => _isFolderNeeded = false;

    /// <summary>A service as another checkout has built it; the gateway is always of this version.</summary>
    private static ServiceProgram Of(string checkout, ServiceProgram program) => program.Database is null
        ? program
        : program with
        {
            Published = Path.Combine(
                checkout, Path.GetDirectoryName(program.Project)!,
                Path.GetRelativePath(program.Folder, Path.GetDirectoryName(program.Assembly)!)),
        };

    /// <summary>The gateway knows both instances of each service and asks every second whether they are well.</summary>
    private static Dictionary<string, string> LoadBalancing(IReadOnlyDictionary<ServiceProgram, int> second)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            // Hours of a line per request would fill the disk.
            ["Logging__LogLevel__Default"] = "Warning",
        };
        foreach (var (program, port) in second)
        {
            var cluster = $"ReverseProxy__Clusters__{program.Name}";
            settings[$"{cluster}__Destinations__2__Address"] = $"http://127.0.0.1:{port}";
            settings[$"{cluster}__HealthCheck__Active__Enabled"] = "true";
            settings[$"{cluster}__HealthCheck__Active__Interval"] = "00:00:01";
            settings[$"{cluster}__HealthCheck__Active__Timeout"] = "00:00:02";
            settings[$"{cluster}__HealthCheck__Active__Policy"] = "ConsecutiveFailures";
            settings[$"{cluster}__HealthCheck__Active__Path"] = "/health/ready";
        }

        return settings;
    }

    private static Dictionary<string, string> WrongClock(TimeSpan offset) => new(StringComparer.Ordinal)
    {
        ["ASPNETCORE_ENVIRONMENT"] = "Development",
        ["Clock__Offset"] = offset.ToString("c"),
    };

    private HttpClient Management()
    {
        var credentials = Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(Broker.Amqp.UserInfo)));
        return new HttpClient
        {
            BaseAddress = Broker.Management,
            DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Basic", credentials) },
        };
    }

    private sealed record Binding(string Source, string Destination, string Routing_key);
}
