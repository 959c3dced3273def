using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Npgsql;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.ServiceDefaults;

/// <summary>
/// <c>/health/live</c>: the process answers. <c>/health/ready</c>: everything tagged <c>ready</c> is well: database,
/// broker once seen, not about to stop. How far subscriptions are behind takes nobody out of service; that is a metric.
/// Both are open to all and tell nothing but names and states.
/// </summary>
internal static class Health
{
    public const string Ready = "ready";

    public static IServiceCollection AddHealth(this IServiceCollection services)
    {
        services.AddHealthChecks()
            .AddCheck<StoppingCheck>("running", tags: [Ready])
            .AddCheck<PostgresCheck>("postgresql", tags: [Ready], timeout: TimeSpan.FromSeconds(5));
        services.AddHostedService<Drain>();
        return services;
    }

    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapHealthChecks("/health/live", Options(_ => false)).AllowAnonymous().DisableRequestTimeout();
        routes.MapHealthChecks("/health/ready", Options(check => check.Tags.Contains(Ready))).AllowAnonymous();
    }

    private static HealthCheckOptions Options(Func<HealthCheckRegistration, bool> which) => new()
    {
        Predicate = which,
        ResponseWriter = (http, report) =>
        {
            http.Response.ContentType = "application/json; charset=utf-8";
            return http.Response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(new
            {
                report.Status,
                Parts = report.Entries.OrderBy(part => part.Key, StringComparer.Ordinal)
                    .ToDictionary(part => part.Key, part => new { part.Value.Status, part.Value.Description }),
            }, Json.Wire), http.RequestAborted).AsTask();
        },
    };
}

/// <summary>Says no as soon as the process is told to stop, so that no new work is sent here.</summary>
internal sealed class StoppingCheck(IHostApplicationLifetime lifetime) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(lifetime.ApplicationStopping.IsCancellationRequested
            ? HealthCheckResult.Unhealthy("stopping")
            : HealthCheckResult.Healthy());
}

/// <summary>PostgreSQL answers; well by definition where a process has no database.</summary>
internal sealed class PostgresCheck(IServiceProvider services) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (services.GetService<NpgsqlDataSource>() is not { } database)
            return HealthCheckResult.Healthy();
        try
        {
            await using var command = database.CreateCommand("select 1");
            await command.ExecuteScalarAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (Exception error) when (error is NpgsqlException or OperationCanceledException)
        {
            return HealthCheckResult.Unhealthy("does not answer", error);
        }
    }
}

/// <summary>
/// Goes on serving for <c>Shutdown:DrainSeconds</c> (0) after the order to stop, answering not ready meanwhile: behind
/// a load balancer that polls readiness no request meets a closed door.
/// </summary>
internal sealed class Drain(IConfiguration configuration, TimeProvider clock) : HostedLifecycle
{
    public static TimeSpan Time(IConfiguration configuration) =>
        TimeSpan.FromSeconds(configuration.GetValue("Shutdown:DrainSeconds", 0));

    public override Task StoppingAsync(CancellationToken cancellationToken) =>
        Task.Delay(Time(configuration), clock, cancellationToken);
}
