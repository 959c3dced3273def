using System.Text.RegularExpressions;
using OrderToCash.Collections.Contacts;
using OrderToCash.Collections.Playbooks;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Contracts.Invoicing.V1;

namespace OrderToCash.Collections.Dunning;

/// <summary>Whom a message goes to.</summary>
/// <param name="Name">How to address them.</param>
/// <param name="Address">E.164 number, or in a portal the contact's identifier.</param>
/// <param name="Language">The language they are written to in; null for the customer's.</param>
public sealed record MessageReader(string Name, string Address, string? Language = null);

/// <summary>Whom messages go to, by channel.</summary>
public static partial class MessageReaders
{
    private const string AccountsPayable = "accounts-payable";

    /// <summary>
    /// Of each channel the first contact with an address whom messages reach and who has not opted out, accounts
    /// payable first. Where there is none, whoever would be it otherwise: the rules of contact have the last word, and
    /// say why nothing went out. A number that is not in the international form is none that a message can go to.
    /// </summary>
    /// <param name="contacts">The customer's contacts.</param>
    /// <param name="none">Channels and addresses, with a blank between, that messages do not reach or may not be sent
    /// to.</param>
    public static IReadOnlyDictionary<NoticeChannel, MessageReader> Of(
        IReadOnlyList<Contact> contacts, IReadOnlyCollection<string> none)
    {
        var readers = new Dictionary<NoticeChannel, MessageReader>();
        foreach (var channel in NoticeChannels.OfMessages)
        {
            var known = contacts
                .Where(contact => AddressOf(contact, channel) is not null)
                .OrderByDescending(contact => contact.Role == AccountsPayable)
                .ToList();
            var reader = known.Find(contact => contact.Consent != false
                && !none.Contains($"{Kebab.Of(channel)} {ContactProfile.Key(AddressOf(contact, channel))}"));
            if ((reader ?? known.FirstOrDefault()) is { } contact)
                readers[channel] = new MessageReader(contact.Name, AddressOf(contact, channel)!, contact.Language);
        }

        return readers;
    }

    private static string? AddressOf(Contact contact, NoticeChannel channel) =>
        channel == NoticeChannel.Portal ? contact.Id?.ToString("D")
        : ContactProfile.Key(contact.Phone) is { } number && International().IsMatch(number) ? number
        : null;

    /// <summary>E.164: a plus and up to 15 digits, the first of them of the country.</summary>
    [GeneratedRegex(@"^\+[1-9][0-9]{6,14}\z", RegexOptions.None, 1000)]
    private static partial Regex International();
}
