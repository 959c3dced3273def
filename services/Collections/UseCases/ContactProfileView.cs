using OrderToCash.Collections.Accounts;
using OrderToCash.Collections.Activities;
using OrderToCash.Collections.Contacts;
using OrderToCash.Collections.Policies;

namespace OrderToCash.Collections.UseCases;

/// <summary>Whom one may contact now, and what contacts have said.</summary>
/// <param name="CustomerId">The customer.</param>
/// <param name="Contacts">Its contacts.</param>
/// <param name="Consents">What was said about channels.</param>
/// <param name="Attempts">Attempts in the last 60 days, the latest first.</param>
public sealed record ContactProfileView(
    Guid CustomerId, IReadOnlyList<ContactabilityView> Contacts, IReadOnlyList<ConsentView> Consents,
    IReadOnlyList<CountedAttempt> Attempts)
{
    internal static ContactProfileView Of(
        ContactableCustomer customer, ContactProfile profile, CollectionPolicyDefined policy, DateTimeOffset now)
    {
        var rules = policy.ContactIn(customer.Country);
        var ways = customer.Contacts.SelectMany(contact => new[]
        {
            (contact.Name, Channel: ContactChannel.Email, Address: contact.Email),
            (contact.Name, Channel: ContactChannel.Call, Address: contact.Phone),
            (contact.Name, Channel: ContactChannel.Sms, Address: contact.Phone),
            (contact.Name, Channel: ContactChannel.Whatsapp, Address: contact.Phone),
            (contact.Name, Channel: ContactChannel.Portal, Address: contact.Id?.ToString("D")),
        });
        return new ContactProfileView(
            customer.Id,
            [
                .. ways.Where(way => way.Address is not null).Select(way => ContactabilityView.Of(
                    way.Name, way.Channel, way.Address!, ContactDecider.Suppress(
                        profile, customer.Moment(way.Channel, way.Address, way.Name, rules, now)))),
            ],
            [
                .. profile.Consents.OrderBy(consent => consent.Key.Address, StringComparer.Ordinal).Select(consent =>
                    new ConsentView(
                        consent.Key.Address, consent.Key.Channel, consent.Value.Granted, consent.Value.On)),
            ],
            [.. profile.Attempts.Reverse()]);
    }
}

/// <summary>Whether a contact may be contacted now.</summary>
public sealed record ContactabilityView(
    string Name, ContactChannel Channel, string Address, bool Allowed, string? Rule, string? Detail,
    DateTimeOffset? Until)
{
    internal static ContactabilityView Of(string name, ContactChannel channel, string address, Suppression? no) =>
        new(name, channel, address, no is null, no?.Rule, no?.Detail, no?.Until);
}

/// <summary>What a contact said about a channel.</summary>
public sealed record ConsentView(string Address, ContactChannel Channel, bool Granted, DateOnly On);
