using Npgsql;
using OrderToCash.Collections.Contacts;
using OrderToCash.Collections.ReadModels;
using OrderToCash.EventSourcing;

namespace OrderToCash.Collections.Accounts;

/// <summary>
/// What is known of contacts with many customers, in one statement however many they are, for those who plan ahead. At
/// the moment of contact the stream itself is loaded (<see cref="CompanyProfile"/>).
/// </summary>
public sealed class ContactHistory(NpgsqlDataSource database, EventTypes types)
{
    /// <summary>
    /// All that was said, and the attempts that may still count. What did not take place counts for nothing. The day of
    /// an attempt, where the contact is, is at most one after that on which it was noted.
    /// </summary>
    private const string Events =
        """
        select e.stream_id, e.type, e.data from mt_events e
        where e.stream_id = any($1) and case e.type when 'contact_attempted' then e.timestamp > $2
            else e.type not in ('contact_suppressed', 'contact_rule_broken') end
        order by e.stream_id, e.version
        """;

    /// <summary>What is known of each of these customers and of those it was merged with.</summary>
    /// <param name="customers">The customers.</param>
    /// <param name="now">The moment: older attempts than may count then are left out.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public async Task<IReadOnlyDictionary<Guid, ContactProfile>> OfAsync(
        IReadOnlyList<ContactableCustomer> customers, DateTimeOffset now, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(customers);
        await using var command = database.CreateCommand(Events);
        command.Parameters.Add(new NpgsqlParameter<Guid[]>
        {
            TypedValue =
            [
                .. customers.SelectMany(customer => customer.Company).Distinct().Select(ContactProfileStream.Id),
            ],
        });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset>
        {
            TypedValue = now.AddDays(-ContactProfile.MemoryDays - 1),
        });
        var known = new Dictionary<Guid, ContactProfile>();
        foreach (var (stream, e) in await command.ReadAsync(
            row => (row.GetGuid(0), types.Read(row.GetString(1), row.GetFieldValue<byte[]>(2))), cancellation))
            known[stream] = ContactProfile.Evolve(known.GetValueOrDefault(stream, ContactProfile.Initial), e);
        return customers.ToDictionary(customer => customer.Id, customer => customer.Company
            .Where(id => id != customer.Id)
            .Aggregate(Of(customer.Id), (profile, other) => profile.With(Of(other))));

        ContactProfile Of(Guid id) => known.GetValueOrDefault(ContactProfileStream.Id(id), ContactProfile.Initial);
    }
}
