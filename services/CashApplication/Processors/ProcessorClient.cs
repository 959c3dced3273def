using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.Extensions.Options;
using OrderToCash.CashApplication.PendingPayments;
using OrderToCash.Kernel;
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
    public bool IsAway => HttpResilience.IsAway(InnerException);
}

/// <summary>
/// Asks the payment processor of a legal entity over HTTP what became of a payment. Attempts are bounded, failures that
/// pass are repeated, and a processor that is down is left alone for a while (circuit breaker).
/// </summary>
public sealed class ProcessorClient : IDisposable
{
    private const int LargestAnswer = 64 * 1024;

    private readonly Dictionary<string, HttpClient> _processors;

    /// <summary>Connects to nothing before it is asked.</summary>
    public ProcessorClient(IOptions<ProcessorOptions> options) =>
        _processors = options.Value.LegalEntities.Where(one => one.Value.IsSet).ToDictionary(
            one => one.Key, one => ClientOf(one.Value, options.Value), StringComparer.Ordinal);

    /// <summary>Legal entities whose processor can be asked.</summary>
    public IReadOnlyCollection<string> LegalEntities => _processors.Keys;

    /// <summary>
    /// <c>GET /v1/payments/{reference}</c>: 200 with the status (<c>succeeded</c>, <c>pending</c>, <c>failed</c>), 402
    /// where it was refused, 404 where it is not known. An answer that is not about a payment of this reference, amount
    /// and currency says nothing of it. Throws <see cref="ProcessorUnavailableException"/>.
    /// </summary>
    /// <param name="legalEntity">One of <see cref="LegalEntities"/>.</param>
    /// <param name="reference">What the processor calls the payment.</param>
    /// <param name="amount">What is to come of it.</param>
    /// <param name="cancellation">Ends the question.</param>
    public async Task<ProcessorAnswer> AskAsync(
        string legalEntity, string reference, Money amount, CancellationToken cancellation)
    {
        try
        {
            using var answer = await _processors[legalEntity].GetAsync(
                new Uri($"/v1/payments/{Uri.EscapeDataString(reference)}", UriKind.Relative), cancellation);
            if (answer.StatusCode == HttpStatusCode.NotFound)
                return new ProcessorAnswer(ProcessorState.Open);
            if (answer.StatusCode != HttpStatusCode.PaymentRequired)
                answer.EnsureSuccessStatusCode();
            using var body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(cancellation));
            if (!IsAbout(body.RootElement, reference, amount))
                throw new FormatException($"The processor's answer is not about {reference} of {amount}.");
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
            or JsonException or InvalidOperationException or FormatException or KeyNotFoundException
            || HttpResilience.IsTimeout(error))
        {
            throw new ProcessorUnavailableException(error.Message, error);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var processor in _processors.Values)
            processor.Dispose();
    }

    private static bool IsAbout(JsonElement body, string reference, Money amount) =>
        body.GetProperty("reference").GetString() == reference
        && body.GetProperty("currency").GetString() == amount.Currency.Code
        && decimal.TryParse(
            body.GetProperty("amount").ToString(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture,
            out var told)
        && told == amount.Amount;

    private static HttpClient ClientOf(ProcessorAccount account, ProcessorOptions options)
    {
        var http = HttpResilience.Client(
            new Uri(account.Address), TimeSpan.FromSeconds(options.AttemptSeconds),
            TimeSpan.FromSeconds(options.TotalSeconds), options.Retries, LargestAnswer);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", account.Key);
        return http;
    }
}
