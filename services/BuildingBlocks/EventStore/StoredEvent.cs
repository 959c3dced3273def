namespace OrderToCash.EventSourcing;

/// <summary>Who caused an event, why, and as part of what; kept with the event for ever.</summary>
/// <param name="By">Subject of the caller (<c>sub</c>), or the name of the service for its own doings.</param>
/// <param name="CorrelationId">The same along the whole chain of requests, events and messages.</param>
/// <param name="CausationId">The request or message that directly led to this.</param>
/// <param name="Reason">What the person who decided gave as the reason.</param>
/// <param name="TraceParent">
/// W3C trace context; the relay carries it on, so that one trace shows the whole path.
/// </param>
public sealed record EventMetadata(
    string By, string? CorrelationId = null, string? CausationId = null, string? Reason = null,
    string? TraceParent = null);

/// <summary>An event in its stream and in the log.</summary>
public sealed record StoredEvent
{
    /// <summary>Place in the log, growing with gaps; 0 while the event is being written.</summary>
    public long Sequence { get; init; }

    /// <summary>UUIDv7; the MessageId of the message that publishes it.</summary>
    public required Guid Id { get; init; }

    /// <summary>The stream.</summary>
    public required Guid StreamId { get; init; }

    /// <summary>Place in the stream, from 1, without gaps.</summary>
    public required long Version { get; init; }

    /// <summary>Stored name, e.g. <c>invoice_issued</c>.</summary>
    public required string Type { get; init; }

    /// <summary>The event itself, upcast to its present type.</summary>
    public required object Data { get; init; }

    /// <summary>When it was recorded (UTC, by the clock of the writing process).</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Who, why, and the trace.</summary>
    public required EventMetadata Metadata { get; init; }

    /// <summary>False where a reader has passed it over: nothing is known of it but where it is in the log.</summary>
    internal bool IsRead => Data is not PassedOver;

    /// <summary>An event of a type that its reader does not act on.</summary>
    internal static StoredEvent Passed(long sequence) => new()
    {
        Sequence = sequence,
        Id = Guid.Empty,
        StreamId = Guid.Empty,
        Version = 0,
        Type = "",
        Data = PassedOver.Instance,
        At = default,
        Metadata = PassedOver.Nobody,
    };

    private sealed class PassedOver
    {
        public static readonly PassedOver Instance = new();
        public static readonly EventMetadata Nobody = new("");
    }
}
