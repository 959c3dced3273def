using System.Data;
using System.Security.Cryptography;
using Dapper;
using Npgsql;

namespace OrderToCash.CashApplication.Statements;

/// <summary>A file as it came.</summary>
/// <param name="ImportId">Under which it is kept.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Sha256">Of the bytes, lower-case hexadecimal.</param>
/// <param name="Head">Its beginning; all of it where <paramref name="IsKept"/> is false.</param>
/// <param name="IsKept">True where its parts are in the database already.</param>
public sealed record ReceivedFile(
    Guid ImportId, long Size, string Sha256, ReadOnlyMemory<byte> Head, bool IsKept);

/// <summary>
/// The files as they came, also the refused ones: what the bank sent can always be shown and read again. A file of one
/// part is kept in the transaction of its import; the parts of a larger one are kept as they come, so that none is held
/// whole.
/// </summary>
public static class StatementFiles
{
    /// <summary>Bytes of a part.</summary>
    public const int PartBytes = 256 * 1024;

    private const string Insert = "insert into statement_files (import_id, part, content, received_at) " +
        "values ($1, $2, $3, $4)";

    /// <summary>Takes in a file; the parts of a large one are kept on the way.</summary>
    public static async Task<ReceivedFile> ReceiveAsync(
        NpgsqlDataSource database, Guid importId, Stream body, DateTimeOffset now, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(database);
        ArgumentNullException.ThrowIfNull(body);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var head = new byte[PartBytes];
        var length = await FillAsync(body, head, cancellation);
        hash.AppendData(head, 0, length);
        if (length < PartBytes)
            return new ReceivedFile(importId, length, Hexadecimal(hash), head.AsMemory(0, length), IsKept: false);
        long size = length;
        var part = new byte[PartBytes];
        try
        {
            await KeepAsync(database, importId, 0, head, now, cancellation);
            for (var number = 1; length == PartBytes; number++)
            {
                length = await FillAsync(body, part, cancellation);
                if (length == 0)
                    break;
                hash.AppendData(part, 0, length);
                size += length;
                await KeepAsync(database, importId, number, part.AsMemory(0, length), now, cancellation);
            }
        }
        catch
        {
            await DropAsync(database, importId);
            throw;
        }

        return new ReceivedFile(importId, size, Hexadecimal(hash), head, IsKept: true);
    }

    /// <summary>Keeps a file of one part with the write it belongs to.</summary>
    public static NpgsqlBatchCommand Keep(ReceivedFile file, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(file);
        var command = new NpgsqlBatchCommand(Insert);
        AddParameters(command.Parameters, file.ImportId, 0, file.Head, now);
        return command;
    }

