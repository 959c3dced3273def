using System.Net.Http.Headers;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OrderToCash.EventSourcing;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Credit.Tests;

/// <summary>One instance of the service on Kestrel.</summary>
public sealed class CreditApp : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly TestTokens _tokens;

    private CreditApp(WebApplication app, TestTokens tokens)
    {
        (_app, _tokens) = (app, tokens);
        Clock = (TestClock)app.Services.GetRequiredService<TimeProvider>();
        Address = new Uri(app.Services.GetRequiredService<IServer>()
            .Features.Get<IServerAddressesFeature>()!.Addresses.First());
        Client = ClientFor($"{Scopes.CreditRead} {Scopes.CreditWrite}");
        Operator = ClientFor($"{Scopes.CreditRead} {Scopes.Admin}", "otto");
    }

    public Uri Address { get; }

    /// <summary>The clock of the service.</summary>
    public TestClock Clock { get; }

    /// <summary>Sends as somebody who may do everything with customers.</summary>
    public HttpClient Client { get; }

    /// <summary>Sends as somebody who may define policies.</summary>
    public HttpClient Operator { get; }

    public IServiceProvider Services => _app.Services;

    public EventStore Store => _app.Services.GetRequiredService<EventStore>();

    public static async Task<CreditApp> StartAsync(
        string database, Uri broker, TestTokens tokens, Uri? bureau = null, int? mailPort = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:Postgres"] = database,
            ["ConnectionStrings:RabbitMq"] = broker.ToString(),
            ["Auth:JwksFile"] = tokens.JwksFile,
            ["Auth:Issuer"] = TestTokens.Issuer,
            ["Logging:LogLevel:Default"] = "Warning",
            ["Bureau:Address"] = bureau?.ToString() ?? "",
            ["Smtp:Host"] = mailPort is null ? "" : "127.0.0.1",
            ["Smtp:Port"] = $"{mailPort ?? 25}",
            ["Smtp:From"] = "credit@contoso.example",
            ["Bureau:Key"] = "simulator",
            ["Bureau:Secret"] = "simulator",
            ["Bureau:AttemptSeconds"] = "2",
            ["Bureau:TotalSeconds"] = "4",
            ["Bureau:Retries"] = "1",
        });
        builder.Services.AddSingleton<TimeProvider>(new TestClock());
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.AddServiceDefaults("credit");
        builder.AddCredit();
        var app = builder.Build();
        app.UseServiceDefaults();
        app.MapCredit();
        await app.StartAsync();
        await app.Services.GetRequiredService<IBusControl>().WaitForHealthStatus(
            BusHealthStatus.Healthy, TimeSpan.FromSeconds(60));
        return new CreditApp(app, tokens);
    }

    public HttpClient ClientFor(string scopes, string subject = "ana", params string[] entities)
    {
        var client = new HttpClient { BaseAddress = Address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer", _tokens.For(scopes, subject, entities.Length == 0 ? null : entities));
        return client;
    }

    /// <summary>Sends as somebody with these roles.</summary>
    public HttpClient ClientWith(string scopes, string subject, params string[] roles)
    {
        var client = new HttpClient { BaseAddress = Address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer", _tokens.For(scopes, subject, null, roles));
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        Operator.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}

/// <summary>A clock that runs, and can be put forward and back by days; timers are not affected.</summary>
public sealed class TestClock : TimeProvider
{
    private long _offset;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + TimeSpan.FromTicks(Interlocked.Read(ref _offset));

    public void Advance(TimeSpan time) => Interlocked.Add(ref _offset, time.Ticks);
}
