using OrderToCash.Contracts.CashApplication.V1;
using OrderToCash.Contracts.Credit.V1;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.Messaging.Tests;

public sealed class Names
{
    [Fact]
    public void routing_key_and_urn_follow_from_the_contract()
    {
        var name = ContractName.Of(typeof(ReceiptRecorded));

        name.RoutingKey.ShouldBe("cash-application.v1.receipt-recorded");
        name.Urn.ShouldBe("urn:message:OrderToCash.Contracts.CashApplication.V1:ReceiptRecorded");
    }

    [Fact]
    public void a_type_that_is_no_contract_is_never_published() =>
        Should.Throw<InvalidOperationException>(() => ContractName.Of(typeof(LimitSet))).Message.ShouldContain("not a contract");

    [Fact]
    public void the_first_message_of_an_event_has_its_id_and_further_ones_have_the_same_id_at_every_repeat()
    {
        var publications = new Publications()
            .On<LimitSet>(e => new CreditLimitSet(e.StreamId, e.Data.Limit.ToContract(), "because", null))
            .On<LimitSet>(e => new OrderDecided(e.StreamId, "SO-1", e.Data.Limit.ToContract(), "approved", [],
                e.Data.Limit.ToContract(), e.Data.Limit.ToContract()));
        var stored = Stored(new LimitSet(Money.Of(1, "USD")));

        var first = publications.Of(stored).Select(message => message.MessageId).ToArray();
        var again = publications.Of(stored).Select(message => message.MessageId).ToArray();

        first[0].ShouldBe(stored.Id);
        first[1].ShouldNotBe(stored.Id);
        again.ShouldBe(first);
    }

    [Fact]
    public void an_event_that_says_many_things_gives_each_an_id_of_its_own()
    {
        var publications = new Publications().OnEach<LimitSet>(e => Enumerable.Range(0, 3).Select(index =>
            (object?)new CreditLimitSet(e.StreamId, e.Data.Limit.ToContract(), $"part {index}", null)));
        var stored = Stored(new LimitSet(Money.Of(1, "USD")));

        var ids = publications.Of(stored).Select(message => message.MessageId).ToArray();

        ids[0].ShouldBe(stored.Id);
        ids.Distinct().Count().ShouldBe(3);
        publications.Of(stored).Select(message => message.MessageId).ShouldBe(ids);
    }

    /// <summary>Consumers drop a second message of the same id as a repeat: neither is published.</summary>
    [Fact]
    public void an_event_never_gives_two_messages_one_id()
    {
        var publications = new Publications()
            .On<LimitSet>(e => new OrderDecided(e.StreamId, "SO-1", e.Data.Limit.ToContract(), "approved", [],
                e.Data.Limit.ToContract(), e.Data.Limit.ToContract()))
            .On<LimitSet>(e => new CreditLimitSet(e.StreamId, e.Data.Limit.ToContract(), "one", null))
            .On<LimitSet>(e => new CreditLimitSet(e.StreamId, e.Data.Limit.ToContract(), "other", null));

        Should.Throw<InvalidOperationException>(() => publications.Of(Stored(new LimitSet(Money.Of(1, "USD")))))
            .Message.ShouldContain("credit.v1.credit-limit-set");
    }

    private static StoredEvent Stored(object data) => new()
    {
        Id = Ids.Next(TimeProvider.System),
        StreamId = Ids.Next(TimeProvider.System),
        Version = 1,
        Type = "limit_set",
        Data = data,
        At = TimeProvider.System.GetUtcNow(),
        Metadata = new EventMetadata("tester"),
    };

    [Fact]
    public void an_event_nobody_publishes_makes_no_message() =>
        new Publications().Of(new StoredEvent
        {
            Id = Guid.Empty,
            StreamId = Guid.Empty,
            Version = 1,
            Type = "x",
            Data = "x",
            At = default,
            Metadata = new EventMetadata(""),
        }).ShouldBeEmpty();
}
