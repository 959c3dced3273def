using OrderToCash.Collections.Activities;
using OrderToCash.Collections.Contacts;
using OrderToCash.Collections.Policies;

namespace OrderToCash.Collections.Accounts;

/// <summary>
/// Whom nobody may call these days. It is for those who plan their work; at the moment of contact
/// <see cref="ContactDecider"/> decides.
/// </summary>
public sealed class CallBook(ContactHistory history, ContactBook contacts)
{
    /// <summary>Of so many invoices of a customer it is looked at whether a call about one may be made.</summary>
    private const int MostInvoices = 200;

    /// <summary>
    /// Who of these customers must not be called about any of these invoices, why and until when.
    /// </summary>
    public async Task<IReadOnlyDictionary<Guid, Suppression>> ReadAsync(
        IReadOnlyList<(Guid Id, CollectionPolicyDefined Policy, IReadOnlyList<Guid> Invoices)> customers,
        DateTimeOffset now, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(customers);
        Guid[] ids = [.. customers.Select(one => one.Id)];
        var asked = customers.ToDictionary(one => one.Id);
        var found = await contacts.FindAsync(ids, cancellation);
        var profiles = await history.OfAsync(found, now, cancellation);
        var forbidden = new Dictionary<Guid, Suppression>();
        foreach (var customer in found)
        {
            var (_, policy, invoices) = asked[customer.Id];
            if (NoCall(customer, profiles[customer.Id], policy.ContactIn(customer.Country), now, invoices) is { } no)
                forbidden[customer.Id] = no;
        }

        return forbidden;
    }

    /// <summary>
    /// Why none of a customer's people may be called these days, by the rule that ends first; null where one may, be it
    /// about one of the invoices only. Hours of the day pass and are not looked at.
    /// </summary>
    public static Suppression? NoCall(
        ContactableCustomer customer, ContactProfile profile, ContactRules rules, DateTimeOffset now,
        IReadOnlyList<Guid> invoices)
    {
        ArgumentNullException.ThrowIfNull(invoices);
        ArgumentNullException.ThrowIfNull(customer);
        ArgumentNullException.ThrowIfNull(rules);
        var anyHour = rules with { QuietHours = [] };
        var tries = customer.Contacts.Select(contact => contact.Phone).Where(phone => !string.IsNullOrWhiteSpace(phone))
            .DefaultIfEmpty(null)
            .Select(phone => NoCall(
                profile, customer.Moment(ContactChannel.Call, phone, null, anyHour, now), invoices))
            .ToList();
        return tries.Contains(null) ? null : Soonest(tries);
    }

    private static Suppression? NoCall(ContactProfile profile, ContactMoment moment, IReadOnlyList<Guid> invoices)
    {
        var about = ContactDecider.Suppress(profile, moment);
        if (about?.Rule != ContactRule.Cap || moment.Rules.Caps.All(cap => cap.Per != CapScope.Invoice))
            return about;
        var tries = invoices.Take(MostInvoices)
            .Select(invoice => ContactDecider.Suppress(profile, moment with { InvoiceIds = [invoice] }))
            .ToList();
        return tries.Contains(null) ? null : Soonest(tries) ?? about;
    }

    private static Suppression? Soonest(IEnumerable<Suppression?> tries) =>
        tries.MinBy(no => no!.Until ?? DateTimeOffset.MaxValue);
}
