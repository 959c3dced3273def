using Npgsql;
using OrderToCash.Credit.CreditAccounts;
using OrderToCash.Credit.Groups;
using OrderToCash.Credit.Policies;
using OrderToCash.Credit.Rates;
using OrderToCash.Credit.Segments;
using OrderToCash.EventSourcing;
using OrderToCash.EventSourcing.Subscriptions;
using OrderToCash.Kernel;

namespace OrderToCash.Credit.Decisions;

/// <summary>
/// What follows from what has happened: holds whose rule applies now, or no longer, and held orders for which room has
/// come. It follows the log, so one instance does it at a time and a payment lets an order go within moments; whatever
/// it decides is one more decision on the account as it is, and doing it twice does nothing twice. A customer who
/// cannot be looked at holds up nobody else: it is told in the log, and the daily run looks at the customer again.
/// </summary>
public sealed partial class Reactions(
    EventStore store, DecisionBooks books, OrderDecisions orders, GroupReader groups, Mergers mergers,
    TimeProvider clock, ILogger<Reactions> log)
    : ISubscription
{
    private const int AtOnce = 4;

    /// <summary>Of a segment only those whose orders wait for room in it: it may be all customers there are.</summary>
    private const string Members =
        "select distinct o.customer_id from order_checks o join credit_accounts a on a.customer_id = o.customer_id " +
        "where (o.status = 'held' or o.status = 'declined' and not o.declined_by_person and o.decided_on >= $5) " +
        "and (a.legal_entity = any($1) or o.customer_id = any($2) " +
        "or ((a.legal_entity, a.segment) in (select * from unnest($3, $4)) and o.reasons @> " +
        $$"""'[{"code": "{{RuleCodes.OverSegmentLimit}}"}]'))""";

    private const string RoomCame = "What stood against it has changed.";

    /// <summary>Under this name it is kept how far it has come.</summary>
    internal const string Position = "CreditReactions:All";

    /// <inheritdoc/>
    public string Name => Position;

    /// <inheritdoc/>
    public int PageSize => 500;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<NpgsqlBatchCommand>> HandleAsync(
        IReadOnlyList<StoredEvent> events, CancellationToken cancellation)
    {
        if (events.Any(e => e.Data is PolicyDefined or RatesPublished or SegmentLimitSet or SegmentLimitRemoved))
            books.Forget();
        foreach (var (duplicate, survivor) in await mergers.OfAsync(events, cancellation))
            await TryAsync(survivor, () => mergers.TakeOverAsync(duplicate, survivor, cancellation));
        var touched = events.Where(e => Touches(e.Data)).Select(e => e.StreamId).Distinct().ToList();
        await ForEachAsync(touched, ReactAsync, cancellation);
        await ForEachAsync(await OthersAsync(events, cancellation), RecheckAsync, cancellation);
        return [];
    }

    /// <summary>Places and lets go of holds, then judges held orders again.</summary>
    public async Task ReactAsync(Guid customerId, CancellationToken cancellation)
    {
        var facts = await books.FactsAsync(cancellation);
        var decided = await ApplyAsync(null);
        var takenBack = await ReturnedPayments.TakenBackAsync(
            store.Database, decided.State.Holds.Values.Select(hold => hold.Bounced), cancellation);
        if (takenBack.Count > 0)
            await ApplyAsync(takenBack);
        await RecheckAsync(customerId, cancellation);

        Task<Decided<CreditAccount>> ApplyAsync(IReadOnlyDictionary<Guid, Money>? takenBack) => store.DecideAsync(
            CreditAccountStream.Type, customerId, Metadata("A rule of the policy"),
            account => HoldDecider.Apply(customerId, account, facts(account), takenBack), cancellation: cancellation);
    }

    /// <summary>
    /// Judges the orders of a customer again that are held, the longest waiting first, then those that a rule declined
    /// lately; held ones that fit are approved. All of them, however many wait: who stands at the end of a long queue
    /// of large orders may fit. They are judged in memory, with the groups as they were read once, and only what seems
    /// to change is decided on the account as it is.
    /// </summary>
    public async Task RecheckAsync(Guid customerId, CancellationToken cancellation)
    {
        var (account, _) = await store.LoadAsync(CreditAccountStream.Type, customerId, cancellation);
        if (account.Waiting.Count == 0)
            return;
        var facts = (await books.FactsAsync(cancellation))(account);
        if (account.Opened is null || !facts.Policy.Policy.Orders.ReleaseByItself)
            return;
        var waiting = account.Waiting.Select(orderId => account.Orders[orderId])
            .Where(order => CreditDecider.IsReconsidered(order, facts.Today))
            .OrderBy(order => order.Status == OrderStatus.Declined).Select(order => order.OrderId).ToList();
        if (waiting.Count == 0)
            return;
        facts = await GroupedAsync(customerId, account, facts, cancellation);
        foreach (var orderId in waiting)
        {
            if (CreditDecider.Reconsider(customerId, account, orderId, facts).Events.Count == 0)
                continue;
            var events = await orders.DecideAsync(
                Metadata(RoomCame), customerId,
                (now, then) => CreditDecider.Reconsider(customerId, now, orderId, then), cancellation);
            account = events.Aggregate(account, CreditAccount.Evolve);
            if (events.Count > 0)
                continue;

            // Something has moved since it was read.
            (account, _) = await store.LoadAsync(CreditAccountStream.Type, customerId, cancellation);
            facts = await GroupedAsync(customerId, account, facts, cancellation);
        }
    }

    private async Task<DecisionFacts> GroupedAsync(
        Guid customerId, CreditAccount account, DecisionFacts facts, CancellationToken cancellation)
    {
        var loaded = await groups.LoadAsync(customerId, account, facts, cancellation);
        return facts with { Groups = [.. loaded.Select(one => one.Position)] };
    }

    /// <summary>What may make room, or take away the reason of a hold.</summary>
    private static bool Touches(object e) => e is ReceivableRecorded or UnappliedCashRecorded or OpenCreditRecorded
        or LimitSet or TemporaryLimitSet or TemporaryLimitWithdrawn or OrderReduced or OrderCancelled or OrderExpired
        or OrderDeclined or HoldReleased or PaymentTakenBack or CoverRegistered or CustomerKnown or RiskAssessed
        or GroupsAssigned or DuplicateAbsorbed or DuplicateReleased or DeliveryRecorded or InvoiceCreditNoted
        or DepositUseNoted;

    /// <summary>
    /// Customers with orders that wait, for whom something has changed elsewhere: the policy of their legal entity,
    /// exchange rates, or what other members of their groups, or of their segment, have at risk, those who left among
    /// them.
    /// </summary>
    private async Task<List<Guid>> OthersAsync(IReadOnlyList<StoredEvent> events, CancellationToken cancellation)
    {
        var rates = events.Select(e => e.Data).OfType<RatesPublished>().ToList();
        string[] entities = [.. events.Select(e => e.Data).OfType<PolicyDefined>().Select(policy => policy.LegalEntity)
            .Concat((await books.EntitiesAsync(cancellation))
                .Where(entity => rates.Exists(sheet => sheet.Base == entity.Rates.Base.Code
                    && (sheet.Source?.LegalEntity ?? entity.Code) == entity.Code))
                .Select(entity => entity.Code))
            .Distinct()];
        var (members, segments) = await MembersAsync(events, cancellation);
        if (entities.Length + members.Length + segments.Count == 0)
            return [];
        await using var command = store.Database.CreateCommand(Members);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = entities });
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = members });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. segments.Select(one => one.Entity)] });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. segments.Select(one => one.Name)] });
        command.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = DeclinedFrom() });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var customers = new List<Guid>();
        while (await reader.ReadAsync(cancellation))
            customers.Add(reader.GetGuid(0));
        return customers;
    }

    /// <summary>No calendar is so far behind that an order of before is still looked at there.</summary>
    private DateOnly DeclinedFrom() =>
        DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime).AddDays(-CreditDecider.DeclineWaitDays - 1);

    private async Task<(Guid[] Members, IReadOnlyCollection<(string Entity, string Name)> Segments)> MembersAsync(
        IReadOnlyList<StoredEvent> events, CancellationToken cancellation)
    {
        var heads = events.Select(e => e.Data).OfType<GroupLimitSet>().Select(limit => limit.CustomerId).ToHashSet();
        var segments = events.Select(e => e.Data switch
        {
            SegmentLimitSet limit => (limit.LegalEntity, limit.Segment),
            SegmentLimitRemoved limit => (limit.LegalEntity, limit.Segment),
            _ => ((string Entity, string Name)?)null,
        }).OfType<(string Entity, string Name)>().ToHashSet();
        var facts = await books.FactsAsync(cancellation);
        foreach (var moved in events.Where(e => Touches(e.Data)).GroupBy(e => e.StreamId, e => e.Data))
        {
            var (account, _) = await store.LoadAsync(CreditAccountStream.Type, moved.Key, cancellation);
            heads.UnionWith(account.Groups.Concat(
                moved.OfType<GroupsAssigned>().SelectMany(groups => groups.Left ?? [])));
            if (account.SegmentKey is { } key && facts(account).HasSegmentLimit)
                segments.Add(key);
            segments.UnionWith(moved.OfType<CustomerKnown>().Where(customer => customer.LeftSegment is not null)
                .Select(customer => (account.Opened!.LegalEntity, customer.LeftSegment!)));
        }

        foreach (var segment in segments.ToList())
        {
            if (await IsFullAsync(segment, cancellation))
                segments.Remove(segment);
        }

        return (heads.Count == 0 ? [] : await groups.BelowAsync([.. heads], cancellation), segments);
    }

    /// <summary>True where no order of the segment can fit: then nobody who waits is looked at.</summary>
    private async Task<bool> IsFullAsync((string Entity, string Name) key, CancellationToken cancellation)
    {
        var (segment, _) = await store.LoadAsync(
            SegmentStream.Type, SegmentStream.Id(key.Entity, key.Name), cancellation);
        var facts = await books.FactsAsync(key.Entity, cancellation);
        return segment.Limit is { } limit
            && (await groups.SegmentAsync(limit, null, facts, cancellation)).Counted > segment.GrantedOn(facts.Today);
    }

    private Task ForEachAsync(
        IEnumerable<Guid> customers, Func<Guid, CancellationToken, Task> doAsync, CancellationToken cancellation) =>
        Parallel.ForEachAsync(
            customers, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation },
            async (customer, token) => await TryAsync(customer, () => doAsync(customer, token)));

    private async Task TryAsync(Guid customer, Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception error) when (IsOfCustomer(error))
        {
            LogFailed(log, customer, error);
        }
    }

    /// <summary>
    /// Amounts or stored values that cannot be worked with. A database that is away, or a service that ends, is no
    /// matter of one customer: then the page is read again.
    /// </summary>
    private static bool IsOfCustomer(Exception error) => error is ArithmeticException or ArgumentException;

    [LoggerMessage(Level = LogLevel.Error, EventName = "credit.reaction.failed",
        Message = "Customer {CustomerId} cannot be looked at; the daily run tries again")]
    private static partial void LogFailed(ILogger log, Guid customerId, Exception error);

    private static EventMetadata Metadata(string reason) => new(CreditService.Name, Reason: reason);
}
