using System.Threading.RateLimiting;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Gateway;

/// <summary>
/// How fast one caller may call: a bucket per subject, refilled every second; the rest is answered 429 with
/// Retry-After.
/// </summary>
public sealed record CallerLimitOptions
{
    /// <summary>Requests per second in the long run.</summary>
    public int PerSecond { get; init; } = 500;

    /// <summary>Requests at once after a quiet while.</summary>
    public int Burst { get; init; } = 1000;
}

internal static class CallerLimits
{
    public const string Policy = "caller";

    public static void AddCallerLimits(this WebApplicationBuilder builder)
    {
        var limits = builder.Configuration.GetSection("CallerLimits").Get<CallerLimitOptions>()
            ?? new CallerLimitOptions();
        builder.Services.AddRateLimiter(options =>
        {
            options.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            options.AddPolicy(Policy, http => RateLimitPartition.GetTokenBucketLimiter(
                http.User.FindFirst("sub")?.Value ?? http.Connection.RemoteIpAddress?.ToString() ?? "",
                _ => new TokenBucketRateLimiterOptions
                {
                    TokenLimit = limits.Burst,
                    TokensPerPeriod = limits.PerSecond,
                    ReplenishmentPeriod = TimeSpan.FromSeconds(1),
                    QueueLimit = 0,
                }));
            options.OnRejected = async (rejected, _) =>
            {
                var wait = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after)
                    ? after
                    : TimeSpan.FromSeconds(1);
                await Problems.TooManyRequests(retryAfter: wait).ExecuteAsync(rejected.HttpContext);
            };
        });
    }
}
