using System.Text.Json;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using RabbitMQ.Client;

namespace OrderToCash.Messaging;

/// <summary>What a queue asked a service for.</summary>
/// <param name="Service">The service that publishes.</param>
/// <param name="Request">What it was asked.</param>
/// <param name="Accepted">False when that service has never published anything, so that nothing can be missing.</param>
public sealed record Asked(string Service, RepublishRequested Request, bool Accepted);

/// <summary>
/// The broker keeps for a queue only what is published after it was bound. A queue that is new, or reads a contract it
/// did not read before, asks the service behind the contract for what came earlier; that service's log is its memory.
/// An operator has the same asked again where a queue or a database was lost.
/// </summary>
public sealed partial class CatchUp(
    MessagingOptions options, IBusControl bus, EventStore store, ServiceQueues queues,
    [FromKeyedServices(MessagingRegistration.Asides)] BrokerConnection broker, TimeProvider clock,
    ILogger<CatchUp> log) : BackgroundService
{
    private static readonly string Urn = MessageUrn.ForTypeString<RepublishRequested>();
    private readonly SemaphoreSlim _one = new(1);

    /// <summary>
    /// Asks for everything that the service's queues read, published after this place in each source's log. The queues
    /// are bound before, in case the broker has forgotten them: what is published from now on comes by itself.
    /// </summary>
    public async Task<IReadOnlyList<Asked>> AskAsync(long after, CancellationToken cancellation)
    {
        await queues.MakeAsync(cancellation);
        return await AskAsync([.. Bindings()], after, cancellation);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                // The queues were bound before the bus began: what is published from now on comes by itself.
                await bus.WaitForHealthStatus(BusHealthStatus.Healthy, stoppingToken);
                await AskAsync(await NewBindingsAsync(stoppingToken), after: 0, stoppingToken);
                return;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                LogFailed(log, error);
                await Task.Delay(TimeSpan.FromSeconds(2), clock, stoppingToken)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _one.Dispose();
        base.Dispose();
    }

    private IEnumerable<Binding> Bindings() =>
        from endpoint in options.Endpoints
        from routingKey in endpoint.RoutingKeys
        select new Binding(endpoint.Queue, routingKey);

    private async Task<IReadOnlyList<Binding>> NewBindingsAsync(CancellationToken cancellation)
    {
        await using var command = store.Database.CreateCommand("select queue, routing_key from otc_bindings");
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var known = new HashSet<Binding>();
        while (await reader.ReadAsync(cancellation))
            known.Add(new Binding(reader.GetString(0), reader.GetString(1)));
        return [.. Bindings().Except(known)];
    }

    private async Task<IReadOnlyList<Asked>> AskAsync(
        IReadOnlyList<Binding> bindings, long after, CancellationToken cancellation)
    {
        await _one.WaitAsync(cancellation);
        try
        {
            var asked = new List<Asked>();
            foreach (var source in bindings.GroupBy(binding => (binding.Queue, binding.Source)))
            {
                var request = new RepublishRequested(
                    source.Key.Queue, [.. source.Select(binding => binding.RoutingKey)], after);
                var accepted = await SendAsync(source.Key.Source, request, cancellation);
                await RememberAsync(request, cancellation);
                LogAsked(log, source.Key.Source, source.Key.Queue, accepted);
                asked.Add(new Asked(source.Key.Source, request, accepted));
            }

            return asked;
        }
        finally
        {
            _one.Release();
        }
    }

    private async Task<bool> SendAsync(string service, RepublishRequested request, CancellationToken cancellation)
    {
        var properties = new BasicProperties
        {
            ContentType = "application/json",
            DeliveryMode = DeliveryModes.Persistent,
            Headers = new Dictionary<string, object?> { [Wire.MessageType] = Urn },
        };
        try
        {
            await broker.PublishAsync(
                (channel, stop) => channel.BasicPublishAsync(
                    "", Wire.RepublishQueue(service), mandatory: true, properties,
                    JsonSerializer.SerializeToUtf8Bytes(request, Json.Wire), stop).AsTask(),
                cancellation);
            return true;
        }
        catch (RabbitMQ.Client.Exceptions.PublishException none) when (none.IsReturn)
        {
            return false;
        }
    }

    private async Task RememberAsync(RepublishRequested request, CancellationToken cancellation)
    {
        await using var remember = store.Database.CreateCommand(
            "insert into otc_bindings (queue, routing_key) select $1, unnest($2) " +
            "on conflict (queue, routing_key) do update set asked_at = now()");
        remember.Parameters.Add(new NpgsqlParameter<string> { TypedValue = request.Queue });
        remember.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. request.RoutingKeys] });
        await remember.ExecuteNonQueryAsync(cancellation);
    }

    private sealed record Binding(string Queue, string RoutingKey)
    {
        public string Source => RoutingKey[..RoutingKey.IndexOf('.', StringComparison.Ordinal)];
    }

    [LoggerMessage(Level = LogLevel.Information, EventName = "messaging.catch-up.asked",
        Message = "Asked {Service} for what it published before {Queue} was bound (there is something: {Accepted})")]
    private static partial void LogAsked(ILogger log, string service, string queue, bool accepted);

    [LoggerMessage(Level = LogLevel.Warning, EventName = "messaging.catch-up.failed",
        Message = "Could not ask for earlier messages yet; trying again")]
    private static partial void LogFailed(ILogger log, Exception error);
}
