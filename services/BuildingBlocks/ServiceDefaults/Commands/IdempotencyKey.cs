using Microsoft.AspNetCore.Http;
using Npgsql;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.ServiceDefaults;

/// <summary>
/// The Idempotency-Key of one request: key and caller name the row, the hash tells the same request from another one.
/// The row is written in the transaction of the change, so a stored answer and its change exist together or not at all.
/// </summary>
/// <param name="Caller">Subject of the caller: keys of different callers never meet.</param>
/// <param name="Key">The header's text.</param>
/// <param name="Hash">SHA-256 of method, path, query and body.</param>
public sealed record IdempotencyKey(string Caller, string Key, ReadOnlyMemory<byte> Hash)
{
    /// <summary>Longest key.</summary>
    public const int MaxLength = 255;

    /// <summary>How many days answers are kept.</summary>
    public const int DaysKept = 7;

    private const string Insert =
        "insert into otc_idempotency_keys (caller, key, request_hash, status, location, etag, body) " +
        "values ($1, $2, $3, $4, $5, $6, $7)";

    /// <summary>
    /// The statement that claims the key for this answer; a key that is taken fails the write (<c>KeyTaken</c>).
    /// </summary>
    public NpgsqlBatchCommand Claim(Reply reply)
    {
        ArgumentNullException.ThrowIfNull(reply);
        var command = new NpgsqlBatchCommand(Insert);
        Fill(command.Parameters, reply);
        return command;
    }

    /// <summary>
    /// Puts the final answer in the place of a first one that was claimed when the change began: for changes that go
    /// on in further transactions. A request that never comes to this leaves the first answer.
    /// </summary>
    public async Task ReplaceAsync(NpgsqlDataSource database, Reply reply, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(database);
        ArgumentNullException.ThrowIfNull(reply);
        await using var command = database.CreateCommand(
            "update otc_idempotency_keys set status = $4, location = $5, etag = $6, body = $7 " +
            "where caller = $1 and key = $2 and request_hash = $3");
        Fill(command.Parameters, reply);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>
    /// The stored answer (or the 422 when another request has the key), or null when the key is free.
    /// </summary>
    public async Task<IResult?> FindAsync(NpgsqlDataSource database, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(database);
        return (await FindAsync(database, [this], cancellation)).GetValueOrDefault(this);
    }

    /// <summary>
    /// The stored answers of those keys that are taken; for writes that answer many requests at once.
    /// </summary>
    public static async Task<IReadOnlyDictionary<IdempotencyKey, IResult>> FindAsync(
        NpgsqlDataSource database, IReadOnlyCollection<IdempotencyKey> keys, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(database);
        ArgumentNullException.ThrowIfNull(keys);
        await using var command = database.CreateCommand(
            "select caller, key, request_hash, status, location, etag, body from otc_idempotency_keys " +
            "where (caller, key) in (select * from unnest($1, $2))");
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. keys.Select(key => key.Caller)] });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. keys.Select(key => key.Key)] });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var found = new Dictionary<IdempotencyKey, IResult>(ReferenceEqualityComparer.Instance);
        while (await reader.ReadAsync(cancellation))
        {
            var (caller, text, hash) = (reader.GetString(0), reader.GetString(1), reader.GetFieldValue<byte[]>(2));
            var answer = Reply.Stored(reader.GetInt32(3), Text(4), Text(5), reader.GetFieldValue<byte[]>(6));
            foreach (var key in keys.Where(key => key.Caller == caller && key.Key == text))
                found[key] = key.Hash.Span.SequenceEqual(hash) ? new Replayed(answer) : Problems.KeyReused();
        }

        return found;

        string? Text(int ordinal) => reader.IsDBNull(ordinal) ? null : reader.GetString(ordinal);
    }

    /// <summary>The key of a request that passed <see cref="IdempotencyMiddleware"/>, or null.</summary>
    internal static IdempotencyKey? Of(HttpContext http) => http.Features.Get<IdempotencyKey>();

    /// <summary>Waits until no other request has this key in hand.</summary>
    internal Task<Turn> TakeTurnAsync(NpgsqlDataSource sessions, CancellationToken cancellation) =>
        Turn.WaitAsync(sessions, Ids.LockKey($"ordertocash:idempotency-key:{Caller}:{Key}"), cancellation);

    /// <summary>Keeps the answer to work that is done; false when the key is another request's.</summary>
    internal async Task<bool> KeepAsync(NpgsqlDataSource database, Reply reply, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand($"{Insert} on conflict do nothing");
        Fill(command.Parameters, reply);
        return await command.ExecuteNonQueryAsync(cancellation) == 1;
    }

    private void Fill(NpgsqlParameterCollection parameters, Reply reply)
    {
        parameters.Add(new NpgsqlParameter<string> { TypedValue = Caller });
        parameters.Add(new NpgsqlParameter<string> { TypedValue = Key });
        parameters.Add(new NpgsqlParameter<ReadOnlyMemory<byte>> { TypedValue = Hash });
        parameters.Add(new NpgsqlParameter<int> { TypedValue = reply.Status });
        parameters.Add(new NpgsqlParameter<string?> { TypedValue = reply.Location });
        parameters.Add(new NpgsqlParameter<string?> { TypedValue = reply.ETag });
        parameters.Add(new NpgsqlParameter<ReadOnlyMemory<byte>> { TypedValue = reply.Body });
    }

    private sealed class Replayed(Reply reply) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.Headers["Idempotency-Replayed"] = "true";
            return reply.ExecuteAsync(httpContext);
        }
    }
}
