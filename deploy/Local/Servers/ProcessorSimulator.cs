using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace OrderToCash.Local.Servers;

/// <summary>How the simulated processor answers about a payment.</summary>
public enum ProcessorCase
{
    /// <summary>It is under way.</summary>
    Pending,

    /// <summary>It was taken.</summary>
    Succeeded,

    /// <summary>It was refused, and the answer says so.</summary>
    Failed,

    /// <summary>It was refused: 402.</summary>
    Declined,

    /// <summary>Not known: 404.</summary>
    Missing,

    /// <summary>Answers 503.</summary>
    Failing,

    /// <summary>Answers with something that is no payment.</summary>
    Garbled,

    /// <summary>Our account is not paid for: 402, of no payment.</summary>
    Unpaid,
}

/// <summary>
/// A payment processor for development and tests. It knows every payment, of 12.34 USD, and answers by a word in its
/// reference (<c>ch_declined_1</c>), or as it was told with
/// <c>PUT /simulator/payments/{reference}?answer=succeeded&amp;amount=20.00&amp;currency=EUR</c>; it takes any key.
/// </summary>
public sealed class ProcessorSimulator : IAsyncDisposable
{
    private readonly WebApplication _app;
    private static readonly (string Amount, string Currency) Usual = ("12.34", "USD");

    private readonly ConcurrentDictionary<string, ProcessorCase> _told = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, (string Amount, string Currency)> _amounts =
        new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> _asked = new(StringComparer.Ordinal);

    private ProcessorSimulator(WebApplication app) => _app = app;

    /// <summary>Where it listens.</summary>
    public Uri Address => new(_app.Services.GetRequiredService<IServer>()
        .Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <summary>Starts listening.</summary>
    public static async Task<ProcessorSimulator> StartAsync(string address = "http://127.0.0.1:0")
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls(address);
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var simulator = new ProcessorSimulator(app);
        app.MapGet("/v1/payments/{reference}", simulator.Payment);
        app.MapPut("/simulator/payments/{reference}", (
            string reference, string answer, string? amount, string? currency) =>
        {
            simulator.Tell(
                reference, Enum.Parse<ProcessorCase>(answer, ignoreCase: true), amount ?? Usual.Amount,
                currency ?? Usual.Currency);
            return Results.NoContent();
        });
        await app.StartAsync();
        return simulator;
    }

    /// <summary>How often it was asked about a payment, repeats of one question included.</summary>
    public int Asked(string reference) => _asked.GetValueOrDefault(reference);

    /// <summary>From now on it answers so about a payment.</summary>
    public void Tell(string reference, ProcessorCase answer, string amount = "12.34", string currency = "USD")
    {
        _amounts[reference] = (amount, currency);
        _told[reference] = answer;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private IResult Payment(HttpContext http, string reference)
    {
        _asked.AddOrUpdate(reference, 1, (_, count) => count + 1);
        if (!$"{http.Request.Headers.Authorization}".StartsWith("Bearer ", StringComparison.Ordinal))
            return Results.Unauthorized();
        var (amount, currency) = _amounts.GetValueOrDefault(reference, Usual);
        return CaseOf(reference) switch
        {
            ProcessorCase.Succeeded => Results.Json(new { reference, amount, currency, status = "succeeded" }),
            ProcessorCase.Failed => Results.Json(
                new { reference, amount, currency, status = "failed", reason = "insufficient funds" }),
            ProcessorCase.Declined => Results.Json(
                new { reference, amount, currency, reason = "the card was declined" },
                statusCode: StatusCodes.Status402PaymentRequired),
            ProcessorCase.Unpaid => Results.Json(
                new { message = "payment required" }, statusCode: StatusCodes.Status402PaymentRequired),
            ProcessorCase.Missing => Results.NotFound(),
            ProcessorCase.Failing => Results.StatusCode(StatusCodes.Status503ServiceUnavailable),
            ProcessorCase.Garbled => Results.Text("<html>Maintenance</html>", "text/html"),
            _ => Results.Json(new { reference, amount, currency, status = "pending" }),
        };
    }

    private ProcessorCase CaseOf(string reference) => _told.TryGetValue(reference, out var told)
        ? told
        : Enum.GetValues<ProcessorCase>().FirstOrDefault(
            one => reference.Contains($"{one}", StringComparison.OrdinalIgnoreCase), ProcessorCase.Pending);
}
