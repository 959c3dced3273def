using System.Collections.Concurrent;
using System.Net.Sockets;
using MassTransit;
using OrderToCash.Contracts.Credit.V1;
using OrderToCash.Faults.Stage;
using OrderToCash.Kernel;
using OrderToCash.TestKit;

namespace OrderToCash.Messaging.Tests;

/// <summary>A consumer of many contracts, all of which are bound to its queue.</summary>
public sealed class ConsumerOfMany(ConsumerOfMany.Heard heard) :
    IConsumer<CreditApplicationDecided>, IConsumer<CreditGroupLimitChanged>, IConsumer<CreditHoldPlaced>,
    IConsumer<CreditHoldReleased>, IConsumer<CreditLimitSet>, IConsumer<CreditRiskAssessed>,
    IConsumer<CreditSegmentLimitChanged>, IConsumer<CustomerTermsAgreed>, IConsumer<OrderDecided>,
    IConsumer<TemporaryCreditLimitChanged>
{
    public const string Queue = "sample-many";

    /// <summary>Customers whose limit it heard of.</summary>
    public sealed class Heard : ConcurrentQueue<Guid>;

    public Task Consume(ConsumeContext<CreditApplicationDecided> context) => Task.CompletedTask;

    public Task Consume(ConsumeContext<CreditGroupLimitChanged> context) => Task.CompletedTask;

    public Task Consume(ConsumeContext<CreditHoldPlaced> context) => Task.CompletedTask;

    public Task Consume(ConsumeContext<CreditHoldReleased> context) => Task.CompletedTask;

    public Task Consume(ConsumeContext<CreditLimitSet> context)
    {
        heard.Enqueue(context.Message.CustomerId);
        return Task.CompletedTask;
    }

    public Task Consume(ConsumeContext<CreditRiskAssessed> context) => Task.CompletedTask;

    public Task Consume(ConsumeContext<CreditSegmentLimitChanged> context) => Task.CompletedTask;

    public Task Consume(ConsumeContext<CustomerTermsAgreed> context) => Task.CompletedTask;

    public Task Consume(ConsumeContext<OrderDecided> context) => Task.CompletedTask;

    public Task Consume(ConsumeContext<TemporaryCreditLimitChanged> context) => Task.CompletedTask;
}

/// <summary>Connections to the broker that are lost again while they are being made.</summary>
public sealed class CutWhileConnectingSpec(Servers servers)
{
    private const int Cuts = 3;

    [Fact]
    public async Task a_consumer_of_many_contracts_reads_on()
    {
        await using var database = await servers.CreateDatabaseAsync();
        await using var host = await servers.CreateVirtualHostAsync();
        await using var proxy = CuttableProxy.To(host.Uri.Port);
        var cutter = new Cutter();
        proxy.Heard = cutter.Heard;
        await using var service = await SampleService.StartAsync(
            database.ConnectionString, new UriBuilder(host.Uri) { Port = proxy.Port }.Uri, true,
            publications => publications,
            alsoConsumes: messaging => messaging.Endpoint<ConsumerOfMany>(ConsumerOfMany.Queue));

        for (var cut = 0; cut < Cuts; cut++)
        {
            cutter.Arm();
            await Eventually.BecomesTrue(() => proxy.Cut(Random.Shared, percent: 100) > 0, "a connection is lost");
            await Eventually.BecomesTrue(() => cutter.HasCut, "the next one, too");

            var customer = Ids.Next(TimeProvider.System);
            await service.SetLimitAsync(customer, 1);
            await Eventually.BecomesTrue(() => service.Heard.Contains(customer), "it reads its queue again");
        }
    }

    /// <summary>Loses a connection of the consumers milliseconds after it has begun to ask for its queues.</summary>
    private sealed class Cutter
    {
        private readonly Random _random = new(20261130);
        private readonly ConcurrentDictionary<Socket, bool> _consumers = [];
        private int _armed;

        public bool HasCut => Volatile.Read(ref _armed) == 0;

        /// <summary>Class 40, method 10 of AMQP 0-9-1 (exchange.declare), its reserved number, an exchange.</summary>
        private static ReadOnlySpan<byte> Declares => "\0\u0028\0\u000A\0\0\u000Bsample-many"u8;

        public void Arm() => Volatile.Write(ref _armed, 1);

        public void Heard(Socket client, ReadOnlyMemory<byte> sent)
        {
            if (sent.Span.IndexOf("sample consumers"u8) >= 0)
                _consumers.TryAdd(client, true);
            if (_consumers.ContainsKey(client) && sent.Span.IndexOf(Declares) >= 0
                && Interlocked.Exchange(ref _armed, 0) == 1)
            {
                _ = CutAsync(client, TimeSpan.FromMilliseconds(_random.Next(6)));
            }
        }

        private static async Task CutAsync(Socket client, TimeSpan after)
        {
            await Task.Delay(after, TimeProvider.System);
            client.Close(0);
        }
    }
}
