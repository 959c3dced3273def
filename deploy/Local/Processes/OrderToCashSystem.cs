using System.Globalization;
using Npgsql;
using OrderToCash.Local.Identity;
using OrderToCash.Local.Servers;

namespace OrderToCash.Local.Processes;

/// <summary>Where a system runs and what it uses.</summary>
public sealed record SystemOptions
{
    /// <summary>Keys, logs and mails.</summary>
    public required string Folder { get; init; }

    /// <summary>A connection that may create databases.</summary>
    public required string Postgres { get; init; }

    /// <summary>The broker's virtual host.</summary>
    public required Uri Rabbit { get; init; }

    /// <summary>In front of the names of its databases, so that several systems share a server.</summary>
    public string DatabasePrefix { get; init; } = "";

    /// <summary>The port of each program; free ones when null.</summary>
    public Func<ServiceProgram, int>? Port { get; init; }

    /// <summary>Settings for all programs besides those of the system itself.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>What is started; one may do without the others.</summary>
    public IReadOnlyList<ServiceProgram> Programs { get; init; } = ServiceProgram.All;

    /// <summary>Hears what takes long.</summary>
    public Action<string> Say { get; init; } = _ => { };
}

/// <summary>
/// Four services and the gateway as processes of their own on one machine, as a deployment would run them.
/// </summary>
public sealed class OrderToCashSystem : IAsyncDisposable
{
    private readonly SystemOptions _options;
    private readonly List<ServiceInstance> _instances = [];
    private Uri? _gateway;

    private OrderToCashSystem(SystemOptions options, SigningKey key, SmtpSink mail, BureauSimulator bureau) =>
        (_options, Key, Mail, Bureau) = (options, key, mail, bureau);

    /// <summary>Signs tokens the services accept.</summary>
    public SigningKey Key { get; }

    /// <summary>Takes the mails the system sends.</summary>
    public SmtpSink Mail { get; }

    /// <summary>Tells the system how creditworthy its customers are.</summary>
    public BureauSimulator Bureau { get; }

    /// <summary>All running instances, in the order of their start.</summary>
    public IReadOnlyList<ServiceInstance> Instances => _instances;

    /// <summary>Where the API is.</summary>
    public Uri Gateway => Instance(ServiceProgram.Gateway).Address;

    /// <summary>The first instance of a program.</summary>
    public ServiceInstance Instance(string name) => _instances.First(instance => instance.Program.Name == name);

