using OrderToCash.Kernel;

namespace OrderToCash.EventSourcing;

/// <summary>A decision that waits for its stream; what the parameters are is told by the store.</summary>
internal sealed record PendingDecision<TState>(
    StreamType<TState> Type, Guid StreamId, EventMetadata Metadata, Func<TState, Decision> Decide,
    long? ExpectedVersion, Action<WriteBatch, Decided<TState>>? With, Func<CancellationToken, Task>? Refresh,
    CancellationToken Cancellation)
    where TState : class
{
    public TaskCompletionSource<Decided<TState>> Outcome { get; } =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool IsOnSameStreamAs(PendingDecision<TState> other) => StreamId == other.StreamId && Type == other.Type;
}

/// <summary>
/// One write at a time per stream in this process, instead of a storm of conflicts. Whoever may write takes along all
/// who wait for the same stream, so a hot stream costs one transaction for many decisions.
/// </summary>
/// <param name="gate">Lets one in.</param>
internal sealed class DecisionLane(SemaphoreSlim gate)
{
    /// <summary>More would hold the stream's row, and everybody's answer, for longer than it saves.</summary>
    private const int MostTogether = 64;

    private readonly List<object> _waiting = [];

    /// <param name="mine">The decision.</param>
    /// <param name="carryOutAsync">Gives each of these decisions an outcome and throws nothing.</param>
    public async Task<Decided<TState>> DecideAsync<TState>(
        PendingDecision<TState> mine, Func<IReadOnlyList<PendingDecision<TState>>, Task> carryOutAsync)
        where TState : class
    {
        lock (_waiting)
            _waiting.Add(mine);
        try
        {
            await gate.WaitAsync(mine.Cancellation);
        }
        catch (OperationCanceledException)
        {
            Withdraw(mine);
            throw;
        }

        try
        {
            // The gate may have been opened for one who gave up at the same moment.
            if (mine.Cancellation.IsCancellationRequested && Withdraw(mine))
                mine.Cancellation.ThrowIfCancellationRequested();
            while (!mine.Outcome.Task.IsCompleted)
                await carryOutAsync(TakeWith(mine));
        }
        finally
        {
            gate.Release();
        }

        return await mine.Outcome.Task;
    }

    /// <summary>False when somebody has taken the decision along already.</summary>
    private bool Withdraw(object mine)
    {
        lock (_waiting)
            return _waiting.Remove(mine);
    }

    private List<PendingDecision<TState>> TakeWith<TState>(PendingDecision<TState> mine)
        where TState : class
    {
        lock (_waiting)
        {
            var taken = _waiting.OfType<PendingDecision<TState>>().Where(mine.IsOnSameStreamAs).Take(MostTogether)
                .ToList();
            foreach (var one in taken)
                _waiting.Remove(one);
            return taken;
        }
    }
}

/// <summary>Decisions made one on the other, and the one write that they come to.</summary>
internal sealed record DecisionPlan<TState>(
    Loaded<TState> Before, IReadOnlyList<Decided<TState>> Decided, Loaded<TState> After, bool Appends,
    WriteBatch Batch)
    where TState : class
{
    /// <summary>Decides in the order of coming; refused ones leave nothing behind.</summary>
    public static DecisionPlan<TState> Of(IReadOnlyList<PendingDecision<TState>> together, Loaded<TState> before)
    {
        var (type, streamId) = (together[0].Type, together[0].StreamId);
        var batch = new WriteBatch(together[0].Metadata);
        var events = new List<(object, EventMetadata)>();
        var all = new List<Decided<TState>>(together.Count);
        var at = before;
        foreach (var one in together)
        {
            var decided = Decide(one, at);
            all.Add(decided);
            if (decided.Status != DecideStatus.Done)
                continue;
            events.AddRange(decided.Events.Select(e => (e, one.Metadata)));
            at = new Loaded<TState>(decided.State, decided.Version);
            one.With?.Invoke(batch, decided);
        }

        return new DecisionPlan<TState>(
            before, all, at, events.Count > 0, batch.Append(type, streamId, before.Version, events));
    }

    private static Decided<TState> Decide(PendingDecision<TState> one, Loaded<TState> loaded)
    {
        if (one.ExpectedVersion is { } expected && expected != loaded.Version)
            return new Decided<TState>(DecideStatus.WrongVersion, loaded.State, loaded.Version, []);
        var decision = one.Decide(loaded.State);
        if (decision.Refusal is { } refusal)
            return new Decided<TState>(DecideStatus.Refused, loaded.State, loaded.Version, [], refusal);
        var state = decision.Events.Aggregate(loaded.State, one.Type.Evolve);
        return new Decided<TState>(DecideStatus.Done, state, loaded.Version + decision.Events.Count, decision.Events);
    }
}
