using Npgsql;
using OrderToCash.EventSourcing;

namespace OrderToCash.Invoicing.Statements.Sending;

/// <summary>A document of a statement, byte for byte as it was made.</summary>
/// <param name="Name">Which one.</param>
public sealed record StatementDocument(Guid StatementId, string Name, byte[] Bytes)
{
    /// <summary>What it says, as JSON.</summary>
    public const string Content = "content";

    /// <summary>As HTML.</summary>
    public const string Page = "page";

    /// <summary>The mail without its file, in plain.</summary>
    public const string Mail = "mail";

    /// <summary>The same, sealed with the key of the person it goes to.</summary>
    public const string SealedMail = "sealed-mail";

    /// <summary>As PDF; made when it is first needed.</summary>
    public const string Pdf = "pdf";
}

/// <summary>
/// Documents that were made and may be asked for again. They are no read model: nothing makes them a second time.
/// </summary>
public sealed class StatementDocuments(EventStore store)
{
    private const string Insert =
        "insert into statement_documents (statement_id, name, content) select * from unnest($1, $2, $3) " +
        "on conflict (statement_id, name) do nothing";

    /// <summary>Keeps documents; one that is there already stays as it is.</summary>
    public static NpgsqlBatchCommand Keep(IReadOnlyList<StatementDocument> documents) =>
        new SqlRows<StatementDocument>()
            .Column(document => document.StatementId)
            .Column(document => document.Name)
            .Column(document => document.Bytes)
            .Command(Insert, documents);

    /// <summary>Documents of a statement by name.</summary>
    public async Task<IReadOnlyDictionary<string, byte[]>> FindAsync(
        Guid statementId, CancellationToken cancellation)
    {
        await using var command = store.Database.CreateCommand(
            "select name, content from statement_documents where statement_id = $1");
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = statementId });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var found = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellation))
            found[reader.GetString(0)] = reader.GetFieldValue<byte[]>(1);
        return found;
    }

    /// <summary>Keeps a document unless there is one, and gives the one that is kept.</summary>
    public async Task<byte[]> KeepAsync(StatementDocument document, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(document);
        await using var batch = store.Database.CreateBatch();
        batch.BatchCommands.Add(Keep([document]));
        await batch.ExecuteNonQueryAsync(cancellation);
        return (await FindAsync(document.StatementId, cancellation))[document.Name];
    }
}
