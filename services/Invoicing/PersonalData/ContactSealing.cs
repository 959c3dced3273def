using System.Security.Cryptography;
using System.Text.Json;
using OrderToCash.Invoicing.Customers;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.PersonalData;

/// <summary>The key of one person, for all that is ever stored of it.</summary>
public sealed record ContactKey(Guid ContactId, byte[] Key);

/// <summary>
/// Seals what is stored of a contact with AES-256-GCM: nonce, tag, then name, ways to reach it and wishes as JSON.
/// The person's identifier is authenticated with it, so what is sealed cannot be moved to another person.
/// </summary>
public static class ContactSealing
{
    private const int KeySize = 32;
    private const int NonceSize = 12;
    private const int TagSize = 16;

    private sealed record Data(
        string Name, string? Email, string? Phone, string? Language = null, ContactChannel? PreferredChannel = null,
        bool? Consent = null);

    /// <summary>A key for somebody new.</summary>
    public static ContactKey NewKey(Guid contactId) => new(contactId, RandomNumberGenerator.GetBytes(KeySize));

    /// <summary>
    /// The wished contacts, sealed: as they are stored already where they are the same; with the key of the person
    /// where the identifier or the name is known; else as somebody new, with the next fresh key. What a known person
    /// has said of how to be written to stays where the wish does not speak of it.
    /// </summary>
    /// <param name="present">Contacts as they are.</param>
    /// <param name="wished">Contacts as they shall be.</param>
    /// <param name="fresh">A key for each of them, should it be somebody new.</param>
    /// <returns>The sealed contacts, or which one names a person that is not there.</returns>
    public static (IReadOnlyList<Contact> Sealed, Refusal? Refusal) Seal(
        IReadOnlyList<Contact> present, IReadOnlyList<Contact> wished, IReadOnlyList<ContactKey> fresh)
    {
        ArgumentNullException.ThrowIfNull(present);
        ArgumentNullException.ThrowIfNull(wished);
        ArgumentNullException.ThrowIfNull(fresh);
        var rest = present.ToList();
        var contacts = new List<Contact>(wished.Count);
        foreach (var (asked, index) in wished.Select((wish, index) => (wish, index)))
        {
            var known = Find(rest, asked);
            var wish = known is null ? asked : asked with
            {
                Language = asked.Language ?? known.Language,
                PreferredChannel = asked.PreferredChannel ?? known.PreferredChannel,
                Consent = asked.Consent ?? known.Consent,
            };
            if ((wish.Id is not null && known is null) || (wish.Erased && known is not { Erased: true }))
            {
                return ([], CustomerRefusals.Invalid(
                    $"/contacts/{index}/id", "It names none of the customer's contacts. Leave it out for a new one."));
            }

            if (known is not null)
                rest.Remove(known);
            var stays = known is not null
                && (wish.Erased || (known.Seal is not null && known == wish with { Id = known.Id }));
            contacts.Add(stays ? known!
                : Seal(wish, known is { Seal.Key: { } key, Id: { } id } ? new(id, key) : fresh[index]));
        }

        return (contacts, null);
    }

    /// <summary>The contact as its key shows it.</summary>
    public static Contact Open(Contact contact, byte[] key)
    {
        ArgumentNullException.ThrowIfNull(contact);
        var plain = Decrypt(Convert.FromBase64String(contact.Seal!.Text), new ContactKey(contact.Id!.Value, key));
        var data = JsonSerializer.Deserialize<Data>(plain, Json.Stored)!;
        return contact with
        {
            Name = data.Name,
            Email = data.Email,
            Phone = data.Phone,
            Language = data.Language,
            PreferredChannel = data.PreferredChannel,
            Consent = data.Consent,
            Erased = false,
            Seal = contact.Seal with { Key = key },
        };
    }

    /// <summary>Anything about a person, encrypted with the key of that person: nonce, tag, text.</summary>
    public static byte[] Encrypt(ReadOnlySpan<byte> plain, ContactKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var bytes = new byte[NonceSize + TagSize + plain.Length];
        var nonce = bytes.AsSpan(0, NonceSize);
        RandomNumberGenerator.Fill(nonce);
        using var cipher = new AesGcm(key.Key, TagSize);
        cipher.Encrypt(
            nonce, plain, bytes.AsSpan(NonceSize + TagSize), bytes.AsSpan(NonceSize, TagSize),
            key.ContactId.ToByteArray());
        return bytes;
    }

    /// <summary>The same in plain again.</summary>
    public static byte[] Decrypt(ReadOnlySpan<byte> bytes, ContactKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var plain = new byte[bytes.Length - NonceSize - TagSize];
        using var cipher = new AesGcm(key.Key, TagSize);
        cipher.Decrypt(
            bytes[..NonceSize], bytes[(NonceSize + TagSize)..], bytes[NonceSize..(NonceSize + TagSize)], plain,
            key.ContactId.ToByteArray());
        return plain;
    }

    private static Contact? Find(List<Contact> present, Contact wish) => wish.Id is { } id
        ? present.Find(contact => contact.Id == id)
        : present.Find(contact => !contact.Erased && contact == wish with { Id = contact.Id })
            ?? present.Find(contact => !contact.Erased && contact.Name == wish.Name);

    private static Contact Seal(Contact contact, ContactKey key)
    {
        var plain = JsonSerializer.SerializeToUtf8Bytes(
            new Data(
                contact.Name, contact.Email, contact.Phone, contact.Language, contact.PreferredChannel,
                contact.Consent),
            Json.Stored);
        return contact with
        {
            Id = key.ContactId,
            Seal = new ContactSeal(Convert.ToBase64String(Encrypt(plain, key)), key.Key),
        };
    }
}
