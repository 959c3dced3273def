using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Npgsql;
using OrderToCash.Kernel;
using OrderToCash.Local.Processes;
using OrderToCash.TestKit;
using RabbitMQ.Client;

namespace OrderToCash.Faults.Tests;

/// <summary>
/// Three instances of Invoicing and of Collections and two of each other service, all started at the same moment on
/// empty databases.
/// </summary>
public sealed class ManyInstances : IAsyncLifetime
{
    private readonly Servers _servers = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("otc-instances-");
    private TestDatabase _door = null!;
    private TestVirtualHost _broker = null!;
    private OrderToCashSystem _system = null!;

    internal Guid Customer { get; private set; }

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        _door = await _servers.CreateDatabaseAsync();
        _broker = await _servers.CreateVirtualHostAsync();
        _system = await OrderToCashSystem.StartAsync(new SystemOptions
        {
            Folder = _folder.FullName,
            Postgres = _door.ConnectionString,
            Rabbit = _broker.Uri,
            DatabasePrefix = Prefix,
            Programs = [],
        });
        foreach (var program in Services)
        {
            await ExecuteAsync(_door.ConnectionString, $"""create database "{Prefix}{program.Database}" """);
            for (var number = program.Name is "invoicing" or "collections" ? 3 : 2; number > 0; number--)
                await _system.AddAsync(program);
        }

        await Task.WhenAll(_system.Instances.Select(instance => instance.ReadyAsync()));
        Customer = await RegisterAsync();
    }

    /// <summary>Instances of a service that run.</summary>
    internal IReadOnlyList<ServiceInstance> Of(string service) =>
        [.. _system.Instances.Where(instance => instance.Program.Name == service && !instance.HasExited)];

    /// <summary>Instances that have ended.</summary>
    internal IReadOnlyList<ServiceInstance> Exited =>
        [.. _system.Instances.Where(instance => instance.HasExited)];

    /// <summary>One more instance of a service.</summary>
    internal async Task<ServiceInstance> AddAsync(string service)
    {
        var instance = await _system.AddAsync(Services.Single(program => program.Name == service));
        await instance.ReadyAsync();
        return instance;
    }

    /// <summary>Names of the subscriptions that an instance runs at present.</summary>
    internal async Task<IReadOnlyList<string>> LedByAsync(ServiceInstance instance)
    {
        using var http = Client(instance, "operator");
        var view = await http.GetFromJsonAsync<JsonNode>(new Uri("/admin/projections", UriKind.Relative));
        return
        [
            .. view!["subscriptions"]!.AsArray().Where(one => one!["isLeader"]!.GetValue<bool>())
                .Select(one => one!["name"]!.GetValue<string>()),
        ];
    }

    /// <summary>Issues an invoice at one instance.</summary>
    internal async Task<Guid> IssueAsync(ServiceInstance instance)
    {
        var invoice = await SendAsync(instance, HttpMethod.Post, "/v1/invoices", new
        {
            customerId = Customer,
            currency = "USD",
            lines = new[]
            {
                new
                {
                    description = "Widget",
                    quantity = "1",
                    unitPrice = "10.00",
                    taxRate = "0",
                    taxCode = "EX",
                    revenueAccount = "4000",
                },
            },
        });
        return invoice["id"]!.GetValue<Guid>();
    }

    internal Task ExecuteAsync(ServiceProgram program, string sql) => ExecuteAsync(_system.DatabaseOf(program), sql);

    /// <summary>One number from a service's database.</summary>
    internal async Task<long> CountAsync(string service, string from)
    {
        var program = Services.Single(program => program.Name == service);
        await using var connection = new NpgsqlConnection(_system.DatabaseOf(program));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"select count(*) from {from}", connection);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>The session of Invoicing's database that holds the lock of its relay; 0 for none.</summary>
    internal async Task<int> RelayHolderAsync()
    {
        var program = Services.Single(program => program.Name == "invoicing");
        await using var connection = new NpgsqlConnection(_system.DatabaseOf(program));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(
            "select coalesce(max(pid), 0) from pg_locks where locktype = 'advisory' and granted and objsubid = 1 " +
            "and database = (select oid from pg_database where datname = current_database()) " +
            "and (classid::bigint << 32) | objid::bigint = $1", connection);
        command.Parameters.AddWithValue(Ids.LockKey("ordertocash:subscription:Relay:All"));
        return (int)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>How many read a queue.</summary>
    internal async Task<uint> ConsumersAsync(string queue)
    {
        await using var connection = await new ConnectionFactory { Uri = _broker.Uri }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        return await channel.ConsumerCountAsync(queue);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_system is not null)
            await _system.DisposeAsync();
        foreach (var program in Services)
        {
            await ExecuteAsync(
                _door.ConnectionString, $"""drop database if exists "{Prefix}{program.Database}" with (force)""");
        }

        await _door.DisposeAsync();
        await _broker.DisposeAsync();
        await _servers.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    internal static IReadOnlyList<ServiceProgram> Services { get; } =
        [.. ServiceProgram.All.Where(program => program.Database is not null)];

    private string Prefix => $"{_door.Name}_";

    private async Task<Guid> RegisterAsync()
    {
        var invoicing = Of("invoicing")[0];
        await SendAsync(invoicing, HttpMethod.Put, "/v1/legal-entities/US01",
            new { name = "Acme Inc", baseCurrency = "USD", country = "US", timeZone = "America/New_York" });
        var customer = await SendAsync(invoicing, HttpMethod.Post, "/v1/customers", new
        {
            legalEntity = "US01",
            name = "Globex Corporation",
            currency = "USD",
            country = "US",
            language = "en",
            terms = "NET 30",
            contacts = Array.Empty<object>(),
        });
        return customer["id"]!.GetValue<Guid>();
    }

    private async Task<JsonNode> SendAsync(ServiceInstance instance, HttpMethod method, string path, object body)
    {
        using var http = Client(instance, "controller");
        using var request = new HttpRequestMessage(method, path) { Content = JsonContent.Create(body) };
        request.Headers.Add("Idempotency-Key", Ids.Next(TimeProvider.System).ToString());
        using var answer = await http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        answer.IsSuccessStatusCode.ShouldBeTrue(
            string.Create(CultureInfo.InvariantCulture, $"{method} {path}: {(int)answer.StatusCode} {text}"));
        return JsonNode.Parse(text)!;
    }

    private HttpClient Client(ServiceInstance instance, string role) => new()
    {
        BaseAddress = instance.Address,
        Timeout = TimeSpan.FromMinutes(1),
        DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", _system.Key.TokenOf(role)) },
    };

    private static async Task ExecuteAsync(string connectionString, string sql)
    {
        var unpooled = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false };
        await using var connection = new NpgsqlConnection(unpooled.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
