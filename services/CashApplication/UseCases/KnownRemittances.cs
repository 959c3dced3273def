using Dapper;
using Npgsql;
using OrderToCash.CashApplication.Remittances;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>
/// Tells advices that are new from those that were received before. One that was closed, no money having followed it,
/// may be sent again: it is told from its like by how many of them were closed before.
/// </summary>
internal static class KnownRemittances
{
    /// <summary>One that was closed so often is not taken again.</summary>
    private const int MostTimes = 10;

    /// <summary>
    /// Each advice as it is to be received, in their order; null where it was received before, or stands before it
    /// among these. All are of one legal entity.
    /// </summary>
    public static async Task<IReadOnlyList<RemittanceReceived?>> NewOnesAsync(
        this NpgsqlDataSource database, IReadOnlyList<RemittanceReceived> received, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(received);
        if (received.Count == 0)
            return [];
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var entity = received[0].LegalEntity;
        var isClosed = new Dictionary<string, bool>(StringComparer.Ordinal);
        await FindAsync([.. received.Select(one => one.ContentHash).Distinct()]);
        string[] closed = [.. isClosed.Where(one => one.Value).Select(one => one.Key)];
        if (closed.Length > 0)
            await FindAsync([.. closed.SelectMany(SentAgain)]);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        return
        [
            .. received.Select(one => seen.Add(one.ContentHash) && Free(one.ContentHash, isClosed) is { } hash
                ? one with { ContentHash = hash }
                : null),
        ];

        async Task FindAsync(string[] hashes)
        {
            foreach (var (hash, status) in await connection.QueryAsync<(string Hash, string Status)>(
                new CommandDefinition(
                    "select content_hash, status from remittances " +
                    "where legal_entity = @entity and content_hash = any(@hashes)",
                    new { entity, hashes }, cancellationToken: cancellation)))
            {
                isClosed[hash] = status == "closed";
            }
        }
    }

    private static IEnumerable<string> SentAgain(string hash) =>
        Enumerable.Range(1, MostTimes).Select(time => $"{hash}/{time}");

    /// <summary>The first that nobody has, all before it being closed; null where one of them is not.</summary>
    private static string? Free(string hash, Dictionary<string, bool> isClosed)
    {
        foreach (var next in SentAgain(hash).Prepend(hash))
        {
            if (!isClosed.TryGetValue(next, out var wasClosed))
                return next;
            if (!wasClosed)
                return null;
        }

        return null;
    }
}
