using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace OrderToCash.ServiceDefaults.Tests.Support;

/// <summary>A server that others call: a bureau, a collector.</summary>
internal sealed class OtherServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private OtherServer(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.First());

    public static async Task<OtherServer> StartAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Run(answer);
        await app.StartAsync();
        return new OtherServer(app);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
