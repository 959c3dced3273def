using Npgsql;
using OrderToCash.Credit.CreditAccounts;
using OrderToCash.EventSourcing;

namespace OrderToCash.Credit.Decisions;

/// <summary>
/// Which groups with a limit a customer belongs to: those of itself and of all above it. Kept on each account, in the
/// write that changes it, so that an order is never decided without a limit that holds for it.
/// </summary>
public sealed class GroupMembership(EventStore store)
{
    private const int Deepest = 20;

    private const string ReadVersion = "select version from group_membership";

    private const string Move =
        "with moved as (update group_membership set version = version + 1 where version = $1 returning 1) " +
        "select case when count(*) = 1 then 0 else otc_version_conflict() end from moved";

    /// <summary>A customer and all below it, each with the limits between it and the customer.</summary>
    private const string Below =
        """
        with recursive below (customer_id, heads, depth) as (
            select $1::uuid, array(select g.customer_id from credit_groups g where g.customer_id = $1), 0
            union all
            select a.customer_id,
                   b.heads || array(select g.customer_id from credit_groups g where g.customer_id = a.customer_id),
                   b.depth + 1
            from below b join credit_accounts a on a.parent_id = b.customer_id
            where b.depth < $2 and a.customer_id <> $1)
        select distinct on (customer_id) customer_id, heads from below order by customer_id, depth
        """;

    private const string Above =
        """
        with recursive above (customer_id, depth) as (
            select $1::uuid, 0
            union all
            select a.parent_id, b.depth + 1 from above b join credit_accounts a on a.customer_id = b.customer_id
            where b.depth < $2 and a.parent_id is not null)
        select distinct g.customer_id from above b join credit_groups g on g.customer_id = b.customer_id
        """;

    private const string EntitiesOf =
        "select distinct legal_entity from credit_accounts where customer_id = any($1) order by 1";

    private const string HasMembers =
        """
        with recursive below (customer_id, depth) as (
            select customer_id, 0 from credit_groups
            union
            select a.customer_id, b.depth + 1
            from below b join credit_accounts a on a.parent_id = b.customer_id where b.depth < $2)
        select exists (select 1 from below b join credit_accounts a on a.customer_id = b.customer_id
            where a.legal_entity = $1)
        """;

    /// <summary>The customer belongs below another one now, or below none: it and all below it follow.</summary>
    /// <param name="batch">Gets what follows; without the account of the customer itself.</param>
    /// <param name="customerId">The customer.</param>
    /// <param name="parentId">The one above it.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <returns>The groups of the customer itself, for its own account.</returns>
    public async Task<GroupsAssigned> MoveAsync(
        WriteBatch batch, Guid customerId, Guid? parentId, CancellationToken cancellation)
    {
        await GuardAsync(batch, cancellation);
        var above = parentId is { } parent ? await AboveAsync(parent, cancellation) : [];
        GroupsAssigned? own = null;
        foreach (var (member, heads) in await BelowAsync(customerId, cancellation))
        {
            Guid[] groups = [.. heads.Concat(above).Distinct().Order()];
            if (member == customerId)
                own = new GroupsAssigned(groups);
            else
                await AssignAsync(batch, member, _ => groups, cancellation);
        }

        return own!;
    }

    /// <summary>The group below a customer has a limit now, or none any more: all members follow.</summary>
    public async Task LimitAsync(WriteBatch batch, Guid headId, bool hasLimit, CancellationToken cancellation)
    {
        await GuardAsync(batch, cancellation);
        foreach (var (member, _) in await BelowAsync(headId, cancellation))
        {
            await AssignAsync(
                batch, member,
                groups => hasLimit ? [.. groups.Union([headId]).Order()] : [.. groups.Where(one => one != headId)],
                cancellation);
        }
    }

    /// <summary>The legal entities of a customer and all below it.</summary>
    public async Task<IReadOnlyList<string>> EntitiesAsync(Guid headId, CancellationToken cancellation)
    {
        await using var command = store.Database.CreateCommand(EntitiesOf);
        command.Parameters.Add(new NpgsqlParameter<Guid[]>
        {
            TypedValue = [.. (await BelowAsync(headId, cancellation)).Select(one => one.CustomerId)],
        });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var entities = new List<string>();
        while (await reader.ReadAsync(cancellation))
            entities.Add(reader.GetString(0));
        return entities;
    }

    /// <summary>True where customers of a legal entity belong to groups with a limit.</summary>
    public async Task<bool> HasMembersAsync(string legalEntity, CancellationToken cancellation)
    {
        await using var command = store.Database.CreateCommand(HasMembers);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = legalEntity });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = Deepest });
        return (bool)(await command.ExecuteScalarAsync(cancellation))!;
    }

    private async Task AssignAsync(
        WriteBatch batch, Guid customerId, Func<IReadOnlyList<Guid>, Guid[]> groups, CancellationToken cancellation)
    {
        var account = await store.LoadAsync(CreditAccountStream.Type, customerId, cancellation);
        var after = groups(account.State.Groups);
        if (!after.SequenceEqual(account.State.Groups))
            batch.Append(CreditAccountStream.Type, customerId, account.Version, [new GroupsAssigned(after)]);
    }

    private async Task GuardAsync(WriteBatch batch, CancellationToken cancellation)
    {
        await using var read = store.Database.CreateCommand(ReadVersion);
        var version = (long)(await read.ExecuteScalarAsync(cancellation))!;
        var move = new NpgsqlBatchCommand(Move);
        move.Parameters.Add(new NpgsqlParameter<long> { TypedValue = version });
        batch.Guard(move);
    }

    private async Task<List<(Guid CustomerId, Guid[] Heads)>> BelowAsync(
        Guid customerId, CancellationToken cancellation)
    {
        await using var command = Recursion(Below, customerId);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var members = new List<(Guid, Guid[])>();
        while (await reader.ReadAsync(cancellation))
            members.Add((reader.GetGuid(0), reader.GetFieldValue<Guid[]>(1)));
        return members;
    }

    private async Task<List<Guid>> AboveAsync(Guid customerId, CancellationToken cancellation)
    {
        await using var command = Recursion(Above, customerId);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var heads = new List<Guid>();
        while (await reader.ReadAsync(cancellation))
            heads.Add(reader.GetGuid(0));
        return heads;
    }

    private NpgsqlCommand Recursion(string sql, Guid customerId)
    {
        var command = store.Database.CreateCommand(sql);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = customerId });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = Deepest });
        return command;
    }
}
