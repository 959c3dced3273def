using OrderToCash.Kernel;

namespace OrderToCash.EventSourcing;

/// <summary>How <see cref="EventStore.DecideAsync"/> ended.</summary>
public enum DecideStatus
{
    /// <summary>
    /// Events were appended, or there was nothing to do (<see cref="Decided{TState}.Events"/> tells).
    /// </summary>
    Done,

    /// <summary>The decider refused; nothing is written.</summary>
    Refused,

    /// <summary>The stream is not at the version the caller named (If-Match); nothing is written.</summary>
    WrongVersion,

    /// <summary>The message was handled before; nothing is written.</summary>
    AlreadyHandled,

    /// <summary>The Idempotency-Key is taken; nothing is written.</summary>
    KeyTaken,

    /// <summary>A unique constraint refused; nothing is written.</summary>
    Duplicate,
}

/// <summary>The outcome of a decision and the stream as it is after it.</summary>
/// <param name="State">The state after the events.</param>
/// <param name="Version">The version after the events.</param>
/// <param name="Events">What was appended; empty where nothing was.</param>
/// <param name="Refusal">Why it was refused, or null.</param>
/// <param name="Constraint">The unique constraint that refused, or null.</param>
public sealed record Decided<TState>(
    DecideStatus Status, TState State, long Version, IReadOnlyList<object> Events,
    Refusal? Refusal = null, string? Constraint = null)
    where TState : class;
