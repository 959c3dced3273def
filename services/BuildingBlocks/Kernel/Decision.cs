namespace OrderToCash.Kernel;

/// <summary>
/// What a decider answers: events to append, nothing to do (the wish is already true), or a refusal with its reason.
/// A decider is a static pure function: state, command and facts in, one of these out.
/// </summary>
public readonly record struct Decision
{
    private readonly IReadOnlyList<object>? _events;

    private Decision(IReadOnlyList<object>? events, Refusal? refusal) =>
        (_events, Refusal) = (events is { Count: > 0 } ? events : null, refusal);

    /// <summary>What happened, in order; empty for nothing and for a refusal.</summary>
    public IReadOnlyList<object> Events => _events ?? [];

    /// <summary>Why it was refused, or null.</summary>
    public Refusal? Refusal { get; }

    /// <summary>True when the wish is refused.</summary>
    public bool IsRefused => Refusal is not null;

    /// <summary>The wish is already true or does not apply: no event, no error.</summary>
    public static Decision Nothing => default;

    /// <summary>These events, in this order; none is the same as <see cref="Nothing"/>.</summary>
    public static Decision Of(params IReadOnlyList<object> events) => new(events, null);

    /// <summary>Refused, for this reason.</summary>
    public static Decision Refuse(Refusal refusal) => new(null, refusal);

    /// <summary>A refusal is a decision.</summary>
    public static implicit operator Decision(Refusal refusal) => Refuse(refusal);

    /// <summary>A refusal is a decision.</summary>
    public static Decision FromRefusal(Refusal refusal) => Refuse(refusal);
}
