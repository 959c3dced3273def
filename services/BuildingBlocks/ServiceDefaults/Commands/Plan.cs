using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.ServiceDefaults;

/// <summary>What a command over several streams comes to: a write and its answer, or a no.</summary>
public sealed class Plan
{
    private Plan()
    {
    }

    internal WriteBatch? Batch { get; private init; }

    internal Reply? Reply { get; private init; }

    internal Problem? Problem { get; private init; }

    internal Action? Committed { get; private init; }

    /// <summary>
    /// Write this and answer so. The streams' versions in the batch are those that the plan was made on.
    /// </summary>
    /// <param name="batch">What to write.</param>
    /// <param name="reply">What to answer then.</param>
    /// <param name="committed">Called once it is written, for counters; not when it comes to nothing.</param>
    public static Plan Write(WriteBatch batch, Reply reply, Action? committed = null) =>
        new() { Batch = batch, Reply = reply, Committed = committed };

    /// <summary>Write nothing; this is why.</summary>
    public static Plan Refuse(Refusal refusal) => new() { Problem = Problems.From(refusal) };

    /// <summary>Write nothing: If-Match names another version than this, the present one.</summary>
    public static Plan WrongVersion(long current) => new() { Problem = Problems.WrongVersion(current) };

    /// <summary>A refusal is a plan.</summary>
    public static implicit operator Plan(Refusal refusal) => Refuse(refusal);

    /// <summary>A refusal is a plan.</summary>
    public static Plan FromRefusal(Refusal refusal) => Refuse(refusal);
}
