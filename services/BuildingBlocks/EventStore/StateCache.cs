using Microsoft.Extensions.Caching.Memory;

namespace OrderToCash.EventSourcing;

/// <summary>
/// Folded states of streams lately used, so that a hot stream is not read again for each decision. Never trusted alone:
/// a write proves the version, a read asks for newer events. Bounded by weight; states are immutable and shared.
/// </summary>
/// <param name="capacity">How many states of common size it holds (<see cref="StreamType{TState}.Weight"/>).</param>
public sealed class StateCache(int capacity = 20_000) : IDisposable
{
    /// <summary>What is heavier is held, too: it takes so much of the whole.</summary>
    private readonly int _heaviest = Math.Max(1, capacity / 8);

    /// <summary>
    /// What does not fit in is turned away, and makes room for what comes next: for the heaviest, too, or it would be
    /// turned away for ever.
    /// </summary>
    private readonly MemoryCache _states = new(
        new MemoryCacheOptions { SizeLimit = capacity, CompactionPercentage = 0.25 });

    internal Loaded<TState> Find<TState>(StreamType<TState> type, Guid streamId)
        where TState : class =>
        _states.TryGetValue((type.Name, streamId), out Loaded<TState> known) ? known : new(type.Initial, 0);

    internal void Keep<TState>(StreamType<TState> type, Guid streamId, Loaded<TState> loaded)
        where TState : class =>
        _states.Set(
            (type.Name, streamId), loaded,
            new MemoryCacheEntryOptions { Size = Math.Clamp(type.Weight(loaded.State), 1, _heaviest) });

    internal void Drop<TState>(StreamType<TState> type, Guid streamId)
        where TState : class =>
        _states.Remove((type.Name, streamId));

    /// <inheritdoc/>
    public void Dispose() => _states.Dispose();
}
