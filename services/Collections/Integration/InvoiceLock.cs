using Npgsql;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Integration;

/// <summary>
/// Orders news about an invoice and the sending of a notice that names it: whoever comes second waits for the other's
/// commit. An advisory lock, because a row lock would keep a transaction id open for as long as the mail server takes,
/// and with it every reader of the log that waits behind a hole.
/// </summary>
internal static class InvoiceLock
{
    public const string Sql = "select pg_advisory_xact_lock($1)";

    public static NpgsqlBatchCommand Take(Guid invoiceId)
    {
        var command = new NpgsqlBatchCommand(Sql);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = Key(invoiceId) });
        return command;
    }

    /// <summary>
    /// The locks of several, in the order of their keys like everyone else's, so that nobody waits in a circle.
    /// </summary>
    public static NpgsqlBatchCommand TakeAll(IEnumerable<Guid> invoices)
    {
        var command = new NpgsqlBatchCommand("select pg_advisory_xact_lock(k) from unnest($1) as k");
        command.Parameters.Add(new NpgsqlParameter<long[]>
        {
            TypedValue = [.. invoices.Distinct().Select(Key).Order()],
        });
        return command;
    }

    public static long Key(Guid invoiceId) => Ids.LockKey($"ordertocash:invoice:{invoiceId:N}");
}