    /// <summary>The file's bytes, part by part; null when there are none.</summary>
    public static async Task<Stream?> OpenAsync(
        NpgsqlDataSource database, Guid importId, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(database);
        await using var command = database.CreateCommand(
            "select count(*)::int from statement_files where import_id = $1");
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = importId });
        var parts = (int)(await command.ExecuteScalarAsync(cancellation))!;
        return parts == 0 ? null : new PartStream(database, importId, parts);
    }

    /// <summary>The file's bytes while it is being imported.</summary>
    public static async Task<Stream> OpenAsync(
        NpgsqlDataSource database, ReceivedFile file, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(file);
        return file.IsKept
            ? (await OpenAsync(database, file.ImportId, cancellation))!
            : new MemoryStream(file.Head.ToArray(), writable: false);
    }

    /// <summary>Drops the parts of a file that came to nothing.</summary>
    public static async Task DropAsync(NpgsqlDataSource database, Guid importId)
    {
        ArgumentNullException.ThrowIfNull(database);
        await using var command = database.CreateCommand("delete from statement_files where import_id = $1");
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = importId });
        await command.ExecuteNonQueryAsync(CancellationToken.None);
    }

    /// <summary>Drops what came in before this moment and belongs to no import: its request broke off.</summary>
    public static async Task<int> SweepAsync(
        NpgsqlDataSource database, DateTimeOffset before, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(database);
        await using var command = database.CreateCommand(
            "delete from statement_files f where f.received_at < $1 " +
            "and not exists (select 1 from statement_imports i where i.id = f.import_id)");
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = before });
        return await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>
    /// The same file refused for the same reason before: it is kept once for each who sends it, however often. Nobody
    /// is shown where the copy of another is.
    /// </summary>
    public static async Task<Guid?> FindRefusedAsync(
        NpgsqlDataSource database, StatementFileRefused refused, string sender, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(database);
        ArgumentNullException.ThrowIfNull(refused);
        await using var command = database.CreateCommand(
            "select id from statement_imports where status in ('refused', 'waiting') and sha256 = $1 and detail = $2 " +
            "and received_by = $3 limit 1");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = refused.Sha256 });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = refused.Detail });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = sender });
        return (Guid?)await command.ExecuteScalarAsync(cancellation);
    }

    /// <summary>
    /// The same bytes that are kept without a word of their effects and are not imported: of this sender, and, where
    /// others' are to be found too, those that wait to be imported by themselves.
    /// </summary>
    public static async Task<IReadOnlyList<Guid>> FindToHoldAsync(
        NpgsqlDataSource database, string sha256, string sender, bool ofOthers, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(database);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return (await connection.QueryAsync<Guid>(new CommandDefinition(
            "select id from statement_imports where sha256 = @sha256 and effects is null and (received_by = @sender " +
            "and status = 'refused' or (received_by = @sender or @ofOthers) and status = 'waiting') order by id",
            new { sha256, sender, ofOthers }, cancellationToken: cancellation))).AsList();
    }

    /// <summary>True where the same bytes wait to be imported without their effects.</summary>
    public static async Task<bool> IsToBeHeldAsync(
        NpgsqlDataSource database, string sha256, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(database);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await connection.ExecuteScalarAsync<bool>(new CommandDefinition(
            "select exists (select 1 from statement_imports where sha256 = @sha256 and status = 'waiting' " +
            $"and effects = '{StatementEffects.Held}')",
            new { sha256 }, cancellationToken: cancellation));
    }

    private static string Hexadecimal(IncrementalHash hash) => Convert.ToHexStringLower(hash.GetHashAndReset());

    private static async Task KeepAsync(
        NpgsqlDataSource database, Guid importId, int part, ReadOnlyMemory<byte> content, DateTimeOffset now,
        CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(Insert);
        AddParameters(command.Parameters, importId, part, content, now);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private static void AddParameters(
        NpgsqlParameterCollection parameters, Guid importId, int part, ReadOnlyMemory<byte> content, DateTimeOffset now)
    {
        parameters.Add(new NpgsqlParameter<Guid> { TypedValue = importId });
        parameters.Add(new NpgsqlParameter<int> { TypedValue = part });
        parameters.Add(new NpgsqlParameter<ReadOnlyMemory<byte>> { TypedValue = content });
        parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = now });
    }

    private static async Task<int> FillAsync(Stream body, Memory<byte> part, CancellationToken cancellation) =>
        await body.ReadAtLeastAsync(part, part.Length, throwOnEndOfStream: false, cancellation);

    /// <summary>Reads the parts one after the other into one buffer; readers of files are synchronous.</summary>
    private sealed class PartStream(NpgsqlDataSource database, Guid importId, int parts) : Stream
    {
        private readonly byte[] _part = new byte[PartBytes];
        private int _number;
        private int _offset;
        private int _at;
        private int _length;
        private long _position;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => _position;
            set => throw new NotSupportedException();
        }

        public override int Read(Span<byte> buffer)
        {
            if (_at == _length && !Load())
                return 0;
            var read = Math.Min(buffer.Length, _length - _at);
            _part.AsSpan(_at, read).CopyTo(buffer);
            (_at, _position) = (_at + read, _position + read);
            return read;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        /// <summary>
        /// The next piece: of the present part where it is longer than the buffer, else of the next one.
        /// </summary>
        private bool Load()
        {
            for (; _number < parts; (_number, _offset) = (_number + 1, 0))
            {
                using var command = database.CreateCommand(
                    "select substring(content from $3 for $4) from statement_files where import_id = $1 and part = $2");
                command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = importId });
                command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = _number });
                command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = _offset + 1 });
                command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = _part.Length });
                using var reader = command.ExecuteReader(CommandBehavior.SequentialAccess);
                if (!reader.Read())
                    throw new InvalidDataException($"Part {_number} of file {importId} is missing.");
                (_at, _length) = (0, (int)reader.GetBytes(0, 0, _part, 0, _part.Length));
                _offset += _length;
                if (_length > 0)
                    return true;
            }

            return false;
        }
    }
}
