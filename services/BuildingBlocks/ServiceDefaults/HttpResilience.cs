using System.Net;
using System.Net.Sockets;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;

namespace OrderToCash.ServiceDefaults;

/// <summary>
/// What leaves the process is bounded: a time limit per attempt and in total, a few retries with jitter where a repeat
/// can do no harm, and a circuit breaker that spares a server that is down. Put around an <see cref="HttpClient"/>. A
/// pipeline holds its breaker's state: it is made once for each address and kept, while handlers come and go.
/// </summary>
public sealed class HttpResilience(ResiliencePipeline<HttpResponseMessage> pipeline) : DelegatingHandler
{
    private static readonly ResiliencePropertyKey<bool> Repeatable = new("otc.repeatable");

    /// <summary>
    /// Retries within a limit alone, for a service of several instances of which each attempt asks another: how long an
    /// attempt takes and which instance is spared is the matter of whoever chooses it.
    /// </summary>
    /// <param name="total">Most that all attempts take, pauses included.</param>
    /// <param name="retries">Attempts after the first.</param>
    public static ResiliencePipeline<HttpResponseMessage> Repeating(TimeSpan total, int retries) =>
        Retries(total, retries, errorsPass: false, longestPause: null).Build();

    /// <summary>The pipeline with these bounds.</summary>
    /// <param name="attempt">Most that one attempt takes.</param>
    /// <param name="total">Most that all take, pauses included.</param>
    /// <param name="retries">Attempts after the first.</param>
    /// <param name="errorsPass">A 500 is a failure that passes, as it is of servers that say so of any trouble of
    /// theirs; else it is the server's answer to this request.</param>
    /// <param name="sampling">The time over which the breaker counts failures; null for 10 s. Of few callers whose
    /// attempts take all of theirs no ten may fall into that.</param>
    /// <param name="spared">How long a server that is down is left alone; null for 5 s.</param>
    /// <param name="longestPause">A server that asks for a longer pause (Retry-After) is not asked again, and what it
    /// said is the answer; null for as long as all may take.</param>
    public static ResiliencePipeline<HttpResponseMessage> Build(
        TimeSpan attempt, TimeSpan total, int retries, bool errorsPass = false, TimeSpan? sampling = null,
        TimeSpan? spared = null, TimeSpan? longestPause = null) =>
        Retries(total, retries, errorsPass, longestPause)
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions<HttpResponseMessage>
            {
                ShouldHandle = args => ValueTask.FromResult(Passes(args.Outcome, errorsPass)),
                FailureRatio = 0.5,
                MinimumThroughput = 10,
                SamplingDuration = sampling ?? TimeSpan.FromSeconds(10),
                BreakDuration = spared ?? TimeSpan.FromSeconds(5),
            })
            .AddTimeout(attempt)
            .Build();

    private static ResiliencePipelineBuilder<HttpResponseMessage> Retries(
        TimeSpan total, int retries, bool errorsPass, TimeSpan? longestPause) =>
        new ResiliencePipelineBuilder<HttpResponseMessage>()
            .AddTimeout(total)
            .AddRetry(new RetryStrategyOptions<HttpResponseMessage>
            {
                ShouldHandle = args => ValueTask.FromResult(
                    args.Context.Properties.GetValue(Repeatable, false) && Passes(args.Outcome, errorsPass)
                    && !(PauseAfter(args.Outcome) > (longestPause ?? total))),
                MaxRetryAttempts = retries,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = TimeSpan.FromMilliseconds(100),
                MaxDelay = TimeSpan.FromSeconds(5),
                DelayGenerator = args => ValueTask.FromResult(PauseAfter(args.Outcome)),
                OnRetry = args =>
                {
                    // The answer that is not used must give its connection back.
                    args.Outcome.Result?.Dispose();
                    return ValueTask.CompletedTask;
                },
            });

    /// <summary>
    /// A client of a server outside, bounded by <see cref="Build"/>, which ends with the headers; an answer whose body
    /// stalls after them is given up an attempt's time later.
    /// </summary>
    /// <param name="address">Its address; null where there is none yet to ask.</param>
    /// <param name="attempt">Most that one attempt takes.</param>
    /// <param name="total">Most that all take, pauses included.</param>
    /// <param name="retries">Attempts after the first.</param>
    /// <param name="largestAnswer">Most bytes of a body.</param>
    /// <param name="sampling">As with <see cref="Build"/>.</param>
    /// <param name="spared">As with <see cref="Build"/>.</param>
    /// <param name="longestPause">As with <see cref="Build"/>.</param>
    public static HttpClient Client(
        Uri? address, TimeSpan attempt, TimeSpan total, int retries, int largestAnswer, TimeSpan? sampling = null,
        TimeSpan? spared = null, TimeSpan? longestPause = null)
    {
        var resilience = new HttpResilience(
            Build(attempt, total, retries, errorsPass: true, sampling, spared, longestPause))
        {
            InnerHandler = new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5) },
        };
        return new HttpClient(resilience)
        {
            BaseAddress = address,
            Timeout = total + attempt,
            MaxResponseContentBufferSize = largestAnswer,
        };
    }

    /// <summary>
    /// True where this says that a server answers nobody: it cannot be reached, takes too long, fails, or does not let
    /// us in.
    /// </summary>
    public static bool IsAway(Exception? failure) => failure switch
    {
        HttpRequestException { StatusCode: { } status } => status >= HttpStatusCode.InternalServerError
            || status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.RequestTimeout
                or HttpStatusCode.TooManyRequests,
        _ => failure is HttpRequestException or ExecutionRejectedException or IOException || IsTimeout(failure),
    };

    /// <summary>True where a client gave an answer up; a caller who did looks alike but for what is inside.</summary>
    public static bool IsTimeout(Exception? failure) =>
        failure is TaskCanceledException { InnerException: TimeoutException };

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var context = ResilienceContextPool.Shared.Get(cancellationToken);
        context.Properties.Set(Repeatable, IsRepeatable(request));
        try
        {
            return await pipeline.ExecuteAsync(
                async attempt => await base.SendAsync(request, attempt.CancellationToken), context);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    /// <summary>Idempotent by its method (RFC 9110) or by its key.</summary>
    private static bool IsRepeatable(HttpRequestMessage request) =>
        request.Method == HttpMethod.Get || request.Method == HttpMethod.Head || request.Method == HttpMethod.Put
        || request.Method == HttpMethod.Delete || request.Method == HttpMethod.Options
        || request.Headers.Contains(IdempotencyMiddleware.Header);

    /// <summary>The pause that a server asks for, in seconds; null where it says nothing of it.</summary>
    private static TimeSpan? PauseAfter(Outcome<HttpResponseMessage> outcome) =>
        outcome.Result?.Headers.RetryAfter?.Delta;

    private static bool Passes(Outcome<HttpResponseMessage> outcome, bool errorsPass) =>
        outcome.Exception is HttpRequestException or TimeoutRejectedException or SocketException or IOException
        || outcome.Result?.StatusCode is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests
            or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout
        || (errorsPass && outcome.Result?.StatusCode is HttpStatusCode.InternalServerError);
}
