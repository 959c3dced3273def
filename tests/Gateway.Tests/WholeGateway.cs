using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using OrderToCash.ServiceDefaults;
using OrderToCash.TestKit;

namespace OrderToCash.Gateway.Tests;

/// <summary>The gateway with its own routes, in front of one server that stands for all services.</summary>
internal sealed class WholeGateway : IAsyncDisposable
{
    private readonly WebApplication _service;
    private readonly WebApplication _gateway;

    private WholeGateway(WebApplication service, WebApplication gateway, TestTokens tokens) =>
        (_service, _gateway, Tokens) = (service, gateway, tokens);

    public TestTokens Tokens { get; }

    public static async Task<WholeGateway> StartAsync(
        RequestDelegate answer, params (string Key, string Value)[] settings)
    {
        var service = await OneServer.StartAsync(answer);
        var tokens = new TestTokens();
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        builder.Configuration.AddJsonFile(Path.Combine(Root(), "gateway", "appsettings.json"))
            .AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["Auth:JwksFile"] = tokens.JwksFile,
                ["Auth:Issuer"] = TestTokens.Issuer,
                ["Logging:LogLevel:Default"] = "Warning",
            })
            .AddInMemoryCollection(ServiceClients.Services.ToDictionary(
                name => $"ReverseProxy:Clusters:{name}:Destinations:1:Address", _ => (string?)service.Urls.Single()))
            .AddInMemoryCollection(settings.ToDictionary(one => one.Key, one => (string?)one.Value));
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.AddServiceDefaults("gateway");
        builder.AddGateway();
        var gateway = builder.Build();
        gateway.UseKnownProxies();
        gateway.UseServiceDefaults();
        gateway.MapGateway();
        await gateway.StartAsync(TestContext.Current.CancellationToken);
        return new WholeGateway(service, gateway, tokens);
    }

    public HttpClient Client(string? token = null)
    {
        var client = new HttpClient { BaseAddress = new Uri(_gateway.Urls.Single()) };
        if (token is not null)
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await _service.DisposeAsync();
        Tokens.Dispose();
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "OrderToCash.sln")))
            folder = folder.Parent!;
        return folder.FullName;
    }
}

/// <summary>A server that answers every request alike.</summary>
internal static class OneServer
{
    public static async Task<WebApplication> StartAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var service = builder.Build();
        service.Run(answer);
        await service.StartAsync(TestContext.Current.CancellationToken);
        return service;
    }
}
