using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrderToCash.EventSourcing;
using OrderToCash.ServiceDefaults.Tests.Bank;

namespace OrderToCash.ServiceDefaults.Tests.Support;

/// <summary>The bank on a real Kestrel and a real PostgreSQL.</summary>
public sealed class BankApp : IAsyncDisposable
{
    private readonly WebApplication _app;

    private BankApp(WebApplication app, Issuer issuer)
    {
        (_app, Issuer) = (app, issuer);
        Address = new Uri(app.Urls.First());
        Client = ClientFor(issuer.Token());
    }

    public Issuer Issuer { get; }

    public Uri Address { get; }

    /// <summary>Sends as somebody who may do everything.</summary>
    public HttpClient Client { get; }

    public EventStore Store => _app.Services.GetRequiredService<EventStore>();

    public WebApplication App => _app;

    public static Task<BankApp> StartAsync(
        string connectionString, params (string Key, string? Value)[] settings) =>
        StartAsync(connectionString, _ => { }, settings);

    /// <summary>The bank with more in it.</summary>
    public static async Task<BankApp> StartAsync(
        string connectionString, Action<IServiceCollection> add, params (string Key, string? Value)[] settings)
    {
        var issuer = new Issuer();
        var app = Build(issuer, connectionString, add, settings);
        await app.StartAsync();
        return new BankApp(app, issuer);
    }

    public static WebApplication Build(
        Issuer issuer, string connectionString, params (string Key, string? Value)[] settings) =>
        Build(issuer, connectionString, _ => { }, settings);

    private static WebApplication Build(
        Issuer issuer, string connectionString, Action<IServiceCollection> add,
        (string Key, string? Value)[] settings)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:Postgres"] = connectionString,
            ["Auth:JwksFile"] = issuer.JwksPath,
            ["Auth:Issuer"] = Issuer.Name,
            ["Logging:LogLevel:Default"] = "Warning",
        });
        builder.Configuration.AddInMemoryCollection(settings.ToDictionary(one => one.Key, one => one.Value));
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.AddServiceDefaults("bank");
        builder.AddBank();
        add(builder.Services);
        var app = builder.Build();
        app.UseServiceDefaults();
        app.MapBank();
        return app;
    }

    public HttpClient ClientFor(string? token)
    {
        var client = new HttpClient { BaseAddress = Address };
        if (token is not null)
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
        Issuer.Dispose();
    }
}
