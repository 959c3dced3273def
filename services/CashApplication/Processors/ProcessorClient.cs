using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.Extensions.Options;
using OrderToCash.CashApplication.PendingPayments;
using OrderToCash.ServiceDefaults;
using Polly;

namespace OrderToCash.CashApplication.Processors;

/// <summary>The processor did not answer, or not with anything that can be read.</summary>
public sealed class ProcessorUnavailableException(string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>
    /// True when it answers nobody: it cannot be reached, takes too long, fails, or does not let us in. Else it is its
    /// answer about this one payment that cannot be read.
    /// </summary>
    public bool IsAway => InnerException switch
    {
        HttpRequestException { StatusCode: { } status } => status >= HttpStatusCode.InternalServerError
            || status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.RequestTimeout
                or HttpStatusCode.TooManyRequests,
        HttpRequestException or ExecutionRejectedException or IOException => true,
        _ => false,
    };
}

/// <summary>
/// Asks a payment processor over HTTP what became of a payment. Attempts are bounded, failures that pass are repeated,
/// and a processor that is down is left alone for a while (circuit breaker).
/// </summary>
public sealed class ProcessorClient : IDisposable
{
    private const int LargestAnswer = 64 * 1024;

    private readonly HttpClient _http;

    /// <summary>Connects to nothing before it is asked.</summary>
    public ProcessorClient(IOptions<ProcessorOptions> options)
    {
        var processor = options.Value;
        IsSet = processor.IsSet;
        var resilience = new HttpResilience(HttpResilience.Build(
            TimeSpan.FromSeconds(processor.AttemptSeconds), TimeSpan.FromSeconds(processor.TotalSeconds),
            processor.Retries, errorsPass: true))
        {
            InnerHandler = new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5) },
        };
        _http = new HttpClient(resilience)
        {
            BaseAddress = processor.IsSet ? new Uri(processor.Address) : null,
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = LargestAnswer,
        };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", processor.Key);
    }

    /// <summary>True when there is a processor to ask.</summary>
    public bool IsSet { get; }

    /// <summary>
    /// <c>GET /v1/payments/{reference}</c>: 200 with the status (<c>succeeded</c>, <c>pending</c>, <c>failed</c>), 402
    /// where it was refused, 404 where it is not known. Throws <see cref="ProcessorUnavailableException"/>.
    /// </summary>
    public async Task<ProcessorAnswer> AskAsync(string reference, CancellationToken cancellation)
    {
        try
        {
            using var answer = await _http.GetAsync(
                new Uri($"/v1/payments/{Uri.EscapeDataString(reference)}", UriKind.Relative), cancellation);
            if (answer.StatusCode == HttpStatusCode.NotFound)
                return new ProcessorAnswer(ProcessorState.Open);
            if (answer.StatusCode != HttpStatusCode.PaymentRequired)
                answer.EnsureSuccessStatusCode();
            using var body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(cancellation));
            var reason = body.RootElement.TryGetProperty("reason", out var told) ? told.GetString() : null;
            return answer.StatusCode == HttpStatusCode.PaymentRequired
                ? new ProcessorAnswer(ProcessorState.Failed, reason)
                : body.RootElement.GetProperty("status").GetString() switch
                {
                    "succeeded" => new ProcessorAnswer(ProcessorState.Succeeded),
                    "failed" => new ProcessorAnswer(ProcessorState.Failed, reason),
                    "pending" => new ProcessorAnswer(ProcessorState.Open),
                    var other => throw new FormatException($"The processor says '{other}' of {reference}."),
                };
        }
        catch (Exception error) when (error is HttpRequestException or ExecutionRejectedException or IOException
            or JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            throw new ProcessorUnavailableException(error.Message, error);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();
}
