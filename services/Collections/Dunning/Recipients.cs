using System.Net.Mail;
using OrderToCash.Collections.Contacts;
using OrderToCash.Contracts.Invoicing.V1;

namespace OrderToCash.Collections.Dunning;

/// <summary>Whom a notice is written to.</summary>
public static class Recipients
{
    private const string AccountsPayable = "accounts-payable";

    /// <summary>
    /// Where letters go, line by line: the name, the address, and the country where it is another one than the
    /// sender's. Null when street and city are not known.
    /// </summary>
    public static IReadOnlyList<string>? Post(string name, PostalAddress? address, string? country, string home)
    {
        if (address is not { Street: { } street, City: { } city })
            return null;
        string?[] place = [address.PostalCode, city, address.Region];
        string?[] lines =
        [
            name, street, address.Additional, string.Join(' ', place.Where(part => part is not null)),
            country == home ? null : country,
        ];
        return [.. lines.OfType<string>()];
    }

    /// <summary>
    /// Whom to write to: somebody whose address has not failed and who has not opted out. Where mail reaches nobody and
    /// letters go nowhere, whoever would be it otherwise; the rules of contact have the last word.
    /// </summary>
    /// <param name="contacts">The customer's contacts.</param>
    /// <param name="noMail">Addresses that mail does not reach or may not be sent to, in lower case.</param>
    /// <param name="post">Where letters go, or null.</param>
    public static Recipient? Choose(
        IReadOnlyList<Contact> contacts, IReadOnlyCollection<string> noMail, IReadOnlyList<string>? post) =>
        Choose([.. contacts.Where(contact => !noMail.Contains(ContactProfile.Key(contact.Email)!))])
        ?? (post is null ? Choose(contacts) : null);

    /// <summary>Accounts payable first, else the first contact that mail can reach; null when there is none.</summary>
    public static Recipient? Choose(IReadOnlyList<Contact> contacts) => contacts
        .Where(contact => IsAddress(contact.Email))
        .OrderByDescending(contact => contact.Role == AccountsPayable)
        .Select(contact => new Recipient(contact.Name, contact.Email!))
        .FirstOrDefault();

    private static bool IsAddress(string? email) =>
        MailAddress.TryCreate(email, out var address) && address.Address == email
        && address.Host.Contains('.', StringComparison.Ordinal);
}
