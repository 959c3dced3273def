using Npgsql;
using OrderToCash.Credit.CreditAccounts;
using OrderToCash.Credit.Groups;
using OrderToCash.Credit.Segments;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.Credit.Decisions;

/// <summary>A group, or a segment, as it was read, with the version that a decision on it rests on.</summary>
public sealed record LoadedGroup(GroupPosition Position, Guid StreamId, long Version);

/// <summary>What a member of a group has at risk.</summary>
/// <param name="GroupId">The customer at the head of the group; the stream of a segment.</param>
/// <param name="CustomerId">The member.</param>
/// <param name="Position">In the currency of its account, less what covers it.</param>
public sealed record MemberPosition(Guid GroupId, Guid CustomerId, CreditPosition Position);

/// <summary>Reads groups and segments: their limits and what their members have at risk.</summary>
public sealed class GroupReader(EventStore store)
{
    private readonly SegmentSums _segments = new(store);

    /// <summary>A horizon that leaves nothing out.</summary>
    private const int AnyDay = 100_000;

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
    private const string MembersSql = $"{Below}select distinct customer_id from below";

    /// <summary>Members of groups and of a segment, without one of them.</summary>
    private const string Others =
        $"""
        {Below}, members as (
            select root, customer_id from below where customer_id <> $2
            union
            select $4, customer_id from credit_accounts
            where legal_entity = $5 and segment = $6 and customer_id <> $2
              and ($7::uuid[] is null or customer_id = any($7)))

        """;

    /// <summary>
    /// What each member has at risk, and what of it is reserved for orders after the horizon. A duplicate counts with
    /// the customer it was merged into, wherever that one is; one that asks itself is in its own account already.
    /// </summary>
    private const string ExposuresSql =
        $"""
        {Others}select b.root, b.customer_id, a.currency, x.currency, x.open_receivables, x.open_orders,
               x.unapplied_cash, x.disputed, x.open_credits, coalesce((
                   select sum(o.reserved) from order_checks o
                   where o.customer_id = b.customer_id and o.currency = x.currency and o.reserved > 0
                     and o.needed_on > $3), 0), x.unbilled_deliveries, u.unapplied, u.spent
        from members b
        join credit_accounts a on a.customer_id = b.customer_id
        join credit_exposures x on x.customer_id = b.customer_id
        cross join lateral (
            select coalesce(sum(c.unapplied), 0) as unapplied, coalesce(sum(c.spent), 0) as spent
            from credit_unsettled c
            where c.customer_id = b.customer_id and c.currency = x.currency and c.until >= $8) u
        where not exists (select 1 from credit_absorbed d where d.duplicate_id = b.customer_id)
        union all
        select b.root, b.customer_id, a.currency, x.currency, x.open_receivables, x.open_orders,
               x.unapplied_cash, x.disputed, x.open_credits, 0, x.unbilled_deliveries, u.unapplied, u.spent
        from members b
        join credit_accounts a on a.customer_id = b.customer_id
        join credit_absorbed x on x.survivor_id = b.customer_id and x.duplicate_id <> $2
        cross join lateral (
            select coalesce(sum(c.unapplied), 0) as unapplied, coalesce(sum(c.spent), 0) as spent
            from credit_unsettled c
            where c.customer_id = x.duplicate_id and c.currency = x.currency and c.until >= $8) u
        """;

    private const string CoverSql =
        $"""
        {Others}select distinct c.cover_id, c.customer_id, c.amount, c.currency, c.percent
        from members b join credit_cover c on c.customer_id = b.customer_id
        where c.valid_from <= $3 and (c.valid_until is null or c.valid_until >= $3)
        """;

    /// <summary>
    /// The groups of an account and its segment, without what the account itself has at risk. The limits are read
    /// before the members: whoever approves an order in between moves the group's version, and the decision made on
    /// this is turned away.
    /// </summary>
    public async Task<IReadOnlyList<LoadedGroup>> LoadAsync(
        Guid customerId, CreditAccount account, DecisionFacts facts, CancellationToken cancellation)
    {
        var limits = new List<LoadedLimit>();
        foreach (var id in account.Groups)
        {
            var stream = GroupStream.Id(id);
            var (group, version) = await store.LoadAsync(GroupStream.Type, stream, cancellation);
            if (group.Limit is not null)
                limits.Add(new LoadedLimit(id, group.GrantedOn(facts.Today), stream, version));
        }

        if (account.SegmentKey is { } key)
        {
            var stream = SegmentStream.Id(key.LegalEntity, key.Segment);
            var (segment, version) = await store.LoadAsync(SegmentStream.Type, stream, cancellation);
            if (segment.Limit is not null)
                limits.Add(new LoadedLimit(stream, segment.GrantedOn(facts.Today), stream, version, segment.Limit));
        }

        if (limits.Count == 0)
            return [];

        // What a duplicate has at risk is kept with its survivor: without it, the segment is read as a whole.
        var isDuplicate = account.Customer?.MergedInto is not null;
        var segmentLimit = limits.Find(one => one.Segment is not null)?.Segment;
        var others = (await MembersAsync(
            [.. limits.Where(one => one.Segment is null).Select(one => one.GroupId)], customerId, facts, cancellation,
            isDuplicate ? segmentLimit : null)).ToLookup(member => member.GroupId);
        var rest = segmentLimit is null || isDuplicate
            ? null
            : await SegmentAsync(segmentLimit, customerId, facts, cancellation);
        return [.. limits.Select(Loaded)];

        LoadedGroup Loaded(LoadedLimit one)
        {
            var (sum, unknown, _) = CreditPosition.Sum(
                others[one.GroupId].SelectMany(member => member.Position.AtRisk), one.Granted.Currency, facts);
            if (one.Segment is not null && rest is not null)
                (sum, unknown) = (rest.Counted, rest.Unknown);
            return new LoadedGroup(
                new GroupPosition(one.GroupId, one.Granted, sum, unknown, one.Segment?.Segment), one.StreamId,
                one.Version);
        }
    }

