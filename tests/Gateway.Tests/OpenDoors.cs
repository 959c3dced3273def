using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Gateway.Tests;

/// <summary>What passes the gateway without a token: its own routes in front of a service that takes all.</summary>
public sealed class OpenDoors : IAsyncLifetime
{
    private readonly HttpClient _anybody = new();
    private WebApplication _service = null!;
    private WebApplication _gateway = null!;

    public async ValueTask InitializeAsync()
    {
        var service = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        service.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        _service = service.Build();
        _service.Run(http => http.Response.WriteAsync($"{http.Request.Method} {http.Request.Path}"));
        await _service.StartAsync(TestContext.Current.CancellationToken);

        var gateway = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        gateway.Configuration.AddJsonFile(Path.Combine(Root(), "gateway", "appsettings.json"))
            .AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["Auth:Authority"] = "https://issuer.test",
                ["ReverseProxy:Clusters:collections:Destinations:1:Address"] = _service.Urls.Single(),
                ["Logging:LogLevel:Default"] = "Warning",
            });
        gateway.WebHost.UseUrls("http://127.0.0.1:0");
        gateway.AddServiceDefaults("gateway");
        gateway.AddGateway();
        _gateway = gateway.Build();
        _gateway.UseServiceDefaults();
        _gateway.MapGateway();
        await _gateway.StartAsync(TestContext.Current.CancellationToken);
        _anybody.BaseAddress = new Uri(_gateway.Urls.Single());
    }

    public async ValueTask DisposeAsync()
    {
        _anybody.Dispose();
        await _gateway.DisposeAsync();
        await _service.DisposeAsync();
    }

    [Fact]
    public async Task links_to_opt_out_reach_collections_without_a_token_and_nothing_else_of_it_does()
    {
        var cancellation = TestContext.Current.CancellationToken;
        const string link = "/v1/collections/opt-outs/AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

        (await _anybody.GetStringAsync(link, cancellation)).ShouldBe($"GET {link}");
        using var oneClick = new FormUrlEncodedContent([new("List-Unsubscribe", "One-Click")]);
        using var said = await _anybody.PostAsync(link, oneClick, cancellation);
        (await said.Content.ReadAsStringAsync(cancellation)).ShouldBe($"POST {link}");
        foreach (var path in new[] { "/v1/collections/notices", "/v1/collections/opt-outs", $"{link}/more" })
        {
            using var answer = await _anybody.GetAsync(path, cancellation);
            answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized, path);
        }
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "OrderToCash.sln")))
            folder = folder.Parent!;
        return folder.FullName;
    }
}
