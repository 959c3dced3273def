using OrderToCash.Credit.CreditAccounts;
using OrderToCash.Credit.Groups;
using OrderToCash.Credit.Segments;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Credit.Decisions;

/// <summary>A decision on an order: account and facts in, decision out; pure.</summary>
public delegate Decision OrderDecision(CreditAccount account, DecisionFacts facts);

/// <summary>A decision on an order and its write, which is not done yet.</summary>
public sealed record PlannedOrder(WriteBatch Batch, long VersionBefore, Decided<CreditAccount> Decided);

/// <summary>
/// How an order is decided, whoever asks: on the account alone, or, where the customer belongs to groups or a segment
/// with a limit, on the account and those in one write. Looking and reserving are always one decision on the versions
/// it names. What was asked for to release the order, and is not needed after it, is taken back in the same write.
/// </summary>
public sealed class OrderDecisions(
    EventStore store, DecisionBooks books, GroupReader groups, WaitingReleases releases) : IDisposable
{
    /// <summary>
    /// One at a time per group or segment in this process; instances may still meet, and the loser decides again.
    /// </summary>
    private readonly SemaphoreSlim[] _lanes = [.. Enumerable.Range(0, 64).Select(_ => new SemaphoreSlim(1, 1))];

    /// <summary>Decides for a request and answers.</summary>
    public async Task<IResult> DecideAsync(
        HttpCommand command, Guid customerId, OrderDecision decide, Func<Decided<CreditAccount>, Reply> reply,
        string? reason = null, Func<string, Refusal>? onDuplicate = null,
        Action<WriteBatch, Decided<CreditAccount>>? with = null)
    {
        var facts = await books.FactsAsync(command.Cancellation);
        var isTogether = false;
        var answer = await command.DecideAsync(
            CreditAccountStream.Type, customerId,
            account =>
            {
                if (CreditAccountAccess.Deny(customerId, account, command.Caller) is { } denied)
                    return denied;
                var decision = Alone(account, facts(account), decide);
                isTogether = decision is null;
                return decision ?? CreditRefusals.DecidedTogether();
            },
            reply, reason, onDuplicate, with, RefreshAsync);
        return isTogether
            ? await InLaneAsync(
                customerId,
                () => command.CommitAsync(
                    token => PlanAsync(command, customerId, decide, reply, reason, with, token), onDuplicate),
                command.Cancellation)
            : answer;

        // What a lost write rested on may be old: that the segment has no limit.
        async Task RefreshAsync(CancellationToken cancellation) => facts = await books.FactsAsync(facts, cancellation);
    }

    /// <summary>Decides for the service itself; gives what happened.</summary>
    public async Task<IReadOnlyList<object>> DecideAsync(
        EventMetadata metadata, Guid customerId, OrderDecision decide, CancellationToken cancellation)
    {
        var facts = await books.FactsAsync(cancellation);
        var isTogether = false;
        var decided = await store.DecideAsync(
            CreditAccountStream.Type, customerId, metadata,
            account =>
            {
                if (account.Opened is null)
                    return Decision.Nothing;
                var decision = Alone(account, facts(account), decide);
                isTogether = decision is null;
                return decision ?? Decision.Nothing;
            },
            refresh: async token => facts = await books.FactsAsync(facts, token), cancellation: cancellation);
        if (!isTogether)
            return decided.Events;
        IReadOnlyList<object> events = [];
        await InLaneAsync(
            customerId,
            () => store.CommitAsync(
                async token =>
                {
                    var (account, loaded, decision) = await DecideInGroupsAsync(customerId, decide, token);
                    events = decision.Events;
                    var batch = new WriteBatch(metadata);
                    await AppendAsync(batch, customerId, account, loaded, decision, token);
                    return batch;
                },
                cancellation),
            cancellation);
        return events;
    }

    /// <summary>The decision where it is written on the account alone; else null.</summary>
    private static Decision? Alone(CreditAccount account, DecisionFacts facts, OrderDecision decide)
    {
        if (account.Groups.Count > 0 || facts.HasSegmentLimit)
            return null;
        var decision = decide(account, facts);
        if (WaitingReleases.EndWith(account, decision.Events))
            return null;
        return decision;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var lane in _lanes)
            lane.Dispose();
    }

    private async Task<Plan> PlanAsync(
        HttpCommand command, Guid customerId, OrderDecision decide, Func<Decided<CreditAccount>, Reply> reply,
        string? reason, Action<WriteBatch, Decided<CreditAccount>>? with, CancellationToken cancellation)
    {
        var planned = await PlanAsync(command.Metadata(reason), customerId, decide, cancellation);
        command.Expect(planned.VersionBefore);
        if (planned.Decided.Refusal is { } refusal)
            return refusal;
        with?.Invoke(planned.Batch, planned.Decided);
        return Plan.Write(planned.Batch, reply(planned.Decided));
    }

    /// <summary>A decision and its write, on the account and its groups as they are now.</summary>
    public async Task<PlannedOrder> PlanAsync(
        EventMetadata metadata, Guid customerId, OrderDecision decide, CancellationToken cancellation)
    {
        var (account, loaded, decision) = await DecideInGroupsAsync(customerId, decide, cancellation);
        var batch = new WriteBatch(metadata);
        await AppendAsync(batch, customerId, account, loaded, decision, cancellation);
        return new PlannedOrder(batch, account.Version, new Decided<CreditAccount>(
            decision.IsRefused ? DecideStatus.Refused : DecideStatus.Done,
            decision.Events.Aggregate(account.State, CreditAccount.Evolve), account.Version + decision.Events.Count,
            decision.Events, decision.Refusal));
    }

    private async Task<(Loaded<CreditAccount> Account, IReadOnlyList<LoadedGroup> Groups, Decision Decision)>
        DecideInGroupsAsync(Guid customerId, OrderDecision decide, CancellationToken cancellation)
    {
        var account = await store.LoadAsync(CreditAccountStream.Type, customerId, cancellation);
        var facts = (await books.FactsAsync(cancellation))(account.State);
        var loaded = await groups.LoadAsync(customerId, account.State, facts, cancellation);
        var decision = decide(account.State, facts with { Groups = [.. loaded.Select(one => one.Position)] });
        return (account, loaded, decision);
    }

    private async Task AppendAsync(
        WriteBatch batch, Guid customerId, Loaded<CreditAccount> account, IReadOnlyList<LoadedGroup> loaded,
        Decision decision, CancellationToken cancellation)
    {
        batch.Append(CreditAccountStream.Type, customerId, account.Version, decision.Events);
        await releases.WithdrawAsync(batch, account.State, decision.Events, cancellation);
        var reserving = decision.Events.Select(e => e switch
        {
            OrderApproved order => (order.OrderId, Decision: "approved", order.Amount),
            OrderReleased order => (order.OrderId, Decision: "released", order.Amount),
            _ => default,
        }).FirstOrDefault(one => one.OrderId is not null);
        if (reserving.OrderId is null)
            return;
        foreach (var (position, stream, version) in loaded)
        {
            if (position.Segment is null)
            {
                batch.Append(GroupStream.Type, stream, version, [new GroupOrderDecided(
                    customerId, reserving.OrderId, reserving.Decision, reserving.Amount, position.Others)]);
            }
            else
            {
                batch.Append(SegmentStream.Type, stream, version, [new SegmentOrderDecided(
                    customerId, reserving.OrderId, reserving.Decision, reserving.Amount, position.Others)]);
            }
        }
    }

    private async Task<T> InLaneAsync<T>(Guid customerId, Func<Task<T>> decideAsync, CancellationToken cancellation)
    {
        var known = await store.LoadAsync(CreditAccountStream.Type, customerId, cancellation);
        var group = known.State switch
        {
            { Groups: [var head, ..] } => head,
            { SegmentKey: { } key } => SegmentStream.Id(key.LegalEntity, key.Segment),
            _ => customerId,
        };
        var lane = _lanes[(uint)group.GetHashCode() % (uint)_lanes.Length];
        await lane.WaitAsync(cancellation);
        try
        {
            return await decideAsync();
        }
        finally
        {
            lane.Release();
        }
    }
}
