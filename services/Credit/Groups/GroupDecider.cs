using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.Credit.Groups;

/// <summary>The most that a customer and all below it may owe together was set.</summary>
/// <param name="CustomerId">The customer at the head.</param>
/// <param name="LegalEntity">That of the customer at the head: its calendar and policy count.</param>
/// <param name="Limit">In any currency; members are converted by the day's rates.</param>
/// <param name="ExpiresOn">Last day it holds, or null.</param>
public sealed record GroupLimitSet(Guid CustomerId, string LegalEntity, Money Limit, DateOnly? ExpiresOn)
{
    internal SharedLimit Shared => new(Limit, ExpiresOn);
}

/// <summary>The group has no limit any more: only those of its members count.</summary>
/// <param name="CustomerId">The customer at the head.</param>
public sealed record GroupLimitRemoved(Guid CustomerId);

/// <summary>
/// A member's order was decided against the limit of the group. It is one event on the group, so that of two members'
/// orders at once the second is decided on what the first has left.
/// </summary>
/// <param name="CustomerId">The member.</param>
/// <param name="OrderId">Its order.</param>
/// <param name="Decision"><c>approved</c>, <c>held</c>, <c>declined</c> or <c>released</c>.</param>
/// <param name="Amount">What the order is worth.</param>
/// <param name="Others">What the other members had at risk, in the currency of the limit.</param>
public sealed record GroupOrderDecided(
    Guid CustomerId, string OrderId, string Decision, Money Amount, Money Others);

/// <summary>A group of customers with a limit together.</summary>
public sealed record CreditGroup
{
    /// <summary>The state before the first event.</summary>
    public static readonly CreditGroup Initial = new();

    /// <summary>The limit; null where there is none.</summary>
    public GroupLimitSet? Limit { get; private init; }

    /// <summary>State and event in, next state out.</summary>
    public static CreditGroup Evolve(CreditGroup group, object e) => e switch
    {
        GroupLimitSet limit => group with { Limit = limit },
        GroupLimitRemoved => group with { Limit = null },
        GroupOrderDecided => group,
        _ => throw new InvalidOperationException($"A credit group has no event {e.GetType().Name}."),
    };

    /// <summary>What the limit grants on a day.</summary>
    public Money GrantedOn(DateOnly today) => Limit?.Shared.GrantedOn(today)
        ?? throw new InvalidOperationException("The group has no limit.");
}

/// <summary>Decides on group limits.</summary>
public static class GroupDecider
{
    /// <summary>Sets the limit; the same again is nothing.</summary>
    public static Decision Set(CreditGroup group, GroupLimitSet limit, DateOnly today) =>
        limit.Shared.Check(today) is { } refusal ? refusal
        : group.Limit == limit ? Decision.Nothing : Decision.Of(limit);

    /// <summary>Takes the limit away.</summary>
    public static Decision Remove(CreditGroup group) =>
        group.Limit is not { } limit ? Decision.Nothing : Decision.Of(new GroupLimitRemoved(limit.CustomerId));
}

/// <summary>One stream per group; a group is named by the customer at its head.</summary>
public static class GroupStream
{
    /// <summary>The kind of stream.</summary>
    public static readonly StreamType<CreditGroup> Type = new("credit_group", CreditGroup.Initial, CreditGroup.Evolve);

    /// <summary>The stream of the group below a customer.</summary>
    public static Guid Id(Guid customerId) => Ids.From("credit-group", customerId.ToString("N"));
}
