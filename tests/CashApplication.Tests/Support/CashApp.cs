using System.Net.Http.Headers;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using OrderToCash.EventSourcing;
using OrderToCash.ServiceDefaults;
using OrderToCash.TestKit;

[assembly: AssemblyFixture(typeof(Servers))]

namespace OrderToCash.CashApplication.Tests.Support;

/// <summary>The service on a real Kestrel, a database and a virtual host of its own; one per test class.</summary>
public sealed class CashApp(Servers servers) : IAsyncLifetime
{
    private static readonly string Everything = string.Join(' ', Scopes.All.Select(one => one.Scope));

    private readonly TestTokens _tokens = new();
    private readonly Lock _gate = new();
    private WebApplication _app = null!;
    private TestDatabase _database = null!;
    private TestVirtualHost _broker = null!;
    private Task? _introduced;

    /// <summary>Sends as somebody who may do everything.</summary>
    public HttpClient Client { get; private set; } = null!;

    public IServiceProvider Services => _app.Services;

    public EventStore Store => _app.Services.GetRequiredService<EventStore>();

    public NpgsqlDataSource Database => _database.Source;

    public Invoicing Invoicing { get; private set; } = null!;

    /// <summary>The service's.</summary>
    public StopWatch Clock { get; } = new();

    public async ValueTask InitializeAsync()
    {
        _database = await servers.CreateDatabaseAsync();
        _broker = await servers.CreateVirtualHostAsync();
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:Postgres"] = _database.ConnectionString,
            ["ConnectionStrings:RabbitMq"] = _broker.Uri.ToString(),
            ["Auth:JwksFile"] = _tokens.JwksFile,
            ["Auth:Issuer"] = TestTokens.Issuer,
            ["Logging:LogLevel:Default"] = "Warning",
        });
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton<TimeProvider>(Clock);
        builder.AddServiceDefaults("cash-application");
        builder.AddCashApplication();
        _app = builder.Build();
        _app.UseServiceDefaults();
        _app.MapCashApplication();
        await _app.StartAsync();
        var bus = await _app.Services.GetRequiredService<IBusControl>().WaitForHealthStatus(
            BusHealthStatus.Healthy, TimeSpan.FromMinutes(3));
        bus.ShouldBe(BusHealthStatus.Healthy, "all queues are read");
        Client = ClientFor(_tokens.For(Everything));
        Invoicing = await Invoicing.StartAsync(this, _broker.Uri);
    }

    /// <summary>Legal entities and customers are known, once for all tests of a class.</summary>
    public Task IntroducedAsync()
    {
        lock (_gate)
            return _introduced ??= Invoicing.IntroduceAsync();
    }

    /// <summary>Sends as somebody with these rights.</summary>
    public HttpClient ClientWith(string scope, string entities = "*", string subject = "ana") =>
        ClientFor(_tokens.For(scope, subject, entities.Split(' ')));

    /// <summary>Sends as somebody who may approve what his roles allow.</summary>
    public HttpClient Approver(string subject, params string[] roles) =>
        ClientFor(_tokens.For(Scopes.ApprovalsDecide, subject, null, roles));

    public HttpClient ClientFor(string? token)
    {
        var addresses = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        var client = new HttpClient { BaseAddress = new Uri(addresses.Addresses.First()) };
        if (token is not null)
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    public async Task<T> ScalarAsync<T>(string sql)
    {
        await using var command = Database.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Invoicing.DisposeAsync();
        await _app.StopAsync();
        await _app.DisposeAsync();
        await _broker.DisposeAsync();
        await _database.DisposeAsync();
        _tokens.Dispose();
    }
}

/// <summary>The system's clock; of what it measures more may have passed.</summary>
public sealed class StopWatch : TimeProvider
{
    /// <summary>By so much.</summary>
    public TimeSpan Ahead { get; set; }

    public override long GetTimestamp() =>
        base.GetTimestamp() + (long)(Ahead.TotalSeconds * TimestampFrequency);
}
