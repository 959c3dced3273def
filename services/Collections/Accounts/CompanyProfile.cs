using Npgsql;
using OrderToCash.Collections.Contacts;
using OrderToCash.Collections.ReadModels;

namespace OrderToCash.Collections.Accounts;

/// <summary>
/// What is known of contacts with a customer and with those it was merged with: caps and silence hold for the company,
/// and a no to one is a no to all. Contacts are noted in the stream of the surviving customer, so that of two that want
/// the last attempt one gets it.
/// </summary>
/// <param name="Profile">Of all of them; addresses that failed are the customer's own.</param>
/// <param name="Stream">Where a contact is noted.</param>
/// <param name="Version">The version of that stream.</param>
internal sealed record CompanyProfile(ContactProfile Profile, Guid Stream, long Version)
{
    private const string Changed =
        $"""
        select case when exists (
            select 1 from unnest($1, $2) as k (id, version) left join mt_streams s on s.id = k.id
            where coalesce(s.version, 0) <> k.version)
        or exists (
            select 1 from (select {ContactBook.Company} as company, {CompanyHolds.Kinds} as holds
                from (select $3::uuid as id) c) now
            where not (now.company @> $4 and now.company <@ $4 and now.holds @> $5 and now.holds <@ $5))
        then otc_version_conflict() else 0 end
        """;

    /// <summary>The streams of the others, and their versions.</summary>
    private IReadOnlyList<(Guid Stream, long Version)> Others { get; init; } = [];

    public static async Task<CompanyProfile> LoadAsync(
        EventSourcing.EventStore store, ContactableCustomer customer, CancellationToken cancellation)
    {
        var own = await OneAsync(customer.Id);
        var (profile, versions) = (own.State, new Dictionary<Guid, long> { [customer.Id] = own.Version });
        foreach (var other in customer.Company.Where(id => id != customer.Id))
        {
            var known = await OneAsync(other);
            profile = profile.With(known.State);
            versions[other] = known.Version;
        }

        var survivor = customer.Company[0];
        return new CompanyProfile(profile, ContactProfileStream.Id(survivor), versions[survivor])
        {
            Others =
            [
                .. versions.Where(one => one.Key != survivor)
                    .Select(one => (ContactProfileStream.Id(one.Key), one.Value)),
            ],
        };

        Task<EventSourcing.Loaded<ContactProfile>> OneAsync(Guid id) =>
            store.LoadAsync(ContactProfileStream.Type, ContactProfileStream.Id(id), cancellation);
    }

    /// <summary>
    /// Turns a write to <see cref="Stream"/> away where a hold, a merge, or a no to another of the company came since
    /// this and the customer were read, so that it is decided again. Under the locks of contact with all of them
    /// nothing comes after it.
    /// </summary>
    public NpgsqlBatchCommand StillSo(ContactableCustomer customer)
    {
        var command = new NpgsqlBatchCommand(Changed);
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. Others.Select(one => one.Stream)] });
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. Others.Select(one => one.Version)] });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = customer.Id });
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. customer.Company] });
        command.Parameters.Add(new NpgsqlParameter<string[]>
        {
            TypedValue = [.. customer.Holds.Select(hold => Kebab.Of(hold))],
        });
        return command;
    }
}
