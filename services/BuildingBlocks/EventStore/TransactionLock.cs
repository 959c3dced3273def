using Npgsql;
using OrderToCash.Kernel;

namespace OrderToCash.EventSourcing;

/// <summary>
/// Orders the writes about one thing: whoever comes second waits for the other's commit. An advisory lock, because a
/// row lock would keep a transaction id open for as long as the holder works, and with it every reader of the log that
/// waits behind a hole. Goes into <see cref="WriteBatch.Lock"/>.
/// </summary>
/// <param name="prefix">Of the names that are locked; instances of all versions lock the same.</param>
public sealed class TransactionLock(string prefix)
{
    /// <summary>The lock of one.</summary>
    public NpgsqlBatchCommand Take(Guid id) => Take($"{id:N}");

    /// <summary>The lock of what has no identifier, by its name.</summary>
    public NpgsqlBatchCommand Take(string name)
    {
        var command = new NpgsqlBatchCommand("select pg_advisory_xact_lock($1)");
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = Key(name) });
        return command;
    }

    /// <summary>
    /// The locks of several, in the order of their keys like everyone else's, so that nobody waits in a circle.
    /// </summary>
    public NpgsqlBatchCommand TakeAll(IEnumerable<Guid> ids) => TakeAll(Keys(ids));

    /// <summary>The locks with these keys, one after the other as they stand here.</summary>
    public static NpgsqlBatchCommand TakeAll(long[] keys)
    {
        var command = new NpgsqlBatchCommand("select pg_advisory_xact_lock(k) from unnest($1) as k");
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = keys });
        return command;
    }

    /// <summary>The keys of several, each once and in the order in which everyone takes them.</summary>
    public long[] Keys(params IEnumerable<Guid> ids) => [.. ids.Distinct().Select(id => Key($"{id:N}")).Order()];

    private long Key(string name) => Ids.LockKey($"{prefix}:{name}");
}
