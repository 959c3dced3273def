using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;

namespace OrderToCash.ServiceDefaults;

/// <summary>
/// How many reports (<c>/v1/reports/…</c>) one caller may have made by an instance at once; more are answered 429. A
/// report goes on when its caller hangs up (<see cref="HangUps"/>), and counts here until it ends: else whoever asks
/// and hangs up again and again would have the database for themselves.
/// </summary>
internal sealed class ReportLimit(RequestDelegate next)
{
    private const int AtOnce = 8;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private PartitionedRateLimiter<HttpContext> Reports { get; } =
        PartitionedRateLimiter.Create<HttpContext, string>(http => RateLimitPartition.GetConcurrencyLimiter(
            http.User.FindFirst("sub")?.Value ?? "",
            _ => new ConcurrencyLimiterOptions { PermitLimit = AtOnce, QueueLimit = 0 }));

    public async Task InvokeAsync(HttpContext http)
    {
        if (!http.Request.Path.StartsWithSegments("/v1/reports", StringComparison.OrdinalIgnoreCase))
        {
            await next(http);
            return;
        }

        using var place = Reports.AttemptAcquire(http);
        if (place.IsAcquired)
            await next(http);
        else
            await Problems.TooManyRequests("Too many of your reports are being made.", Pause).ExecuteAsync(http);
    }
}
