using OrderToCash.Contracts;
using OrderToCash.Kernel;

namespace OrderToCash.Messaging;

/// <summary>Names on the wire and the passage between the kernel's money and the contracts'.</summary>
public static class Wire
{
    /// <summary>The one durable topic exchange everything is published to.</summary>
    public const string Exchange = "otc.events";

    /// <summary>Header: what MassTransit dispatches on, the URN of the contract.</summary>
    public const string MessageType = "MT-MessageType";

    /// <summary>Header: stream of the event behind the message (UUID).</summary>
    public const string StreamId = "otc-stream-id";

    /// <summary>
    /// Header: version of that stream after the event (integer). Several messages of one event have the same, so it
    /// orders states and never tells a repeat: that is what the message's id is for.
    /// </summary>
    public const string StreamVersion = "otc-stream-version";

    /// <summary>Header: place of the event in its service's log (integer, grows, has gaps).</summary>
    public const string Sequence = "otc-sequence";

    /// <summary>Header: the same along the whole chain of requests, events and messages.</summary>
    public const string CorrelationId = "otc-correlation-id";

    /// <summary>Header: W3C trace context.</summary>
    public const string TraceParent = "traceparent";

    /// <summary>The queue in which a service is asked to publish something once more.</summary>
    public static string RepublishQueue(string service) => $"{service}-republish";

    /// <summary>Money as contracts carry it.</summary>
    public static MoneyAmount ToContract(this Money money) => new(money.Amount, money.Currency.Code);

    /// <summary>
    /// Money of a contract; throws <see cref="ArgumentException"/> on an amount its currency cannot have.
    /// </summary>
    public static Money ToMoney(this MoneyAmount amount)
    {
        ArgumentNullException.ThrowIfNull(amount);
        return Money.Of(amount.Amount, amount.Currency);
    }
}
