using Npgsql;
using OrderToCash.Collections.Activities;
using OrderToCash.Collections.Contacts;
using OrderToCash.Collections.Policies;
using OrderToCash.Collections.ReadModels;

namespace OrderToCash.Collections.Accounts;

/// <summary>
/// Whom nobody may call these days. It is for those who plan their work; at the moment of contact
/// <see cref="ContactDecider"/> decides.
/// </summary>
public sealed class CallBook(EventSourcing.EventStore store, ContactBook contacts)
{
    private const string Known = "select id from mt_streams where id = any($1)";

    /// <summary>Who of these customers must not be called, why and until when.</summary>
    public async Task<IReadOnlyDictionary<Guid, Suppression>> ReadAsync(
        IReadOnlyList<(Guid Id, CollectionPolicyDefined Policy)> customers, DateTimeOffset now,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(customers);
        Guid[] ids = [.. customers.Select(one => one.Id)];
        var policies = customers.ToDictionary(one => one.Id, one => one.Policy);
        var found = await contacts.FindAsync(ids, cancellation);
        var known = await KnownAsync(found.SelectMany(customer => customer.Company), cancellation);
        var forbidden = new Dictionary<Guid, Suppression>();
        foreach (var customer in found)
        {
            var profile = customer.Company.Any(id => known.Contains(ContactProfileStream.Id(id)))
                ? (await CompanyProfile.LoadAsync(store, customer, cancellation)).Profile
                : ContactProfile.Initial;
            if (NoCall(customer, profile, policies[customer.Id].ContactIn(customer.Country), now) is { } no)
                forbidden[customer.Id] = no;
        }

        return forbidden;
    }

    /// <summary>
    /// Why none of a customer's people may be called these days, by the rule that ends first; null where one may. Hours
    /// of the day pass and are not looked at.
    /// </summary>
    public static Suppression? NoCall(
        ContactableCustomer customer, ContactProfile profile, ContactRules rules, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(customer);
        ArgumentNullException.ThrowIfNull(rules);
        var anyHour = rules with { QuietHours = [] };
        var tries = customer.Contacts.Select(contact => contact.Phone).Where(phone => !string.IsNullOrWhiteSpace(phone))
            .DefaultIfEmpty(null)
            .Select(phone => ContactDecider.Suppress(
                profile, customer.Moment(ContactChannel.Call, phone, null, anyHour, now)))
            .ToList();
        return tries.Contains(null) ? null : tries.MinBy(no => no!.Until ?? DateTimeOffset.MaxValue);
    }

    /// <summary>Most customers were never contacted, and have no stream to load.</summary>
    private async Task<HashSet<Guid>> KnownAsync(IEnumerable<Guid> customers, CancellationToken cancellation)
    {
        await using var command = store.Database.CreateCommand(Known);
        command.Parameters.Add(new NpgsqlParameter<Guid[]>
        {
            TypedValue = [.. customers.Select(ContactProfileStream.Id)],
        });
        return [.. await command.ReadAsync(row => row.GetGuid(0), cancellation)];
    }
}
