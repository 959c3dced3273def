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

/// <summary>A provider of messages: under each key it takes one message, and answers as it is told.</summary>
public sealed class MessageSink : IAsyncDisposable
{
    public const string Key = "key-of-the-provider";

    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, JsonNode> _taken = new();
    private readonly ConcurrentQueue<(string Key, string Body)> _asked = new();

    private MessageSink(WebApplication app) => _app = app;

    /// <summary>What it answers about an address instead of taking the message; null to take it.</summary>
    public Func<string, HttpStatusCode?> Refuse { get; set; } = _ => null;

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
        app.MapPost("/messages", (Delegate)sink.TakeAsync);
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

    private async Task<IResult> TakeAsync(HttpContext http)
    {
        if (http.Request.Headers.Authorization != $"Bearer {Key}")
            return Results.Unauthorized();
        using var reader = new StreamReader(http.Request.Body);
        var body = await reader.ReadToEndAsync(http.RequestAborted);
        var (key, to) = ($"{http.Request.Headers["Idempotency-Key"]}", JsonNode.Parse(body)!["to"]!.GetValue<string>());
        _asked.Enqueue((key, body));
        if (Refuse(to) is { } refusal)
            return Results.Json(new { detail = "No message goes there." }, statusCode: (int)refusal);
        if (_taken.TryAdd(key, JsonNode.Parse(body)!) && AnswersLate(to))
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, http.RequestAborted);
        return Results.Accepted();
    }
}
