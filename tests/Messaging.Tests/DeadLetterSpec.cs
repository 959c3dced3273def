using OrderToCash.Kernel;
using OrderToCash.TestKit;

namespace OrderToCash.Messaging.Tests;

public sealed class DeadLetterSpec(Servers servers)
{
    private static Guid NewId() => Ids.Next(TimeProvider.System);

    [Fact]
    public async Task a_failed_message_is_listed_with_its_reason_and_stays()
    {
        await using var bed = await Bed.StartAsync(servers);
        var (id, customer) = (NewId(), NewId());
        bed.Service.Deliveries.Fault = _ => new InvalidOperationException("no such account");
        await bed.Client.PublishAsync(BareClient.Limit(customer, 5), id);
        await Eventually.BecomesTrue(async () => await bed.ErrorsAsync() == 1, "it is set aside");

        var letters = await new DeadLetters(bed.Client.Connection).ListAsync(SampleService.Queue, 10);

        var letter = letters.ShouldHaveSingleItem();
        letter.MessageId.ShouldBe(id.ToString());
        letter.Reason.ShouldNotBeNull().ShouldContain("no such account");
        letter.Body.ShouldContain(customer.ToString());
        await Eventually.BecomesTrue(async () => await bed.ErrorsAsync() == 1, "it is still there");
    }

    [Fact]
    public async Task replayed_messages_are_handled_once_the_cause_is_gone()
    {
        await using var bed = await Bed.StartAsync(servers);
        var customers = Enumerable.Range(0, 5).Select(_ => NewId()).ToArray();
        bed.Service.Deliveries.Fault = _ => new MessageRefusedException("not now");
        foreach (var customer in customers)
            await bed.Client.PublishAsync(BareClient.Limit(customer, 5));
        await Eventually.BecomesTrue(async () => await bed.ErrorsAsync() == 5, "all are set aside");

        bed.Service.Deliveries.Fault = _ => null;
        var moved = await new DeadLetters(bed.Client.Connection).ReplayAsync(SampleService.Queue);

        moved.ShouldBe(5);
        await Eventually.BecomesTrue(async () => await bed.Service.CountAsync("limits") == 5, "all are handled");
        (await bed.ErrorsAsync()).ShouldBe(0u);
    }

    [Fact]
    public async Task one_message_is_replayed_by_its_id_and_the_others_stay()
    {
        await using var bed = await Bed.StartAsync(servers);
        var ids = Enumerable.Range(0, 3).Select(_ => NewId()).ToArray();
        bed.Service.Deliveries.Fault = _ => new MessageRefusedException("not now");
        foreach (var id in ids)
            await bed.Client.PublishAsync(BareClient.Limit(id, 5), id);
        await Eventually.BecomesTrue(async () => await bed.ErrorsAsync() == 3, "all are set aside");

        bed.Service.Deliveries.Fault = _ => null;
        var moved = await new DeadLetters(bed.Client.Connection).ReplayAsync(SampleService.Queue, ids[1].ToString());

        moved.ShouldBe(1);
        await Eventually.BecomesTrue(async () => await bed.Service.ReplicaAsync(ids[1]) is not null, "it is handled");
        await Eventually.BecomesTrue(async () => await bed.ErrorsAsync() == 2, "the others stay");
    }

    [Fact]
    public async Task a_queue_without_failures_lists_nothing()
    {
        await using var bed = await Bed.StartAsync(servers);

        (await new DeadLetters(bed.Client.Connection).ListAsync("nobody-knows-this", 10)).ShouldBeEmpty();
        (await new DeadLetters(bed.Client.Connection).ReplayAsync("nobody-knows-this")).ShouldBe(0);
    }
}
