using Npgsql;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Invoices;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>
/// Documents that something was decided by without changing them. Who changes them and asks the same of what is decided
/// here takes a lock in common before it, so that one of both sees the other.
/// </summary>
internal static class UnmovedDocuments
{
    private const string Unmoved =
        "select otc_version_conflict() from unnest($1, $2) as seen (id, version) " +
        "join mt_streams s on s.id = seen.id where s.version <> seen.version";

    private const string Held =
        "select case when version <> $2 then otc_version_conflict() end from mt_streams where id = $1 for share";

    /// <summary>
    /// A guard for one whose changes take no lock in common: it has not moved, and who moves it waits and has a later
    /// place in the log than what is written here.
    /// </summary>
    public static NpgsqlBatchCommand Hold(Guid id, long version)
    {
        var held = new NpgsqlBatchCommand(Held);
        held.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
        held.Parameters.Add(new NpgsqlParameter<long> { TypedValue = version });
        return held;
    }

    /// <summary>A guard: nothing is written where one of them has moved since it was read.</summary>
    public static NpgsqlBatchCommand Of(IReadOnlyDictionary<Guid, Loaded<Invoice>> documents)
    {
        var unmoved = new NpgsqlBatchCommand(Unmoved);
        unmoved.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. documents.Keys] });
        unmoved.Parameters.Add(
            new NpgsqlParameter<long[]> { TypedValue = [.. documents.Values.Select(one => one.Version)] });
        return unmoved;
    }
}
