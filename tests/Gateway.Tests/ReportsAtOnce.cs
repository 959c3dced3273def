using System.Net;
using Microsoft.AspNetCore.Http;

namespace OrderToCash.Gateway.Tests;

/// <summary>How many reports one caller may have made at once.</summary>
public sealed class ReportsAtOnce
{
    [Fact]
    public async Task are_bounded_and_whoever_hangs_up_makes_room()
    {
        using var begun = new SemaphoreSlim(0);
        var end = new TaskCompletionSource();
        await using var gateway = await WholeGateway.StartAsync(
            async http =>
            {
                begun.Release();
                await end.Task.WaitAsync(http.RequestAborted);
                await http.Response.WriteAsync("{}");
            },
            ("CallerLimits:Reports", "2"));
        var cancellation = TestContext.Current.CancellationToken;
        using var ana = gateway.Client(gateway.Tokens.For("invoicing:read"));
        using var bo = gateway.Client(gateway.Tokens.For("invoicing:read", subject: "bo"));
        using var patience = new CancellationTokenSource();
        var aging = ana.GetAsync("/v1/reports/aging", patience.Token);
        var dso = ana.GetAsync("/v1/reports/dso", cancellation);
        await begun.WaitAsync(cancellation);
        await begun.WaitAsync(cancellation);

        using var third = await ana.GetAsync("/v1/reports/dso", cancellation);
        third.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        third.Headers.RetryAfter!.Delta.ShouldNotBeNull();
        var others = bo.GetAsync("/v1/reports/dso", cancellation);
        await begun.WaitAsync(cancellation);
        var invoices = ana.GetAsync("/v1/invoices", cancellation);
        await begun.WaitAsync(cancellation);

        await patience.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(aging);
        var arrived = begun.WaitAsync(cancellation);
        Task<HttpResponseMessage> next;
        do
            next = ana.GetAsync("/v1/reports/roll-forward", cancellation);
        while (await Task.WhenAny(arrived, next) == next);
        end.SetResult();
        foreach (var answer in new[] { await dso, await others, await invoices, await next })
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
    }
}
