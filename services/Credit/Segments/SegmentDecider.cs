using OrderToCash.Credit.Groups;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.Credit.Segments;

/// <summary>The most that all customers of a legal entity in one segment may owe together was set.</summary>
/// <param name="LegalEntity">Whose customers; its calendar, policy and rates count.</param>
/// <param name="Segment">As Invoicing names it, e.g. <c>enterprise</c>.</param>
/// <param name="Limit">In any currency; customers are converted by the day's rates.</param>
/// <param name="ExpiresOn">Last day it holds, or null.</param>
public sealed record SegmentLimitSet(string LegalEntity, string Segment, Money Limit, DateOnly? ExpiresOn)
{
    internal SharedLimit Shared => new(Limit, ExpiresOn);
}

/// <summary>The segment has no limit any more: only those of its customers and their groups count.</summary>
/// <param name="LegalEntity">Whose customers.</param>
/// <param name="Segment">As Invoicing names it.</param>
public sealed record SegmentLimitRemoved(string LegalEntity, string Segment);

/// <summary>
/// An order of a customer was decided against the limit of its segment. It is one event on the segment, so that of two
/// customers' orders at once the second is decided on what the first has left.
/// </summary>
/// <param name="CustomerId">The customer.</param>
/// <param name="OrderId">Its order.</param>
/// <param name="Decision"><c>approved</c> or <c>released</c>.</param>
/// <param name="Amount">What the order is worth.</param>
/// <param name="Others">What the other customers had at risk, in the currency of the limit.</param>
public sealed record SegmentOrderDecided(
    Guid CustomerId, string OrderId, string Decision, Money Amount, Money Others);

/// <summary>All customers of a legal entity in one segment.</summary>
public sealed record CreditSegment
{
    /// <summary>The state before the first event.</summary>
    public static readonly CreditSegment Initial = new();

    /// <summary>Whose customers; null before its first limit.</summary>
    public string? LegalEntity { get; private init; }

    /// <summary>The limit; null where there is none.</summary>
    public SegmentLimitSet? Limit { get; private init; }

    /// <summary>State and event in, next state out.</summary>
    public static CreditSegment Evolve(CreditSegment segment, object e) => e switch
    {
        SegmentLimitSet limit => segment with { LegalEntity = limit.LegalEntity, Limit = limit },
        SegmentLimitRemoved => segment with { Limit = null },
        SegmentOrderDecided => segment,
        _ => throw new InvalidOperationException($"A segment has no event {e.GetType().Name}."),
    };

    /// <summary>What the limit grants on a day.</summary>
    public Money GrantedOn(DateOnly today) => Limit?.Shared.GrantedOn(today)
        ?? throw new InvalidOperationException("The segment has no limit.");
}

/// <summary>Decides on the limits of segments.</summary>
public static class SegmentDecider
{
    /// <summary>Sets the limit; the same again is nothing.</summary>
    public static Decision Set(CreditSegment segment, SegmentLimitSet limit, DateOnly today) =>
        limit.Shared.Check(today) is { } refusal ? refusal
        : segment.Limit == limit ? Decision.Nothing : Decision.Of(limit);

    /// <summary>Takes the limit away.</summary>
    public static Decision Remove(CreditSegment segment) => segment.Limit is not { } limit
        ? Decision.Nothing
        : Decision.Of(new SegmentLimitRemoved(limit.LegalEntity, limit.Segment));
}

/// <summary>One stream per legal entity and segment.</summary>
public static class SegmentStream
{
    /// <summary>The kind of stream.</summary>
    public static readonly StreamType<CreditSegment> Type =
        new("credit_segment", CreditSegment.Initial, CreditSegment.Evolve);

    /// <summary>The stream of a segment.</summary>
    public static Guid Id(string legalEntity, string segment) => Ids.From("credit-segment", legalEntity, segment);
}
