using System.Net.Mail;
using OrderToCash.Collections.Contacts;
using OrderToCash.Collections.Notices.Letters;
using OrderToCash.Collections.Playbooks;
using OrderToCash.Contracts.Invoicing.V1;

namespace OrderToCash.Collections.Dunning;

/// <summary>Whom a notice is written to.</summary>
public static class Recipients
{
    private const string AccountsPayable = "accounts-payable";
    private const string ByPhone = "phone";
    private const string ByPost = "post";

    /// <summary>A notice leaves while others who write about its customer wait: so many copies at most.</summary>
    private const int MostCopies = 10;

    /// <summary>
    /// Where letters go, line by line: the name, the address, and the country where it is another one than the
    /// sender's. Null when street and city are not known.
    /// </summary>
    public static IReadOnlyList<string>? Post(string name, PostalAddress? address, string? country, string home)
    {
        if (address is not { Street: { } street, City: { } city })
            return null;
        string?[] lines =
        [
            name, street, address.Additional,
            PostalPlace.Line(country ?? home, address.PostalCode, city, address.Region),
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
        Best(contacts.Where(contact => !noMail.Contains(ContactProfile.Key(contact.Email)!)), post is not null)
        ?? (post is null ? Choose(contacts) : null);

    /// <summary>The contacts whom mail reaches and who have not opted out of it.</summary>
    /// <param name="contacts">The customer's contacts.</param>
    /// <param name="noMail">Addresses that mail does not reach or may not be sent to, in lower case.</param>
    public static IReadOnlyList<Contact> Reached(
        IReadOnlyList<Contact> contacts, IReadOnlyCollection<string> noMail) =>
    [
        .. contacts.Where(contact => IsAddress(contact.Email) && contact.Consent != false
            && !noMail.Contains(ContactProfile.Key(contact.Email)!)),
    ];

    /// <summary>
    /// Who gets a copy of a mail: contacts of the roles that its step names, but for its reader, and each address once.
    /// </summary>
    public static IReadOnlyList<Recipient> Copies(PlaybookStep step, CustomerFacts customer)
    {
        ArgumentNullException.ThrowIfNull(step);
        ArgumentNullException.ThrowIfNull(customer);
        if (step.CopyTo is not { } roles || customer.Recipient?.Email is not { } reader)
            return [];
        return
        [
            .. (customer.Reached ?? [])
                .Where(contact => roles.Contains(contact.Role)
                    && ContactProfile.Key(contact.Email) != ContactProfile.Key(reader))
                .DistinctBy(contact => ContactProfile.Key(contact.Email))
                .Take(MostCopies)
                .Select(contact => new Recipient(contact.Name, contact.Email, contact.Language)),
        ];
    }

    /// <summary>Accounts payable first, else the first contact that mail can reach; null when there is none.</summary>
    public static Recipient? Choose(IReadOnlyList<Contact> contacts) => Best(contacts, canPost: false);

    /// <summary>Of the same role, whoever would rather be called comes last.</summary>
    private static Recipient? Best(IEnumerable<Contact> contacts, bool canPost) => contacts
        .Where(contact => IsAddress(contact.Email) || (canPost && WantsPost(contact) && contact.Consent != false))
        .OrderByDescending(contact => contact.Role == AccountsPayable)
        .ThenBy(contact => contact.PreferredChannel == ByPhone)
        .Select(contact => new Recipient(
            contact.Name, IsAddress(contact.Email) ? contact.Email : null, contact.Language,
            canPost && WantsPost(contact)))
        .FirstOrDefault();

    private static bool WantsPost(Contact contact) => contact.PreferredChannel == ByPost;

    private static bool IsAddress(string? email) =>
        MailAddress.TryCreate(email, out var address) && address.Address == email
        && address.Host.Contains('.', StringComparison.Ordinal);
}
