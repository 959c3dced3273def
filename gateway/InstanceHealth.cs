using System.Runtime.CompilerServices;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace OrderToCash.Gateway;

/// <summary>
/// Which instances are well, as requests find them: one that cannot be reached, or does not end its answer, for several
/// requests in a row is left out for a while (the cluster's <c>ReactivationPeriod</c>). If the next one after that
/// fails, too, it is out again; one answer, and it is well. Routes and composed reads tell it here and go by it alike.
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
        switch (context.GetForwarderErrorFeature()?.Error ?? ForwarderError.None)
        {
            case ForwarderError.None:
                Tell(its, destination, isWell: true);
                break;
            case ForwarderError.Request or ForwarderError.RequestTimedOut
                or ForwarderError.RequestBodyDestination or ForwarderError.ResponseBodyDestination:
                Tell(its, destination, isWell: false);
                break;
        }
    }

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
