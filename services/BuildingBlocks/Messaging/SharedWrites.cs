using Npgsql;
using OrderToCash.EventSourcing;

namespace OrderToCash.Messaging;

/// <summary>What one message wants written, and whether it was.</summary>
/// <param name="MessageId">Its row of the inbox.</param>
/// <param name="Locks">Advisory locks of the transaction.</param>
/// <param name="Rows">The statements.</param>
internal sealed record PendingWrite(
    Guid MessageId, IReadOnlyList<long> Locks, IReadOnlyList<NpgsqlBatchCommand> Rows)
{
    /// <summary>False where it is to be written by itself.</summary>
    public TaskCompletionSource<bool> Outcome { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>
/// Messages of one queue that wait while others are written share the next transaction: a queue that is full costs one
/// commit for many messages, and a single message waits for nobody. Two such transactions are under way at a time, as
/// one that waits for the disk leaves the processor idle. What turns such a write away is the fault of one,
/// a message that came before or a lock that somebody holds; then each of them is written by itself.
/// </summary>
/// <param name="store">Where to.</param>
/// <param name="consumer">The queue's name.</param>
/// <param name="gate">How many transactions at a time.</param>
internal sealed class SharedWrites(EventStore store, string consumer, SemaphoreSlim gate)
{
    /// <summary>More would hold rows and locks for longer than it saves.</summary>
    private const int MostTogether = 32;

    /// <summary>
    /// The lock of an invoice is held while a mail about it is sent; nothing else is to wait for that. It also ends a
    /// circle of writes that wait for each other, before the server looks for one.
    /// </summary>
    private const string BoundedWaits = "select set_config('lock_timeout', '250ms', true)";

    private readonly List<PendingWrite> _waiting = [];

    /// <summary>False when nothing of it was written here; it is to be written by itself.</summary>
    public async Task<bool> TryAsync(PendingWrite mine, CancellationToken cancellation)
    {
        lock (_waiting)
            _waiting.Add(mine);
        try
        {
            await gate.WaitAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            // Somebody may have taken it along; then it is done twice, and the inbox knows.
            lock (_waiting)
                _waiting.Remove(mine);
            throw;
        }

        try
        {
            while (!mine.Outcome.Task.IsCompleted && Take() is { Count: > 0 } together)
                await WriteAsync(together);
        }
        finally
        {
            gate.Release();
        }

        return await mine.Outcome.Task;
    }

    private List<PendingWrite> Take()
    {
        lock (_waiting)
        {
            var taken = _waiting.Take(MostTogether).ToList();
            _waiting.RemoveRange(0, taken.Count);
            return taken;
        }
    }

    private async Task WriteAsync(List<PendingWrite> together)
    {
        // Whose fault an error is, and whether all is written in spite of it, each finds out when it is written alone.
        var written = false;
        try
        {
            var commit = store.CommitAsync(Batch(together), CancellationToken.None);
            await ((Task)commit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            written = commit.IsCompletedSuccessfully && (await commit).IsCommitted;
        }
        finally
        {
            foreach (var one in together)
                one.Outcome.SetResult(written);
        }
    }

    private WriteBatch Batch(List<PendingWrite> together)
    {
        var batch = new WriteBatch(new EventMetadata(consumer)).Lock(new NpgsqlBatchCommand(BoundedWaits));
        long[] locks = [.. together.SelectMany(one => one.Locks).Distinct().Order()];
        if (locks.Length > 0)
            batch.Lock(TransactionLock.TakeAll(locks));
        batch.Guard(InboxRows.Insert(consumer, [.. together.Select(one => one.MessageId)]));
        foreach (var row in together.SelectMany(one => one.Rows))
            batch.Row(row);
        return batch;
    }
}

/// <summary>The statements that every such write has.</summary>
internal static class InboxRows
{
    public static NpgsqlBatchCommand Insert(string consumer, Guid[] messages)
    {
        var rows = new NpgsqlBatchCommand("insert into otc_inbox (consumer, message_id) select $1, unnest($2)");
        rows.Parameters.Add(new NpgsqlParameter<string> { TypedValue = consumer });
        rows.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = messages });
        return rows;
    }
}
