using System.Text.Json;
using Npgsql;
using OrderToCash.Documents;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Archive;
using OrderToCash.Invoicing.Customers;
using OrderToCash.Invoicing.PersonalData;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Statements.Sending;

/// <summary>
/// Mails as they are kept: sealed with the key of the person they go to, so that nothing of them can be read or sent
/// once that person is erased. A contact that was stored before there were keys has its mails in plain; these are
/// removed when somebody of that customer is erased, but for those to other contacts of it.
/// </summary>
public sealed class KeptMail(ContactKeys keys)
{
    /// <param name="ContactId">Whose key opens it.</param>
    /// <param name="Bytes">The mail as JSON, encrypted.</param>
    private sealed record Sealed(Guid ContactId, byte[] Bytes);

    /// <summary>The mail to a contact as it is kept.</summary>
    public static KeptDocument Keep(Guid statementId, OutgoingMail mail, Contact contact)
    {
        ArgumentNullException.ThrowIfNull(contact);
        var plain = JsonSerializer.SerializeToUtf8Bytes(mail, Json.Stored);
        return contact is { Id: { } id, Seal.Key: { } key }
            ? new KeptDocument(statementId, StatementDocument.SealedMail, JsonSerializer.SerializeToUtf8Bytes(
                new Sealed(id, ContactSealing.Encrypt(plain, new ContactKey(id, key))), Json.Stored))
            : new KeptDocument(statementId, StatementDocument.Mail, plain);
    }

    /// <summary>Whether there is a mail, which may be one that nobody can open any more.</summary>
    public static bool IsKept(IReadOnlyDictionary<string, byte[]> kept)
    {
        ArgumentNullException.ThrowIfNull(kept);
        return kept.ContainsKey(StatementDocument.Mail) || kept.ContainsKey(StatementDocument.SealedMail);
    }

    /// <summary>A kept mail and its bytes in plain, or null where the data of its recipient are erased.</summary>
    public async Task<(OutgoingMail Mail, byte[] Bytes)?> OpenAsync(
        IReadOnlyDictionary<string, byte[]> kept, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(kept);
        var plain = kept.GetValueOrDefault(StatementDocument.Mail);
        if (kept.TryGetValue(StatementDocument.SealedMail, out var document))
        {
            var mail = JsonSerializer.Deserialize<Sealed>(document, Json.Stored)!;
            plain = await keys.FindAsync(mail.ContactId, cancellation) is { } key
                ? ContactSealing.Decrypt(mail.Bytes, key)
                : null;
        }

        return plain is null ? null : (JsonSerializer.Deserialize<OutgoingMail>(plain, Json.Stored)!, plain);
    }

    /// <summary>
    /// Adds to the write that the mails of a customer that are kept in plain are removed, but for those to contacts it
    /// has by now, by name and address.
    /// </summary>
    public static void RemovePlain(WriteBatch batch, Guid customerId, IReadOnlyList<Contact> contacts)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(contacts);
        var others = contacts.Where(contact => contact is { Erased: false, Email: not null }).ToList();
        var command = new NpgsqlBatchCommand(
            "delete from statement_documents d using statements s " +
            "where s.customer_id = $1 and d.statement_id = s.statement_id and d.name = 'mail' " +
            "and not exists (select 1 from unnest($2, $3) o (name, address) where " +
            "o.name = convert_from(d.content, 'UTF8')::jsonb->>'ToName' " +
            "and o.address = convert_from(d.content, 'UTF8')::jsonb->>'To')");
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = customerId });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. others.Select(one => one.Name)] });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. others.Select(one => one.Email!)] });
        batch.Row(command);
    }
}
