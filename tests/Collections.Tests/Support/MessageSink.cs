using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace OrderToCash.Collections.Tests.Support;

/// <summary>
/// A provider of messages: under each key it takes one message, and answers as it is told. A no to a message (422) is
/// kept under its key, as providers do.
/// </summary>
public sealed class MessageSink : IAsyncDisposable
{
    public const string Key = "key-of-the-provider";

    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, JsonNode> _taken = new();
    private readonly ConcurrentDictionary<string, HttpStatusCode> _refused = new();
    private readonly ConcurrentQueue<(string Key, string Body)> _asked = new();

    private MessageSink(WebApplication app) => _app = app;

    /// <summary>What it answers about an address instead of taking the message; null to take it.</summary>
    public Func<string, HttpStatusCode?> Refuse { get; set; } = _ => null;

    /// <summary>What it says where it takes none, as <see cref="ContentType"/>.</summary>
    public string Says { get; set; } = """{"detail":"No message goes there."}""";

    /// <summary>What it says that is.</summary>
    public string ContentType { get; set; } = "application/json";

    /// <summary>When it wants to be asked again where it takes none: <c>Retry-After</c>.</summary>
    public string? RetryAfter { get; set; }

    /// <summary>Of messages to these it answers nothing the first time, though it has taken them.</summary>
    public Func<string, bool> AnswersLate { get; set; } = _ => false;

    public Uri Address => new(_app.Services.GetRequiredService<IServer>()
        .Features.Get<IServerAddressesFeature>()!.Addresses.First());

    public static async Task<MessageSink> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var sink = new MessageSink(app);
        app.MapPost("/messages", sink.TakeAsync);
        app.MapPost("/moved", () => Results.Redirect("/welcome"));
        app.MapGet("/welcome", () => "Welcome.");
        await app.StartAsync();
        return sink;
    }

    /// <summary>Messages to an address that it has taken.</summary>
    public IReadOnlyList<JsonNode> To(string address) =>
        [.. _taken.Values.Where(message => message["to"]!.GetValue<string>() == address)];

    /// <summary>Every time it was asked to take a message to an address: under which key, and word for word.</summary>
    public IReadOnlyList<(string Key, string Body)> Asked(string address) =>
        [.. _asked.Where(one => JsonNode.Parse(one.Body)!["to"]!.GetValue<string>() == address)];

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task TakeAsync(HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status401Unauthorized;
        if (http.Request.Headers.Authorization != $"Bearer {Key}")
            return;
        using var reader = new StreamReader(http.Request.Body);
        var body = await reader.ReadToEndAsync(http.RequestAborted);
        var (key, to) = ($"{http.Request.Headers["Idempotency-Key"]}", JsonNode.Parse(body)!["to"]!.GetValue<string>());
        _asked.Enqueue((key, body));
        if ((_refused.TryGetValue(key, out var before) ? before : Refuse(to)) is { } refusal)
        {
            if (refusal == HttpStatusCode.UnprocessableEntity)
                _refused[key] = refusal;
            (http.Response.StatusCode, http.Response.ContentType) = ((int)refusal, ContentType);
            http.Response.Headers.RetryAfter = RetryAfter;
            await http.Response.WriteAsync(Says, http.RequestAborted);
            return;
        }

        if (_taken.TryAdd(key, JsonNode.Parse(body)!) && AnswersLate(to))
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, http.RequestAborted);
        http.Response.StatusCode = StatusCodes.Status202Accepted;
    }
}