    /// <summary>
    /// Creates what is missing, starts everything and waits until it is ready. When one program fails, or the caller
    /// gives up, all are stopped again.
    /// </summary>
    public static async Task<OrderToCashSystem> StartAsync(
        SystemOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        await ServiceBuild.EnsureAsync(options.Programs, options.Say, cancellation);
        await Chromium.EnsureAsync(options.Say, cancellation);
        var key = SigningKey.In(Path.Combine(options.Folder, "keys"));
        var mail = SmtpSink.Start(folder: Path.Combine(options.Folder, "mail"));
        var system = new OrderToCashSystem(options, key, mail, await BureauSimulator.StartAsync());
        try
        {
            await system.StartAllAsync(cancellation);
            return system;
        }
        catch
        {
            await system.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Starts one more instance of a program beside the others, with settings of its own where given; it may not answer
    /// yet.
    /// </summary>
    public async Task<ServiceInstance> AddAsync(
        ServiceProgram program, int? port = null, IReadOnlyDictionary<string, string>? settings = null)
    {
        ArgumentNullException.ThrowIfNull(program);
        var number = _instances.Count(instance => instance.Program.Name == program.Name) + 1;
        var log = Path.Combine(_options.Folder, "logs", $"{program.Name}{(number > 1 ? $"-{number}" : "")}.log");
        var all = Settings(program);
        foreach (var (name, value) in settings ?? new Dictionary<string, string>())
            all[name] = value;
        var instance = await ServiceInstance.StartAsync(program, port ?? Ports.Free(), all, log);
        _instances.Add(instance);
        return instance;
    }

    /// <summary>
    /// Ends an instance and starts another version of its program on its port; it may not answer yet.
    /// </summary>
    public async Task<ServiceInstance> ReplaceAsync(ServiceInstance old, ServiceProgram program)
    {
        ArgumentNullException.ThrowIfNull(old);
        await old.DisposeAsync();
        var replacement = await AddAsync(program, old.Address.Port);
        _instances.Remove(old);
        return replacement;
    }

    /// <summary>The connection to a service's database.</summary>
    public string DatabaseOf(ServiceProgram program)
    {
        ArgumentNullException.ThrowIfNull(program);
        return new NpgsqlConnectionStringBuilder(_options.Postgres)
        {
            Database = _options.DatabasePrefix + program.Database,
            MaxPoolSize = 40,
        }.ConnectionString;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // The gateways first, so that nobody is sent to a service that is gone; then the services side by side.
        var isGateway = _instances.ToLookup(instance => instance.Program.Database is null);
        await Task.WhenAll(isGateway[true].Select(instance => instance.DisposeAsync().AsTask()));
        await Task.WhenAll(isGateway[false].Select(instance => instance.DisposeAsync().AsTask()));
        await Mail.DisposeAsync();
        await Bureau.DisposeAsync();
        Key.Dispose();
    }

    private async Task StartAllAsync(CancellationToken cancellation)
    {
        foreach (var database in _options.Programs.Select(program => program.Database).OfType<string>())
            await CreateDatabaseAsync(_options.Postgres, _options.DatabasePrefix + database, cancellation);
        var ports = _options.Programs.ToDictionary(
            program => program, program => _options.Port?.Invoke(program) ?? Ports.Free());

        // Services write links to it into what they send, and start before it does.
        _gateway = _options.Programs.Where(program => program.Name == ServiceProgram.Gateway)
            .Select(program => ServiceInstance.AddressOf(ports[program])).SingleOrDefault();
        foreach (var program in _options.Programs)
        {
            cancellation.ThrowIfCancellationRequested();
            await AddAsync(program, ports[program]);
        }

        // Each is asked in turn, so that whoever ends at its start is named at once, not after the others' patience.
        using var others = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var starting = _instances.ConvertAll(instance => instance.ReadyAsync(others.Token));
        await foreach (var ready in Task.WhenEach(starting))
        {
            if (ready.IsCompletedSuccessfully)
                continue;
            await others.CancelAsync();
            await Task.WhenAll(starting).ContinueWith(
                _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            await ready;
        }
    }

    private Dictionary<string, string> Settings(ServiceProgram program)
    {
        var settings = new Dictionary<string, string>(_options.Settings, StringComparer.Ordinal)
        {
            ["Auth__JwksFile"] = Key.JwksFile,
            ["Auth__Issuer"] = SigningKey.Issuer,
            ["Auth__Audience"] = SigningKey.Audience,
        };
        if (program.Database is null)
        {
            foreach (var service in ServiceProgram.All.Where(service => service.Database is not null))
            {
                settings[$"ReverseProxy__Clusters__{service.Name}__Destinations__1__Address"] =
                    Instance(service.Name).Address.ToString();
            }

            return settings;
        }

        settings["ConnectionStrings__Postgres"] = DatabaseOf(program);
        settings["ConnectionStrings__RabbitMq"] = _options.Rabbit.ToString();
        settings["Smtp__Host"] = "127.0.0.1";
        settings["Smtp__Port"] = Mail.Port.ToString(CultureInfo.InvariantCulture);
        settings["Smtp__From"] = "accounts-receivable@ordertocash.example";
        if (_gateway is not null)
        {
            settings["OptOut__Address"] = _gateway.ToString();
            settings["OptOut__Key"] = "b3JkZXJ0b2Nhc2gtbG9jYWwtb25seS1vcHQtb3V0LWtleQ==";
        }

        settings["Bureau__Address"] = Bureau.Address.ToString();
        settings["Bureau__Key"] = "simulator";
        settings["Bureau__Secret"] = "simulator";
        return settings;
    }

    private static async Task CreateDatabaseAsync(string server, string name, CancellationToken cancellation)
    {
        await using var source = NpgsqlDataSource.Create(server);
        await using var known = source.CreateCommand("select exists (select from pg_database where datname = $1)");
        known.Parameters.AddWithValue(name);
        if (await known.ExecuteScalarAsync(cancellation) is true)
            return;
        await using var create = source.CreateCommand($"create database \"{name}\"");
        await create.ExecuteNonQueryAsync(cancellation);
    }
}
