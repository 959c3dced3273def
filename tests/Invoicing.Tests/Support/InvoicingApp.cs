using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Tests;
using OrderToCash.Local.Servers;
using OrderToCash.ServiceDefaults;
using OrderToCash.TestKit;

[assembly: AssemblyFixture(typeof(InvoicingApp))]

namespace OrderToCash.Invoicing.Tests;

/// <summary>
/// The service as it runs: Kestrel, PostgreSQL, RabbitMQ. One for all tests; each test works in a legal entity of its
/// own.
/// </summary>
public sealed class InvoicingApp : IAsyncLifetime
{
    private const string AllScopes = $"{Scopes.InvoicingRead} {Scopes.InvoicingWrite} {Scopes.Admin}";

    private readonly Servers _servers = new();
    private readonly TestTokens _tokens = new();
    private readonly List<WebApplication> _instances = [];
    private TestVirtualHost _host = null!;

    public TestDatabase Database { get; private set; } = null!;

    public MessageBus Bus { get; private set; } = null!;

    /// <summary>Takes what is mailed.</summary>
    public SmtpSink Mail { get; } = SmtpSink.Start();

    /// <summary>Sends as somebody who may do everything.</summary>
    public HttpClient Client { get; private set; } = null!;

    /// <summary>Settings beside those that all tests need.</summary>
    public Dictionary<string, string?> Settings { get; } = [];

    public IServiceProvider Services => _instances[0].Services;

    public EventStore Store => Services.GetRequiredService<EventStore>();

    public async ValueTask InitializeAsync()
    {
        Database = await _servers.CreateDatabaseAsync();
        _host = await _servers.CreateVirtualHostAsync();
        Bus = await MessageBus.ConnectAsync(_host.Uri);
        Client = await StartInstanceAsync();
    }

    /// <summary>Starts an instance (the first one, or one more beside it) and gives a client of it.</summary>
    public async Task<HttpClient> StartInstanceAsync()
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:Postgres"] = Database.ConnectionString,
            ["ConnectionStrings:RabbitMq"] = _host.Uri.ToString(),
            ["Auth:JwksFile"] = _tokens.JwksFile,
            ["Auth:Issuer"] = TestTokens.Issuer,
            ["Smtp:Host"] = "127.0.0.1",
            ["Smtp:Port"] = Mail.Port.ToString("D", null),
            ["Smtp:From"] = "ar@acme.example",
            ["Logging:LogLevel:Default"] = "Error",
        });
        builder.Configuration.AddInMemoryCollection(Settings);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.AddServiceDefaults("invoicing");
        builder.AddInvoicing();
        var app = builder.Build();
        app.UseServiceDefaults();
        app.MapInvoicing();
        await app.StartAsync();
        _instances.Add(app);
        return ClientOf(app, _tokens.For(AllScopes));
    }

    /// <summary>Sends as somebody who may do less.</summary>
    public HttpClient ClientWith(string scopes, params string[] entities) =>
        ClientOf(_instances[0], _tokens.For(scopes, "bob", entities));

    /// <summary>Sends as somebody with roles who may do less.</summary>
    public HttpClient ClientWith(string scopes, string[] roles, string entity) =>
        ClientOf(_instances[0], _tokens.For(scopes, "bob", [entity], roles));

    /// <summary>Sends as a person with roles who may approve.</summary>
    public HttpClient Approver(string subject, params string[] roles) => ClientOf(
        _instances[0], _tokens.For($"{AllScopes} {Scopes.ApprovalsDecide}", subject, null, roles));

    /// <summary>A legal entity for one test.</summary>
    public async Task<string> EntityAsync(string baseCurrency = "USD", string taxRounding = "line")
    {
        var code = $"T{RandomNumberGenerator.GetHexString(7)}";
        (await Client.PutAsync($"/v1/legal-entities/{code}", new
        {
            name = "Test Inc.",
            baseCurrency,
            country = "US",
            timeZone = "UTC",
            taxRounding,
        })).ShouldBe(HttpStatusCode.Created);
        return code;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var app in _instances)
            await app.DisposeAsync();
        await Mail.DisposeAsync();
        await Bus.DisposeAsync();
        await _host.DisposeAsync();
        await Database.DisposeAsync();
        await _servers.DisposeAsync();
        _tokens.Dispose();
    }

    private static HttpClient ClientOf(WebApplication app, string token)
    {
        var address = app.Urls.First();
        var client = new HttpClient { BaseAddress = new Uri(address) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }
}
