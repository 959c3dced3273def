using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using OrderToCash.CashApplication;
using OrderToCash.Collections;
using OrderToCash.Invoicing;
using OrderToCash.Local.Servers;
using OrderToCash.ServiceDefaults;
using OrderToCash.TestKit;

namespace OrderToCash.Handshake.Tests;

/// <summary>Invoicing and one other service as they run, each with its own database, on one broker.</summary>
internal sealed class TwoServices(Servers servers) : IAsyncDisposable
{
    private const string AllScopes =
        "invoicing:read invoicing:write collections:read collections:write cash:read cash:write admin";

    private readonly TestTokens _tokens = new();
    private readonly List<WebApplication> _services = [];
    private readonly List<TestDatabase> _databases = [];
    private TestVirtualHost? _broker;

    /// <summary>Takes what is mailed.</summary>
    public SmtpSink Mail { get; } = SmtpSink.Start();

    public HttpClient Invoicing { get; private set; } = null!;

    public HttpClient Collections { get; private set; } = null!;

    public HttpClient Cash { get; private set; } = null!;

    /// <summary>Invoicing with Collections.</summary>
    public async Task StartAsync()
    {
        await StartInvoicingAsync();
        Collections = await StartAsync(
            CollectionsService.Name, builder => builder.AddCollections(), app => app.MapCollections());
    }

    /// <summary>Invoicing with cash application.</summary>
    public async Task StartWithCashAsync()
    {
        await StartInvoicingAsync();
        Cash = await StartAsync(
            "cash-application", builder => builder.AddCashApplication(), app => app.MapCashApplication());
    }

    /// <summary>Sends what must be done, and gives what is answered.</summary>
    public static async Task<JsonNode> SendAsync(HttpClient client, HttpMethod method, string path, object body)
    {
        using var request = new HttpRequestMessage(method, path) { Content = JsonContent.Create(body) };
        using var response = await client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        response.IsSuccessStatusCode.ShouldBeTrue($"{method} {path}: {(int)response.StatusCode} {text}");
        return JsonNode.Parse(text)!;
    }

    /// <summary>The items of a list.</summary>
    public static async Task<JsonArray> ListAsync(HttpClient client, string path) =>
        JsonNode.Parse(await client.GetStringAsync(path))!["items"]!.AsArray();

    public async ValueTask DisposeAsync()
    {
        foreach (var service in _services)
            await service.DisposeAsync();
        await Mail.DisposeAsync();
        if (_broker is not null)
            await _broker.DisposeAsync();
        foreach (var database in _databases)
            await database.DisposeAsync();
        _tokens.Dispose();
    }

    private async Task StartInvoicingAsync()
    {
        _broker = await servers.CreateVirtualHostAsync();
        Invoicing = await StartAsync("invoicing", builder => builder.AddInvoicing(), app => app.MapInvoicing());
    }

    private async Task<HttpClient> StartAsync(
        string name, Action<WebApplicationBuilder> add, Action<WebApplication> map)
    {
        var database = await servers.CreateDatabaseAsync();
        _databases.Add(database);
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:Postgres"] = database.ConnectionString,
            ["ConnectionStrings:RabbitMq"] = _broker!.Uri.ToString(),
            ["Auth:JwksFile"] = _tokens.JwksFile,
            ["Auth:Issuer"] = TestTokens.Issuer,
            ["Smtp:Host"] = "127.0.0.1",
            ["Smtp:Port"] = Mail.Port.ToString("D", null),
            ["Smtp:From"] = "ar@acme.example",
            ["Logging:LogLevel:Default"] = "Error",
        });
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.AddServiceDefaults(name);
        add(builder);
        var service = builder.Build();
        service.UseServiceDefaults();
        map(service);
        await service.StartAsync();
        _services.Add(service);
        var client = new HttpClient { BaseAddress = new Uri(service.Urls.Single()) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", _tokens.For(AllScopes));
        return client;
    }
}
