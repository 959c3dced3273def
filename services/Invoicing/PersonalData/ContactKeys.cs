using Dapper;
using Npgsql;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Customers;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.PersonalData;

/// <summary>
/// The keys of persons, in a table of their own that no backup of the log needs to hold. Who is to be forgotten loses
/// the key; then nothing that was ever stored of that person can be read, whatever copy it is in.
/// </summary>
public sealed class ContactKeys(NpgsqlDataSource database, TimeProvider clock)
{
    private const string Insert =
        "insert into contact_keys (contact_id, customer_id, key, created_at) select * from unnest($1, $2, $3, $4)";

    private const string Delete = "delete from contact_keys where contact_id = $1";

    /// <summary>Keys for so many persons, should they be new.</summary>
    public IReadOnlyList<ContactKey> Fresh(int count) =>
        [.. Enumerable.Range(0, count).Select(_ => ContactSealing.NewKey(Ids.Next(clock)))];

    /// <summary>Adds to the write the keys of those persons who are new with it.</summary>
    public void Keep(
        WriteBatch batch, Guid customerId, IReadOnlyList<Contact> contacts, IReadOnlyList<ContactKey> fresh)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var kept = fresh.Where(key => contacts.Any(contact => contact.Id == key.ContactId)).ToList();
        if (kept.Count == 0)
            return;
        batch.Row(new SqlRows<ContactKey>()
            .Column(key => key.ContactId)
            .Column(_ => customerId)
            .Column(key => key.Key)
            .Column(_ => clock.GetUtcNow())
            .Command(Insert, kept));
    }

    /// <summary>Adds to the write that the key of a person is destroyed.</summary>
    public static void Destroy(WriteBatch batch, Guid contactId)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var command = new NpgsqlBatchCommand(Delete);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = contactId });
        batch.Row(command);
    }

    /// <summary>The key of a person, or null where it is destroyed.</summary>
    public async Task<ContactKey?> FindAsync(Guid contactId, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand("select key from contact_keys where contact_id = $1");
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = contactId });
        return await command.ExecuteScalarAsync(cancellation) is byte[] key ? new ContactKey(contactId, key) : null;
    }

    /// <summary>
    /// Opens what is sealed in lists that were just read and that nobody else has yet; what has no key stays erased.
    /// </summary>
    public static async Task OpenAsync(
        IReadOnlyList<IReadOnlyList<Contact>> lists, NpgsqlConnection connection, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(lists);
        var ids = lists.SelectMany(list => list).Where(contact => contact.Seal is { Key: null })
            .Select(contact => contact.Id!.Value).Distinct().ToArray();
        if (ids.Length == 0)
            return;
        var keys = (await connection.QueryAsync<(Guid Id, byte[] Key)>(new CommandDefinition(
            "select contact_id, key from contact_keys where contact_id = any(@ids)", new { ids },
            cancellationToken: cancellation)))
            .ToDictionary(key => key.Id, key => key.Key);
        foreach (var list in lists.OfType<Contact[]>())
        {
            for (var index = 0; index < list.Length; index++)
            {
                if (list[index] is { Seal.Key: null, Id: { } id } contact && keys.TryGetValue(id, out var key))
                    list[index] = ContactSealing.Open(contact, key);
            }
        }
    }
}
