using System.Collections.Immutable;
using OrderToCash.Collections.Activities;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Contacts;

/// <summary>An attempt as the caps count it.</summary>
public sealed record CountedAttempt(
    ContactChannel Channel, string? Address, DateOnly LocalDate, bool Conversation, bool Consented, Guid? ActivityId,
    IReadOnlyList<Guid>? InvoiceIds = null, bool IsCopy = false)
{
    /// <summary>True where it counts for an invoice: it was about that, or about all that is owed.</summary>
    public bool IsAbout(Guid invoiceId) => InvoiceIds?.Contains(invoiceId) != false;
}

/// <summary>What a contact said about a channel.</summary>
/// <param name="Granted">Yes or no.</param>
/// <param name="On">The day it became known.</param>
/// <param name="ByInvoicing">Invoicing has told it.</param>
public sealed record Consent(bool Granted, DateOnly On, bool ByInvoicing = false);

/// <summary>
/// Who at a customer was contacted when, and what they said about it. One stream per customer, whoever makes contact:
/// so of two that want the last attempt a cap allows, one gets it.
/// </summary>
public sealed record ContactProfile
{
    /// <summary>Older attempts matter to no cap (<see cref="Policies.ContactCap.Days"/> is 60 at most).</summary>
    internal const int MemoryDays = 61;

    /// <summary>What stands in a telephone number; any other sign makes it none.</summary>
    private const string NumberSigns = "0123456789+-./() \u00A0";

    public static readonly ContactProfile Initial = new();

    /// <summary>Those that may still count, oldest first.</summary>
    public ImmutableList<CountedAttempt> Attempts { get; init; } = [];

    /// <summary>By address and channel.</summary>
    public ImmutableDictionary<(string Address, ContactChannel Channel), Consent> Consents { get; init; } =
        ImmutableDictionary<(string, ContactChannel), Consent>.Empty;

    /// <summary>
    /// Addresses that nothing reaches over a channel: a number without WhatsApp may have text messages.
    /// </summary>
    public ImmutableHashSet<(string Address, ContactChannel Channel)> Failed { get; init; } = [];

    /// <summary>Addresses of those who, as Invoicing told last, do not agree to be written to.</summary>
    public ImmutableHashSet<string> Refused { get; init; } = [];

    public static ContactProfile Evolve(ContactProfile profile, object e) => e switch
    {
        ContactAttempted attempt => profile with
        {
            Attempts = profile.Attempts
                .RemoveAll(known => known.LocalDate < attempt.LocalDate.AddDays(-MemoryDays)
                    || (attempt.ActivityId is { } id && known.ActivityId == id))
                .Add(new CountedAttempt(
                    attempt.Point.Channel, Key(attempt.Point.Address), attempt.LocalDate, attempt.Conversation,
                    attempt.Consented, attempt.ActivityId, attempt.InvoiceIds, attempt.IsCopy)),
        },
        ConsentStated stated when stated.Point.Address is { } address => profile with
        {
            Consents = profile.Consents.SetItem(
                (Key(address)!, stated.Point.Channel), new Consent(stated.Granted, stated.On, stated.ByInvoicing)),
            Refused = stated switch
            {
                { ByInvoicing: false } => profile.Refused,
                { Granted: true } => profile.Refused.Remove(Key(address)!),
                _ => profile.Refused.Add(Key(address)!),
            },
        },
        AddressFailed failed when failed.Point.Address is { } address => profile with
        {
            Failed = profile.Failed.Add((Key(address)!, failed.Point.Channel)),
        },
        AddressRestored restored when restored.Point.Address is { } address => profile with
        {
            Failed = profile.Failed.Remove((Key(address)!, restored.Point.Channel)),
        },
        _ => profile,
    };

    /// <summary>
    /// With what is known of another customer of the same company; of two words about one address the newer counts, of
    /// two of one day the no. An attempt that was allowed at one and logged with the other counts once.
    /// </summary>
    public ContactProfile With(ContactProfile other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return this with
        {
            Attempts =
            [
                .. Attempts.Concat(other.Attempts).OrderByDescending(attempt => attempt.Conversation)
                    .DistinctBy(attempt => attempt.ActivityId is { } id ? id : new object())
                    .OrderBy(attempt => attempt.LocalDate),
            ],
            Consents = other.Consents.Aggregate(Consents, (all, said) =>
                all.TryGetValue(said.Key, out var own)
                && (own.On > said.Value.On || (own.On == said.Value.On && !own.Granted))
                    ? all
                    : all.SetItem(said.Key, said.Value)),
        };
    }

    /// <summary>
    /// What addresses are compared by: mail without regard to capitals, telephone numbers by their digits, with what is
    /// written before and between them made one (<c>+44 (0)20 5550-0100</c> is <c>00442055500100</c>).
    /// </summary>
    public static string? Key(string? address)
    {
        var text = address?.Trim().ToLowerInvariant();
        if (text is null || !text.Any(char.IsAsciiDigit) || text.Any(sign => !NumberSigns.Contains(sign)))
            return text;
        var digits = string.Concat(text.Replace("(0)", "", StringComparison.Ordinal).Where(char.IsAsciiDigit));
        return text[0] == '+' ? $"+{digits}"
            : digits.StartsWith("00", StringComparison.Ordinal) ? $"+{digits[2..]}"
            : digits;
    }

    /// <summary>True for an attempt that was allowed at this customer, as long as it may still count.</summary>
    public bool Knows(Guid attemptId) => Attempts.Exists(attempt => attempt.ActivityId == attemptId);

    /// <summary>
    /// True when what was sent to this address over the channel did not arrive, and nobody has said since that it is
    /// good.
    /// </summary>
    public bool HasFailed(string? address, ContactChannel channel) =>
        Key(address) is { } key && Failed.Contains((key, channel));

    /// <summary>What a contact said about a channel last; null when it said nothing.</summary>
    public Consent? ConsentOf(string? address, ContactChannel channel) =>
        Key(address) is { } key && Consents.TryGetValue((key, channel), out var consent) ? consent : null;

    /// <summary>
    /// What Invoicing says of an address and is not noted yet: a no, or the yes that takes its own no back. Else null:
    /// whoever has said no here is not overruled by anything that Invoicing says.
    /// </summary>
    public bool? NewsOf(string? address, bool? agrees) =>
        Key(address) is { } key && agrees is { } yes && yes == Refused.Contains(key)
        && ConsentOf(address, ContactChannel.Email) is not { Granted: false, ByInvoicing: false }
            ? yes
            : null;
}

public static class ContactProfileStream
{
    public static readonly StreamType<ContactProfile> Type =
        new("contact_profile", ContactProfile.Initial, ContactProfile.Evolve);

    public static Guid Id(Guid customerId) => Ids.From("contact-profile", customerId.ToString("D"));
}
