using Npgsql;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.ServiceDefaults;

/// <summary>What a command over several streams comes to: a write and its answer, or a no.</summary>
public sealed class Plan
{
    private Plan()
    {
    }

    private WriteBatch? Batch { get; init; }

    private Reply? Reply { get; init; }

    private Func<NpgsqlConnection, CancellationToken, Task<(WriteBatch Batch, Reply Reply)>>? Build { get; init; }

    internal Problem? Problem { get; private init; }

    internal Action? Committed { get; private init; }

    /// <summary>True when nothing is to be written.</summary>
    public bool IsRefused => Problem is not null;

    /// <summary>
    /// Write this and answer so. The streams' versions in the batch are those that the plan was made on.
    /// </summary>
    /// <param name="batch">What to write.</param>
    /// <param name="reply">What to answer then.</param>
    /// <param name="committed">Called once it is written, for counters; not when it comes to nothing.</param>
    public static Plan Write(WriteBatch batch, Reply reply, Action? committed = null) =>
        new() { Batch = batch, Reply = reply, Committed = committed };

    /// <summary>
    /// The same for what can only be put together inside the transaction: a document that needs its number.
    /// </summary>
    /// <param name="build">Called with the open transaction's connection.</param>
    public static Plan Inside(Func<NpgsqlConnection, CancellationToken, Task<(WriteBatch Batch, Reply Reply)>> build) =>
        new() { Build = build };

    /// <summary>Write nothing; this is why.</summary>
    public static Plan Refuse(Refusal refusal) => new() { Problem = Problems.From(refusal) };

    /// <summary>A refusal is a plan.</summary>
    public static implicit operator Plan(Refusal refusal) => Refuse(refusal);

    /// <summary>A refusal is a plan.</summary>
    public static Plan FromRefusal(Refusal refusal) => Refuse(refusal);

    /// <summary>This plan with more in its write and another answer; a no stays one.</summary>
    /// <param name="more">Adds to the batch and gives the answer, out of the one that there was.</param>
    public Plan With(Func<WriteBatch, Reply, Reply> more)
    {
        ArgumentNullException.ThrowIfNull(more);
        if (IsRefused)
            return this;
        if (Build is not { } build)
            return Write(Batch!, more(Batch!, Reply!), Committed);
        return Inside(async (connection, cancellation) =>
        {
            var (batch, reply) = await build(connection, cancellation);
            return (batch, more(batch, reply));
        });
    }

    /// <summary>Writes it, with the claim of the key where there is one.</summary>
    internal async Task<(CommitResult Result, Reply Reply)> CommitAsync(
        EventStore store, IdempotencyKey? key, CancellationToken cancellation)
    {
        if (Build is null)
            return (await store.CommitAsync(Claimed(Batch!, Reply!), cancellation), Reply!);
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var (batch, reply) = await Build(connection, cancellation);
        var result = await store.CommitAsync(Claimed(batch, reply), connection, cancellation);
        if (!result.IsCommitted)
            return (result, reply);
        await transaction.CommitAsync(cancellation);
        store.Announce(batch);
        return (result, reply);

        WriteBatch Claimed(WriteBatch write, Reply answer) => key is null ? write : write.Guard(key.Claim(answer));
    }
}
