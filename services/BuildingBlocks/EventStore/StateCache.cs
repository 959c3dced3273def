using Microsoft.Extensions.Caching.Memory;

namespace OrderToCash.EventSourcing;

/// <summary>
/// Folded states of streams lately used, so that a hot stream is not read again for each decision. Never trusted alone:
/// a write proves the version, a read asks for newer events. Bounded by count; states are immutable and shared.
/// </summary>
public sealed class StateCache(int capacity = 20_000) : IDisposable
{
    private readonly MemoryCache _states = new(new MemoryCacheOptions { SizeLimit = capacity });

    internal Loaded<TState> Find<TState>(StreamType<TState> type, Guid streamId)
        where TState : class =>
        _states.TryGetValue((type.Name, streamId), out Loaded<TState> known) ? known : new(type.Initial, 0);

    internal void Keep<TState>(StreamType<TState> type, Guid streamId, Loaded<TState> loaded)
        where TState : class =>
        _states.Set((type.Name, streamId), loaded, new MemoryCacheEntryOptions { Size = 1 });

    internal void Drop<TState>(StreamType<TState> type, Guid streamId)
        where TState : class =>
        _states.Remove((type.Name, streamId));

    /// <inheritdoc/>
    public void Dispose() => _states.Dispose();
}
