using System.Net;
using System.Runtime.CompilerServices;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace OrderToCash.Gateway;

/// <summary>
/// Which instances are well, as requests find them: one that cannot be reached, or does not end its answer, for several
/// requests in a row is left out for a while (the cluster's <c>ReactivationPeriod</c>). If the next one after that
/// fails, too, it is out again; one answer, and it is well. Routes and composed reads tell it here and go by it; only
/// the latter count <see cref="IsNoAnswer"/>.
/// </summary>
internal sealed class InstanceHealth(IDestinationHealthUpdater health) : IPassiveHealthCheckPolicy
{
    private const int FailuresInARow = 5;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly ConditionalWeakTable<DestinationState, StrongBox<int>> _failures = [];

    /// <inheritdoc/>
    public string Name => nameof(FailuresInARow);

    /// <inheritdoc/>
    public void RequestProxied(HttpContext context, ClusterState cluster, DestinationState destination)
    {
        // A caller who has gone says nothing of the instance.
        if (context.RequestAborted.IsCancellationRequested)
            return;

        // The cluster given is the route's; an approval goes to that of its owner.
        var owner = context.GetReverseProxyFeature().Cluster.Config.ClusterId;
        if (!context.RequestServices.GetRequiredService<IProxyStateLookup>().TryGetCluster(owner, out var its))
            return;
        var status = (HttpStatusCode)context.Response.StatusCode;
        switch (context.GetForwarderErrorFeature()?.Error ?? ForwarderError.None)
        {
            case ForwarderError.None when !IsNoAnswer(status):
                Tell(its, destination, isWell: true);
                break;

            // Who refuses a large body answers first and then takes no more of it; without that answer it is ours.
            case ForwarderError.RequestBodyDestination when status is HttpStatusCode.BadGateway:
            case ForwarderError.Request or ForwarderError.RequestTimedOut or ForwarderError.ResponseBodyDestination:
                Tell(its, destination, isWell: false);
                break;
        }
    }

    /// <summary>
    /// It says that somebody is away: the instance, or what it needs itself. Of a route it tells neither way.
    /// </summary>
    public static bool IsNoAnswer(HttpStatusCode status) => status is
        HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;

    /// <summary>What became of one request.</summary>
    public void Tell(ClusterState cluster, DestinationState instance, bool isWell)
    {
        var failures = _failures.GetOrCreateValue(instance);
        if (isWell)
            Volatile.Write(ref failures.Value, 0);
        else if (Interlocked.Increment(ref failures.Value) < FailuresInARow)
            return;
        health.SetPassive(
            cluster, instance, isWell ? DestinationHealth.Healthy : DestinationHealth.Unhealthy,
            cluster.Model.Config.HealthCheck?.Passive?.ReactivationPeriod ?? Pause);
    }
}
