using System.Collections.Immutable;
using OrderToCash.Collections.Activities;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Contacts;

/// <summary>An attempt as the caps count it.</summary>
public sealed record CountedAttempt(
    ContactChannel Channel, string? Address, DateOnly LocalDate, bool Conversation, bool Consented, Guid? ActivityId);

/// <summary>What a contact said about a channel.</summary>
public sealed record Consent(bool Granted, DateOnly On);

/// <summary>
/// Who at a customer was contacted when, and what they said about it. One stream per customer, whoever makes contact:
/// so of two that want the last attempt a cap allows, one gets it.
/// </summary>
public sealed record ContactProfile
{
    /// <summary>Older attempts matter to no cap (<see cref="Policies.ContactCap.Days"/> is 60 at most).</summary>
    private const int MemoryDays = 61;

    public static readonly ContactProfile Initial = new();

    /// <summary>Those that may still count, oldest first.</summary>
    public ImmutableList<CountedAttempt> Attempts { get; init; } = [];

    /// <summary>By address and channel.</summary>
    public ImmutableDictionary<(string Address, ContactChannel Channel), Consent> Consents { get; init; } =
        ImmutableDictionary<(string, ContactChannel), Consent>.Empty;

    /// <summary>Addresses that mail does not reach.</summary>
    public ImmutableHashSet<string> Failed { get; init; } = [];

    public static ContactProfile Evolve(ContactProfile profile, object e) => e switch
    {
        ContactAttempted attempt => profile with
        {
            Attempts = profile.Attempts
                .RemoveAll(known => known.LocalDate < attempt.LocalDate.AddDays(-MemoryDays)
                    || (attempt.ActivityId is { } id && known.ActivityId == id))
                .Add(new CountedAttempt(
                    attempt.Point.Channel, Key(attempt.Point.Address), attempt.LocalDate, attempt.Conversation,
                    attempt.Consented, attempt.ActivityId)),
        },
        ConsentStated stated when stated.Point.Address is { } address => profile with
        {
            Consents = profile.Consents.SetItem(
                (Key(address)!, stated.Point.Channel), new Consent(stated.Granted, stated.On)),
        },
        AddressFailed failed when failed.Point.Address is { } address => profile with
        {
            Failed = profile.Failed.Add(Key(address)!),
        },
        AddressRestored restored when restored.Point.Address is { } address => profile with
        {
            Failed = profile.Failed.Remove(Key(address)!),
        },
        _ => profile,
    };

    /// <summary>Addresses differ in more than capital letters.</summary>
    public static string? Key(string? address) => address?.Trim().ToLowerInvariant();

    /// <summary>True for an attempt that was allowed at this customer, as long as it may still count.</summary>
    public bool Knows(Guid attemptId) => Attempts.Exists(attempt => attempt.ActivityId == attemptId);

    /// <summary>True when mail to this address came back and nobody has said since that it is good.</summary>
    public bool HasFailed(string? address) => Key(address) is { } key && Failed.Contains(key);

    /// <summary>What a contact said about a channel last; null when it said nothing.</summary>
    public Consent? ConsentOf(string? address, ContactChannel channel) =>
        Key(address) is { } key && Consents.TryGetValue((key, channel), out var consent) ? consent : null;
}

public static class ContactProfileStream
{
    public static readonly StreamType<ContactProfile> Type =
        new("contact_profile", ContactProfile.Initial, ContactProfile.Evolve);

    public static Guid Id(Guid customerId) => Ids.From("contact-profile", customerId.ToString("D"));
}
