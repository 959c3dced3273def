using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.TestKit;

namespace OrderToCash.Messaging.Tests;

/// <summary>An instance of the version before reads the same queues as a newer one.</summary>
public sealed class RollingUpgradeSpec(Servers servers)
{
    [Fact]
    public async Task a_message_that_only_the_newer_version_knows_is_set_aside_and_can_be_sent_back()
    {
        await using var bed = await Bed.StartAsync(servers);
        const string key = "credit.v1.credit-limit-frozen";
        await using var channel = await bed.Client.Connection.CreateChannelAsync();
        await channel.ExchangeBindAsync(SampleService.Queue, Wire.Exchange, key);

        await bed.Client.PublishAsync(
            "{}", routingKey: key, urn: "urn:message:OrderToCash.Contracts.Credit.V1:CreditLimitFrozen");
        var customer = Ids.Next(TimeProvider.System);
        await bed.Client.PublishAsync(BareClient.Limit(customer, 5));

        await Eventually.BecomesTrue(
            async () => await bed.Service.ReplicaAsync(customer) is not null, "the one behind it passes");
        var letters = new DeadLetters(bed.Client.Connection);
        var waiting = await Eventually.Becomes(
            () => letters.ListAsync(SampleService.Queue, 10), all => all.Count == 1, "it is set aside");
        waiting[0].Type.ShouldBe(key);
        (await letters.ReplayAsync(SampleService.Queue)).ShouldBe(1);
    }

    [Fact]
    public async Task a_stream_that_the_newer_version_has_moved_on_keeps_the_message_waiting()
    {
        await using var bed = await Bed.StartAsync(servers);
        var customer = Ids.Next(TimeProvider.System);
        var failures = 6;
        bed.Service.Deliveries.Fault = _ => failures-- > 0 ? new UnknownEventTypeException("account_frozen") : null;

        await bed.Client.PublishAsync(BareClient.Limit(customer, 5));

        // More often than any other fault is tried before the message is set aside.
        await Eventually.BecomesTrue(
            async () => await bed.Service.ReplicaAsync(customer) is not null, "it is handled when it can be");
        bed.Service.Deliveries.Seen.Count.ShouldBe(7);
        (await bed.ErrorsAsync()).ShouldBe(0u);
    }

    [Fact]
    public void a_contract_that_came_later_is_told_from_one_that_nobody_uses_here()
    {
        ContractName.IsKnown("credit.v1.credit-limit-set").ShouldBeTrue();
        ContractName.IsKnown("credit.v1.credit-limit-frozen").ShouldBeFalse();
    }
}
