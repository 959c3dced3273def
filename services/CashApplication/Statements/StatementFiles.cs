using Npgsql;

namespace OrderToCash.CashApplication.Statements;

/// <summary>The files as they came, also the refused ones: what the bank sent can always be shown.</summary>
public static class StatementFiles
{
    /// <summary>Keeps the bytes of an import.</summary>
    public static NpgsqlBatchCommand Keep(Guid importId, byte[] content)
    {
        var command = new NpgsqlBatchCommand("insert into statement_files (import_id, content) values ($1, $2)");
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = importId });
        command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = content });
        return command;
    }

    /// <summary>The bytes of an import, or null.</summary>
    public static async Task<byte[]?> ReadAsync(NpgsqlDataSource database, Guid importId,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(database);
        await using var command = database.CreateCommand("select content from statement_files where import_id = $1");
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = importId });
        return (byte[]?)await command.ExecuteScalarAsync(cancellation);
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
            "select id from statement_imports where status = 'refused' and sha256 = $1 and detail = $2 " +
            "and received_by = $3 limit 1");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = refused.Sha256 });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = refused.Detail });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = sender });
        return (Guid?)await command.ExecuteScalarAsync(cancellation);
    }

    /// <summary>True for what begins like XML, whatever its encoding; its reader judges the rest.</summary>
    public static bool IsXml(ReadOnlySpan<byte> content)
    {
        // A byte order mark, the zero bytes of UTF-16 and white space may stand before the first tag.
        ReadOnlySpan<byte> before = [0xEF, 0xBB, 0xBF, 0xFE, 0xFF, 0x00, (byte)' ', (byte)'\t', (byte)'\r', (byte)'\n'];
        var start = content.IndexOfAnyExcept(before);
        return start >= 0 && content[start] == (byte)'<';
    }
}