    /// <summary>The members of these groups, those at their heads among them.</summary>
    public async Task<Guid[]> BelowAsync(Guid[] groups, CancellationToken cancellation)
    {
        await using var command = store.Database.CreateCommand(MembersSql);
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = groups });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var members = new List<Guid>();
        while (await reader.ReadAsync(cancellation))
            members.Add(reader.GetGuid(0));
        return [.. members];
    }

    /// <summary>
    /// The position of each member of groups, and of a segment, all by one policy, day and rates: those of whoever
    /// asks. A group comes to the same whichever member of a legal entity asks; another legal entity may count
    /// otherwise.
    /// </summary>
    /// <param name="groups">The customers at the heads.</param>
    /// <param name="without">A member that is left out; <see cref="Guid.Empty"/> for none.</param>
    /// <param name="facts">Day, policy, rates.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <param name="segment">A segment; null for none.</param>
    /// <param name="only">Of the segment only these customers; null for all.</param>
    public async Task<List<MemberPosition>> MembersAsync(
        IReadOnlyList<Guid> groups, Guid without, DecisionFacts facts, CancellationToken cancellation,
        SegmentLimitSet? segment = null, Guid[]? only = null)
    {
        if (groups.Count == 0 && segment is null)
            return [];
        var exposure = facts.Policy.Policy.Exposure;
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                Members(CoverSql, facts.Today),
                Members(ExposuresSql, facts.Today.AddDays(exposure.HorizonDays ?? AnyDay)),
            },
        };
        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        var cover = await CoverAsync(reader, cancellation);
        await reader.NextResultAsync(cancellation);
        var rows = new List<(Guid Group, Guid Customer, Currency Currency, DatedExposure Exposure)>();
        while (await reader.ReadAsync(cancellation))
            rows.Add(Row(reader));
        return
        [
            .. rows.GroupBy(row => (row.Group, row.Customer, row.Currency)).Select(member => new MemberPosition(
                member.Key.Group, member.Key.Customer, CreditPosition.Of(
                    member.Key.Currency, member.Select(row => row.Exposure),
                    [.. cover[member.Key.Customer]], facts))),
        ];

        NpgsqlBatchCommand Members(string sql, DateOnly day)
        {
            var command = new NpgsqlBatchCommand(sql);
            command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. groups] });
            command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = without });
            command.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = day });
            command.Parameters.Add(new NpgsqlParameter<Guid?>
            {
                TypedValue = segment is null ? null : SegmentStream.Id(segment.LegalEntity, segment.Segment),
            });
            command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = segment?.LegalEntity });
            command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = segment?.Segment });
            command.Parameters.Add(new NpgsqlParameter<Guid[]?> { TypedValue = only });
            command.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = facts.Today });
            return command;
        }
    }

    /// <summary>What counts of the customers of a segment, in the currency of its limit.</summary>
    /// <param name="segment">The segment and its limit.</param>
    /// <param name="without">A customer that is left out, and is no duplicate; null for none.</param>
    /// <param name="facts">Day, policy and rates of the legal entity.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public Task<SegmentSum> SegmentAsync(
        SegmentLimitSet segment, Guid? without, DecisionFacts facts, CancellationToken cancellation) =>
        _segments.ReadAsync(
            segment, without, facts,
            only => MembersAsync([], Guid.Empty, facts, cancellation, segment, only), cancellation);

    private static async Task<ILookup<Guid, CoverAmount>> CoverAsync(
        NpgsqlDataReader reader, CancellationToken cancellation)
    {
        var cover = new List<(Guid Customer, CoverAmount Cover)>();
        while (await reader.ReadAsync(cancellation))
        {
            cover.Add((reader.GetGuid(1), new CoverAmount(
                Money.Of(reader.GetDecimal(2), reader.GetString(3)), reader.GetDecimal(4))));
        }

        return cover.ToLookup(row => row.Customer, row => row.Cover);
    }

    private static (Guid Group, Guid Customer, Currency Currency, DatedExposure Exposure) Row(
        NpgsqlDataReader reader)
    {
        var currency = Currency.Of(reader.GetString(3));
        return (
            reader.GetGuid(0), reader.GetGuid(1), Currency.Of(reader.GetString(2)),
            new DatedExposure(
                new Exposure(Amount(4), Amount(5), Amount(6), Amount(7), Amount(8), Amount(10)), Amount(9),
                new UnsettledCash(Amount(11), Amount(12))));

        Money Amount(int column) => Money.Of(reader.GetDecimal(column), currency);
    }

    /// <summary>A limit that several customers share, before what they have at risk is read.</summary>
    private sealed record LoadedLimit(
        Guid GroupId, Money Granted, Guid StreamId, long Version, SegmentLimitSet? Segment = null);
}
