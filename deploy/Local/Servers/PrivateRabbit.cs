using System.Globalization;

namespace OrderToCash.Local.Servers;

/// <summary>
/// The installed RabbitMQ as a private node: all its files in the home folder, loopback only, and an epmd (Erlang's
/// port mapper) of its own, since one started by the node would stay behind.
/// </summary>
internal sealed class PrivateRabbit : IServerHost
{
    private const string Node = "ordertocash@localhost";

    private readonly string _program;
    private readonly ServerHome _home;
    private readonly ServerOptions _options;
    private readonly int _port;
    private readonly int _managementPort;
    private readonly int _mapperPort = Ports.Free();
    private readonly int _nodePort = Ports.Free();
    private ChildProcess? _mapper;
    private ChildProcess? _server;

    public PrivateRabbit(string program, ServerHome home, ServerOptions options)
    {
        (_program, _home, _options) = (program, home, options);
        _port = Ports.Choose(options.Port, "OTC_RABBITMQ_PORT", "RabbitMQ");
        _managementPort = Ports.Choose(
            options.ManagementPort, "OTC_RABBITMQ_MANAGEMENT_PORT", "RabbitMQ's management page");
        Address = RabbitKind.AddressOf(_port, _managementPort, home.Password()).ToString();
    }

    public string Address { get; }

    public string Description => $"{_program}, data in {_home.Data}";

    public IReadOnlyList<int> ProcessIds =>
        [.. new[] { _server, _mapper }.Where(child => child is { HasExited: false }).Select(child => child!.Id)];

    // The one on Debian's PATH switches to the service's user and folders, so the package's own comes first.
    public static string? FindProgram() => Programs.Find(
        "rabbitmq-server",
        "/usr/lib/rabbitmq/bin", "/opt/homebrew/opt/rabbitmq/sbin", "/usr/local/opt/rabbitmq/sbin");

    public async Task StartAsync(CancellationToken cancellation)
    {
        Directory.CreateDirectory(_home.Data);
        WriteSettings();
        if (_mapper is null or { HasExited: true })
            _mapper = await StartMapperAsync();
        if (_server is not null)
            await _server.DisposeAsync();
        _server = await ChildProcess.StartAsync(new ChildCommand
        {
            Program = _program,
            Environment = Variables(),
            LogFile = _home.Log,
            Disposable = _options.Mode == ServerMode.Throwaway,
        });
        _home.Remember(_server, _mapper);
        await ServerKind.Rabbit.AnswersAsync(Address, Provisioning.Patience, _server.ThrowIfExited, cancellation);
    }

    public Task KillAsync(CancellationToken cancellation) => _server?.KillAsync() ?? Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
        if (_mapper is not null)
            await _mapper.DisposeAsync();
        _home.Dispose();
    }

    private Task<ChildProcess> StartMapperAsync() => ChildProcess.StartAsync(new ChildCommand
    {
        Program = Programs.Find("epmd", "/usr/lib/erlang/bin", "/opt/homebrew/opt/erlang/bin")
            ?? throw new ServerException(
                "RabbitMQ is installed, but Erlang's epmd is not in PATH; add Erlang's bin folder to PATH."),
        Arguments = ["-port", Text(_mapperPort), "-address", "127.0.0.1"],
        LogFile = _home.Log,
    });

    private void WriteSettings()
    {
        List<string> settings =
        [
            $"listeners.tcp.default = 127.0.0.1:{_port}",
            "management.tcp.ip = 127.0.0.1",
            $"management.tcp.port = {_managementPort}",
            $"default_user = {RabbitKind.UserName}",
            $"default_pass = {_home.Password()}",
            "log.file = false",
            "log.console = true",
            "log.console.level = warning",
            "log.console.use_colors = off",
        ];
        // Statistics of every connection and queue cost more than the messages of a test.
        if (_options.Mode == ServerMode.Throwaway)
            settings.Add("management_agent.disable_metrics_collector = true");
        ServerHome.WriteSecret(InHome("rabbitmq.conf"), string.Join('\n', settings) + "\n");
        File.WriteAllText(InHome("enabled_plugins"), "[rabbitmq_management].\n");
    }

    private Dictionary<string, string> Variables() => new()
    {
        ["HOME"] = _home.Folder,
        ["RABBITMQ_NODENAME"] = Node,
        ["RABBITMQ_NODE_IP_ADDRESS"] = "127.0.0.1",
        ["RABBITMQ_NODE_PORT"] = Text(_port),
        ["RABBITMQ_DIST_PORT"] = Text(_nodePort),
        ["ERL_EPMD_PORT"] = Text(_mapperPort),
        ["ERL_EPMD_ADDRESS"] = "127.0.0.1",
        ["RABBITMQ_MNESIA_BASE"] = _home.Data,
        ["RABBITMQ_LOG_BASE"] = InHome("log"),
        ["RABBITMQ_PID_FILE"] = InHome("pid"),
        ["RABBITMQ_GENERATED_CONFIG_DIR"] = InHome("generated"),
        ["RABBITMQ_CONF_ENV_FILE"] = InHome("rabbitmq-env.conf"),
        ["RABBITMQ_CONFIG_FILE"] = InHome("rabbitmq.conf"),
        ["RABBITMQ_ADVANCED_CONFIG_FILE"] = InHome("advanced.config"),
        ["RABBITMQ_ENABLED_PLUGINS_FILE"] = InHome("enabled_plugins"),
        // The started process becomes the node itself instead of a shell that waits for it.
        ["RABBITMQ_ALLOW_INPUT"] = "1",
        // Schedulers sleep at once when there is nothing to do: a laptop and a build machine have other work.
        ["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] = "-noinput +sbwt none +sbwtdcpu none +sbwtdio none",
    };

    private string InHome(string name) => Path.Combine(_home.Folder, name);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
