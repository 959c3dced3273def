using MassTransit;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace OrderToCash.Messaging;

/// <summary>
/// Not well until the queues of this process are declared, bound and read for the first time: what is published before
/// that would not wait for it. Afterwards a broker that is away makes no instance unready, for all would be at once:
/// commands need no broker, and the events wait in the log.
/// </summary>
internal sealed class BrokerCheck(IBusControl bus) : IHealthCheck
{
    private volatile bool _wasWell;

    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var now = bus.CheckHealth();
        if (now.Status == BusHealthStatus.Healthy)
        {
            _wasWell = true;
            return Task.FromResult(HealthCheckResult.Healthy());
        }

        return Task.FromResult(_wasWell
            ? HealthCheckResult.Degraded("away; events wait in the log", now.Exception)
            : HealthCheckResult.Unhealthy("not connected yet", now.Exception));
    }
}
