namespace OrderToCash.EventSourcing;

/// <summary>
/// One kind of stream: its stored name and how its state is folded from its events. Declared once, beside the state
/// (as <c>InvoiceStream</c> in <c>Invoice.cs</c>). The state must be immutable: folded states are cached and shared
/// between requests.
/// </summary>
/// <param name="Name">Stored in <c>mt_streams.type</c>, snake_case; never renamed.</param>
/// <param name="Initial">The state before the first event.</param>
/// <param name="Evolve">State and event in, next state out; no rules, no I/O, no clock.</param>
public sealed record StreamType<TState>(string Name, TState Initial, Func<TState, object, TState> Evolve)
    where TState : class
{
    /// <summary>How states of long streams are kept; null where every stream is folded from its first event.</summary>
    public Snapshot<TState>? Snapshot { get; init; }

    /// <summary>
    /// What a state takes of the cache, in states of common size: who holds much takes the place of many.
    /// </summary>
    public Func<TState, int> Weight { get; init; } = _ => 1;
}

/// <summary>A folded stream.</summary>
/// <param name="State">The state after <paramref name="Version"/> events.</param>
/// <param name="Version">Number of events; 0 when the stream does not exist.</param>
public readonly record struct Loaded<TState>(TState State, long Version)
    where TState : class
{
    /// <summary>True when the stream has at least one event.</summary>
    public bool Exists => Version > 0;
}
