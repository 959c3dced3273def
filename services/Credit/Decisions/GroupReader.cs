using Npgsql;
using OrderToCash.Credit.CreditAccounts;
using OrderToCash.Credit.Groups;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.Credit.Decisions;

/// <summary>A group as it was read, with the version that a decision on it rests on.</summary>
public sealed record LoadedGroup(GroupPosition Position, Guid StreamId, long Version);

/// <summary>Reads groups: their limits and what their members have at risk.</summary>
public sealed class GroupReader(EventStore store)
{
    /// <summary>Members of groups; deeper hierarchies are cut off: a circle would never end.</summary>
    private const string Below =
        """
        with recursive below (root, customer_id, depth) as (
            select g, g, 0 from unnest($1::uuid[]) g
            union
            select b.root, a.customer_id, b.depth + 1
            from below b join credit_accounts a on a.parent_id = b.customer_id where b.depth < 20)

        """;

    /// <summary>The members of these groups.</summary>
    public const string MembersSql = $"{Below}select distinct customer_id from below";

    private const string OthersSql =
        $"""
        {Below}select b.root, x.currency, sum(x.open_receivables), sum(x.open_orders), sum(x.unapplied_cash),
               sum(x.disputed), sum(x.open_credits)
        from (select distinct root, customer_id from below) b
        join credit_exposures x on x.customer_id = b.customer_id
        where b.customer_id <> $2
        group by b.root, x.currency
        """;

    /// <summary>
    /// The groups of an account, without what the account itself has at risk. The limits are read before the members:
    /// whoever approves an order in between moves the group's version, and the decision made on this is turned away.
    /// </summary>
    public async Task<IReadOnlyList<LoadedGroup>> LoadAsync(
        Guid customerId, CreditAccount account, DecisionFacts facts, CancellationToken cancellation)
    {
        if (account.Groups.Count == 0)
            return [];
        var groups = new List<(Guid Id, Guid StreamId, Loaded<CreditGroup> Group)>();
        foreach (var id in account.Groups)
        {
            var stream = GroupStream.Id(id);
            groups.Add((id, stream, await store.LoadAsync(GroupStream.Type, stream, cancellation)));
        }

        var others = await OthersAsync(account.Groups, customerId, cancellation);
        return
        [
            .. groups.Where(one => one.Group.State.Limit is not null).Select(one =>
            {
                var limit = one.Group.State.GrantedOn(facts.Today);
                var (sum, unknown, _) = CreditPosition.Sum(
                    others[one.Id].Select(x => CreditPosition.Counts(x, facts.Policy.Policy.Exposure)),
                    limit.Currency, facts);
                return new LoadedGroup(
                    new GroupPosition(one.Id, limit, sum, unknown), one.StreamId, one.Group.Version);
            }),
        ];
    }

    private async Task<ILookup<Guid, Exposure>> OthersAsync(
        IReadOnlyList<Guid> groups, Guid customerId, CancellationToken cancellation)
    {
        await using var command = store.Database.CreateCommand(OthersSql);
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. groups] });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = customerId });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var rows = new List<(Guid Group, Exposure Exposure)>();
        while (await reader.ReadAsync(cancellation))
        {
            var currency = Currency.Of(reader.GetString(1));
            rows.Add((reader.GetGuid(0), new Exposure(
                Amount(2), Amount(3), Amount(4), Amount(5), Amount(6))));

            Money Amount(int column) => Money.Of(reader.GetDecimal(column), currency);
        }

        return rows.ToLookup(row => row.Group, row => row.Exposure);
    }
}
