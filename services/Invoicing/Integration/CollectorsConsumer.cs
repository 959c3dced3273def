using MassTransit;
using OrderToCash.Contracts.Collections.V1;
using OrderToCash.EventSourcing;
using OrderToCash.Messaging;

namespace OrderToCash.Invoicing.Integration;

/// <summary>
/// Keeps who looks after a customer, for reports. Each version is a row of its own, so the messages may come twice and
/// in any order, and a report says who it was when it was first printed.
/// </summary>
public sealed class CollectorsConsumer(Inbox inbox, TimeProvider clock) : IConsumer<CollectorAssigned>
{
    public const string Queue = "invoicing-collectors";

    private const string Insert =
        "insert into collector_versions (customer_id, version, recorded_at, collector) " +
        "select e.customer, e.version, recorded_from(e.at), e.collector " +
        "from unnest($1, $2, $3, $4) as e (customer, version, at, collector) on conflict do nothing";

    public Task Consume(ConsumeContext<CollectorAssigned> context) => inbox.WriteAsync(
        context,
        new SqlRows<CollectorAssigned>()
            .Column(assigned => assigned.CustomerId)
            .Column(_ => context.StreamVersion())
            .Column(_ => clock.GetUtcNow())
            .Column(assigned => assigned.Collector)
            .Command(Insert, [context.Message]));
}
