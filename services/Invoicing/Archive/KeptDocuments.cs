using Npgsql;
using OrderToCash.EventSourcing;

namespace OrderToCash.Invoicing.Archive;

/// <summary>A document byte for byte as it was made.</summary>
/// <param name="OwnerId">What it is a document of.</param>
/// <param name="Name">Which one.</param>
public sealed record KeptDocument(Guid OwnerId, string Name, byte[] Bytes);

/// <summary>
/// Documents that were made and may be asked for again. They are no read model: nothing makes them a second time.
/// </summary>
/// <param name="store">Whose database they are in.</param>
/// <param name="insert">
/// SQL that keeps arrays of owners ($1), names ($2) and contents ($3), and leaves what is there as it is.
/// </param>
/// <param name="select">
/// SQL for names and contents of an owner's ($1) documents: the one of a name ($2), or all where that is null.
/// </param>
public abstract class KeptDocuments(EventStore store, string insert, string select)
{
    /// <summary>Documents of an owner by name.</summary>
    public Task<IReadOnlyDictionary<string, byte[]>> FindAsync(Guid ownerId, CancellationToken cancellation) =>
        ReadAsync(ownerId, null, cancellation);

    /// <summary>One document of an owner; null where there is none of that name.</summary>
    public async Task<byte[]?> FindAsync(Guid ownerId, string name, CancellationToken cancellation) =>
        (await ReadAsync(ownerId, name, cancellation)).GetValueOrDefault(name);

    /// <summary>Keeps documents, all by one statement; one that is there already stays as it is.</summary>
    public async Task KeepAsync(IReadOnlyList<KeptDocument> documents, CancellationToken cancellation)
    {
        await using var batch = store.Database.CreateBatch();
        batch.BatchCommands.Add(Command(insert, documents));
        await batch.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>Keeps a document unless there is one, and gives the one that is kept.</summary>
    public async Task<byte[]> KeepAsync(KeptDocument document, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(document);
        await KeepAsync([document], cancellation);
        return (await ReadAsync(document.OwnerId, document.Name, cancellation))[document.Name];
    }

    /// <summary>The document that is kept; where there is none, it is made and kept.</summary>
    protected async Task<byte[]> FindOrMakeAsync(
        Guid ownerId, string name, Func<Task<byte[]>> make, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(make);
        return await FindAsync(ownerId, name, cancellation)
            ?? await KeepAsync(new KeptDocument(ownerId, name, await make()), cancellation);
    }

    /// <summary>Keeps documents in a write; one that is there already stays as it is.</summary>
    protected static NpgsqlBatchCommand Command(string insert, IReadOnlyList<KeptDocument> documents) =>
        new SqlRows<KeptDocument>()
            .Column(document => document.OwnerId)
            .Column(document => document.Name)
            .Column(document => document.Bytes)
            .Command(insert, documents);

    private async Task<IReadOnlyDictionary<string, byte[]>> ReadAsync(
        Guid ownerId, string? name, CancellationToken cancellation)
    {
        await using var command = store.Database.CreateCommand(select);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = ownerId });
        command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = name });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var found = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellation))
            found[reader.GetString(0)] = reader.GetFieldValue<byte[]>(1);
        return found;
    }
}
