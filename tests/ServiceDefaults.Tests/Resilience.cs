using System.Net;
using OrderToCash.ServiceDefaults.Tests.Support;
using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace OrderToCash.ServiceDefaults.Tests;

public sealed class Resilience
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("GET", null, 3)]
    [InlineData("PUT", null, 3)]
    [InlineData("DELETE", null, 3)]
    [InlineData("POST", "key", 3)]
    [InlineData("POST", null, 1)]
    [InlineData("PATCH", null, 1)]
    public async Task what_a_repeat_cannot_harm_is_tried_again(string method, string? key, int attempts)
    {
        var calls = 0;
        await using var server = await OtherServer.StartAsync(http =>
        {
            http.Response.StatusCode = Interlocked.Increment(ref calls) < 3 ? 503 : 200;
            return Task.CompletedTask;
        });
        using var client = Client(server, HttpResilience.Build(Long, Long, retries: 3));
        using var request = new HttpRequestMessage(new HttpMethod(method), "/") { Content = new StringContent("body") };
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        using var answer = await client.SendAsync(request);

        calls.ShouldBe(attempts);
        answer.StatusCode.ShouldBe(attempts == 3 ? HttpStatusCode.OK : HttpStatusCode.ServiceUnavailable);
    }

    /// <summary>A 500 is an answer, unless whoever asks knows that the server says so of its own trouble.</summary>
    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 2)]
    public async Task an_error_of_the_server_is_tried_again_where_it_is_said_to_pass(bool errorsPass, int attempts)
    {
        var calls = 0;
        await using var server = await OtherServer.StartAsync(http =>
        {
            http.Response.StatusCode = Interlocked.Increment(ref calls) < 2 ? 500 : 200;
            return Task.CompletedTask;
        });
        using var client = Client(server, HttpResilience.Build(Long, Long, retries: 3, errorsPass));
        using var answer = await client.GetAsync("/");

        calls.ShouldBe(attempts);
        answer.StatusCode.ShouldBe(errorsPass ? HttpStatusCode.OK : HttpStatusCode.InternalServerError);
    }

    [Fact]
    public async Task a_refusal_is_an_answer_and_is_not_tried_again()
    {
        var calls = 0;
        await using var server = await OtherServer.StartAsync(http =>
        {
            Interlocked.Increment(ref calls);
            http.Response.StatusCode = 422;
            return Task.CompletedTask;
        });
        using var client = Client(server, HttpResilience.Repeating(Long, retries: 2));
        using var answer = await client.GetAsync("/");

        answer.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        calls.ShouldBe(1);
    }

    [Fact]
    public async Task a_server_that_is_down_is_spared()
    {
        var calls = 0;
        await using var server = await OtherServer.StartAsync(http =>
        {
            Interlocked.Increment(ref calls);
            http.Response.StatusCode = 503;
            return Task.CompletedTask;
        });
        using var client = Client(server, HttpResilience.Build(Long, Long, retries: 1));
        await Should.ThrowAsync<BrokenCircuitException>(async () =>
        {
            for (var n = 0; n < 100; n++)
                (await client.PostAsync("/", null)).Dispose();
        });

        calls.ShouldBe(10);
    }

    [Theory]
    [InlineData("1", null, 2)]
    [InlineData("3", 2, 1)]
    [InlineData("61", null, 1)]
    [InlineData("9999999", null, 1)]
    public async Task a_pause_that_is_asked_for_is_kept_where_it_is_not_too_long(
        string pause, int? longestSeconds, int attempts)
    {
        var calls = 0;
        await using var server = await OtherServer.StartAsync(http =>
        {
            http.Response.StatusCode = Interlocked.Increment(ref calls) < 2 ? 429 : 200;
            http.Response.Headers.RetryAfter = pause;
            return Task.CompletedTask;
        });
        TimeSpan? longest = longestSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null;
        using var client = Client(server, HttpResilience.Build(Long, Long, retries: 1, longestPause: longest));
        using var answer = await client.GetAsync("/");

        calls.ShouldBe(attempts);
        answer.StatusCode.ShouldBe(attempts == 1 ? HttpStatusCode.TooManyRequests : HttpStatusCode.OK);
    }

    [Fact]
    public async Task a_server_that_hangs_is_given_up()
    {
        await using var server = await OtherServer.StartAsync(http =>
            Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, http.RequestAborted));
        using var client = Client(server, HttpResilience.Build(TimeSpan.FromMilliseconds(50), Long, retries: 1));

        await Should.ThrowAsync<TimeoutRejectedException>(() => client.GetAsync("/"));
    }

    private static HttpClient Client(OtherServer server, ResiliencePipeline<HttpResponseMessage> pipeline) =>
        new(new HttpResilience(pipeline) { InnerHandler = new SocketsHttpHandler() })
        {
            BaseAddress = server.Address,
            Timeout = Timeout.InfiniteTimeSpan,
        };
}
