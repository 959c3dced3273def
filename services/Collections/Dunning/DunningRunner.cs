using System.Collections.Concurrent;
using OrderToCash.Collections.Notices;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Dunning;

/// <summary>
/// Decides who gets a notice on a day. A real run sees to some hundreds of customers at once and writes their notices,
/// word for word, in one transaction with what it decided and how far it came; the sender takes them from there. A run
/// over few customers is over with its first transaction, the others are gone on with by
/// <see cref="DunningRunsUnderWay"/>.
/// </summary>
public sealed partial class DunningRunner(
    EventSourcing.EventStore store, DunningPlans plans, TimeProvider clock, ILogger<DunningRunner> log)
{
    /// <summary>Adds the next part of a run to a write; the last one where there are no other customers.</summary>
    private delegate Task<(IReadOnlyList<RunNotice> Notices, bool IsLast)> AddPart(
        WriteBatch batch, Loaded<DunningRun> run, CancellationToken cancellation);

    /// <summary>Customers in one part of a run.</summary>
    public const int AtOnce = 250;

    /// <summary>Parts that one preview sees to at most, and one look ahead.</summary>
    public const int PreviewParts = 20;

    /// <summary>
    /// So many customers at fault without one in between whose notice was made are not at fault, something else is,
    /// unless the notice of one after them can be made (<see cref="DunningPlans.LookAheadAsync"/>).
    /// </summary>
    public const int MostFaults = 25;

    /// <summary>
    /// Customers at fault since a notice was made, by run. Those of whom nothing is due lie in between: they say
    /// nothing of what is the matter. Another instance counts anew.
    /// </summary>
    private readonly ConcurrentDictionary<Guid, int> _faultsInARow = new();

    /// <summary>How far was looked ahead where that is not at its end, by run.</summary>
    private readonly ConcurrentDictionary<Guid, LookAhead> _seenAhead = new();

    /// <summary>Adds the beginning of a run, and its first part, to a write.</summary>
    /// <param name="batch">The write.</param>
    /// <param name="runs">
    /// The entity's runs, loaded before this, with none under way: whoever decides on older facts than another run
    /// loses at the commit and decides again.
    /// </param>
    /// <param name="order">What is run.</param>
    /// <param name="isPartMade">Its first part is made with it; not where that has failed: then all of it is gone on
    /// with by <see cref="DunningRunsUnderWay"/>, which passes over who is at fault.</param>
    /// <param name="cancellation">Stops it; nothing is written before the batch is.</param>
    public async Task<DunningBeginning> StartAsync(
        WriteBatch batch, Loaded<DunningRuns> runs, DunningOrder order, bool isPartMade,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(order);
        var id = Ids.Next(clock);
        var started = new DunningRunStarted(
            id, order.Entity.Code, order.Date, order.Playbooks.Usual, order.UsualVersion, order.ByClock);
        var part = isPartMade
            ? await AddPartAsync(batch, order, id, new(DunningRun.Initial, 0), AtOnce, cancellation)
            : ([], false);
        object[] events = part.IsLast ? [started, new DunningRunFinished(id, part.Notices.Count)] : [started];
        batch.Append(DunningRunsStream.Type, DunningRunsStream.Id(order.Entity.Code), runs.Version, events);
        return new DunningBeginning(id, part.Notices, part.IsLast);
    }

    /// <summary>
    /// Makes the next part of a run; false when it is over. Any number of instances may do it at once: a part that
    /// another has made in the meantime is not made again.
    /// </summary>
    public Task<bool> AdvanceAsync(
        Guid runId, DunningOrder order, EventMetadata metadata, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(order);
        return AdvanceAsync(
            runId, order, metadata, (batch, run, stop) => AddPartAsync(batch, order, runId, run, AtOnce, stop),
            cancellation);
    }

    /// <summary>
    /// The same customer by customer, for a part that cannot be made as a whole: who is at fault is passed over
    /// (<see cref="Blocks.Fault"/>) until the next run, and the others get their notices. What is nobody's fault ends
    /// it, such as a database that is away; so does what is the matter with <see cref="MostFaults"/> customers without
    /// a notice in between, and with those after them, and with <see cref="AtOnce"/> more in any case. Then it goes no
    /// further until one can be made, or was.
    /// </summary>
    public async Task<bool> AdvanceSinglyAsync(
        Guid runId, DunningOrder order, EventMetadata metadata, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(order);

        // Nobody is passed over for what is the legal entity's.
        await plans.SenderAsync(order, cancellation);
        var (isUnderWay, reached, faults) = (true, Guid.Empty, new List<Guid>());
        for (var customers = 0; isUnderWay && (customers < AtOnce || faults.Count > 0); customers++)
        {
            Guid? next = null;
            try
            {
                isUnderWay = await AdvanceAsync(runId, order, metadata, OneAsync, cancellation);
                faults.Clear();
            }
            catch (Exception error) when (
                next is not null && CommitResult.LeftNothing(error) && !cancellation.IsCancellationRequested)
            {
                LogFault(log, runId, next.Value, error);
                faults.Add(next.Value);
                if (!await MayPassOverAsync(runId, order, next.Value, cancellation))
                    throw;
            }

            // Those at fault are passed over together with the first after them who is not.
            async Task<(IReadOnlyList<RunNotice> Notices, bool IsLast)> OneAsync(
                WriteBatch batch, Loaded<DunningRun> run, CancellationToken stop)
            {
                // Another instance has come further.
                if (run.State.Reached != reached)
                    faults.Clear();
                (reached, next) = (run.State.Reached, null);
                if (await plans.NextAsync(order, faults.LastOrDefault(reached), 1, stop) is [var customer])
                    next = customer;
                return await AddPartAsync(batch, order, runId, run, 1, stop, faults);
            }
        }

        return isUnderWay;
    }

    /// <summary>
    /// False where one more customer at fault is too many; the next fault asks again. Where the others seemed to be
    /// sound and far too many were at fault all the same, it shows in the writing only, and no look ahead helps.
    /// </summary>
    private async Task<bool> MayPassOverAsync(
        Guid runId, DunningOrder order, Guid customer, CancellationToken cancellation)
    {
        var faults = _faultsInARow.AddOrUpdate(runId, 1, (_, before) => before + 1);
        var may = faults == MostFaults
            ? await CanMakeAfterAsync(runId, order, customer, cancellation)
            : faults < MostFaults + AtOnce;
        if (!may)
            _faultsInARow[runId] = faults - 1;
        return may;
    }

    /// <summary>False also where it is not known yet: the next fault has it looked further.</summary>
    private async Task<bool> CanMakeAfterAsync(
        Guid runId, DunningOrder order, Guid customer, CancellationToken cancellation)
    {
        var from = _seenAhead.TryRemove(runId, out var before) ? before : new LookAhead(customer);
        var seen = await plans.LookAheadAsync(order, from, cancellation);
        if (seen.CanMake is null)
            _seenAhead[runId] = seen;
        return seen.CanMake == true;
    }

    private void ForgetFaults(Guid runId)
    {
        _faultsInARow.TryRemove(runId, out _);
        _seenAhead.TryRemove(runId, out _);
    }

    private async Task<bool> AdvanceAsync(
        Guid runId, DunningOrder order, EventMetadata metadata, AddPart add, CancellationToken cancellation)
    {
        var (isOver, isMade) = (false, false);
        var result = await store.CommitAsync(
            async stop =>
            {
                var (batch, entity) = (new WriteBatch(metadata), DunningRunsStream.Id(order.Entity.Code));
                var runs = await store.LoadAsync(DunningRunsStream.Type, entity, stop);
                var run = await store.LoadAsync(DunningRunStream.Type, runId, stop);
                (isOver, isMade) = (runs.State.UnderWay != runId || run.State.IsBrokenOff, false);
                if (isOver)
                    return batch;
                var part = await add(batch, run, stop);
                (isOver, isMade) = (part.IsLast, part.Notices.Any(notice => notice.NoticeId is not null));
                if (isOver)
                {
                    var finished = new DunningRunFinished(runId, run.State.Notices + part.Notices.Count);
                    batch.Append(DunningRunsStream.Type, entity, runs.Version, [finished]);
                }

                return batch;
            },
            cancellation);
        if (result.Status == CommitStatus.Duplicate)
            throw new InvalidOperationException($"Run {runId} meets {result.Constraint}.");
        if (isOver || isMade)
            ForgetFaults(runId);
        return !isOver;
    }

    /// <summary>
    /// Ends a run whose day is over: what it has not seen to is the next one's. It is written to the run as well: a
    /// part that somebody decided on meanwhile loses at its commit, else its customers had a notice of two runs.
    /// </summary>
    public Task BreakOffAsync(
        Guid runId, LegalEntity entity, EventMetadata metadata, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(entity);
        ForgetFaults(runId);
        return store.CommitAsync(
            async stop =>
            {
                var (batch, stream) = (new WriteBatch(metadata), DunningRunsStream.Id(entity.Code));
                var runs = await store.LoadAsync(DunningRunsStream.Type, stream, stop);
                var run = await store.LoadAsync(DunningRunStream.Type, runId, stop);
                if (runs.State.UnderWay == runId)
                {
                    var finished = new DunningRunFinished(runId, run.State.Notices, IsBrokenOff: true);
                    batch.Append(DunningRunsStream.Type, stream, runs.Version, [finished]);
                    batch.Append(DunningRunStream.Type, runId, run.Version, [finished]);
                }

                return batch;
            },
            cancellation);
    }

    /// <summary>
    /// Adds the notices of the next customers, what was decided about them, and how far the run came; those at fault
    /// before them are passed over.
    /// </summary>
    private async Task<(IReadOnlyList<RunNotice> Notices, bool IsLast)> AddPartAsync(
        WriteBatch batch, DunningOrder order, Guid runId, Loaded<DunningRun> run, int most,
        CancellationToken cancellation, IReadOnlyList<Guid>? faults = null)
    {
        var (sender, passedOver) = (await plans.SenderAsync(order, cancellation), faults ?? []);
        var part = await PlanAsync(order, passedOver.LastOrDefault(run.State.Reached), most, cancellation);
        if (part.Reached is null && passedOver.Count == 0)
            return ([], true);
        List<RunNotice> notices = [];
        foreach (var customer in passedOver)
            notices.Add(await plans.FaultAsync(customer, cancellation));
        foreach (var plan in part.Planned)
        {
            var notice = DunningPlans.Decided(order, plan, order.NoticeIdOf(plan));
            notices.Add(notice);
            if (notice.NoticeId is null)
                continue;
            batch.Append(
                NoticeStream.Type, notice.NoticeId!.Value,
                plan.Step.IsWork ? plan.Customer.WorkVersion : plan.Customer.NoticeVersion,
                [
                    plans.Prepare(order, sender, runId, plan, notice.NoticeId.Value),
                    .. plan.Fee is { } fee ? [ReminderFeeNamed.Of(plan, fee)] : Array.Empty<object>(),
                ]);
        }

        AddDecided(batch, runId, run, part.Reached ?? passedOver[^1], notices);
        return (notices, part.IsLast);
    }

    private static void AddDecided(
        WriteBatch batch, Guid runId, Loaded<DunningRun> run, Guid reached, List<RunNotice> notices)
    {
        if (notices.Count > 0)
        {
            batch.Append(
                DunningRunPartStream.Type, DunningRunPartStream.Id(runId, run.State.Parts), 0,
                [new DunningRunPartDecided(runId, run.State.Notices + 1, notices)]);
        }

        batch.Append(
            DunningRunStream.Type, runId, run.Version, [new DunningRunAdvanced(runId, reached, notices.Count)]);
    }

    /// <summary>What is due of the next customers; none where there are no more.</summary>
    private async Task<Part> PlanAsync(DunningOrder order, Guid after, int most, CancellationToken cancellation)
    {
        var ids = await plans.NextAsync(order, after, most, cancellation);
        return ids.Length == 0
            ? new Part([], null, IsLast: true)
            : new Part(await plans.PlanAsync(order, ids, cancellation), ids[^1], IsLast: ids.Length < most);
    }

    [LoggerMessage(Level = LogLevel.Error, EventName = "dunning.fault",
        Message = "Dunning run {RunId} cannot make the notice of customer {CustomerId}")]
    private static partial void LogFault(ILogger log, Guid runId, Guid customerId, Exception error);

    /// <summary>Some of a run's customers.</summary>
    /// <param name="Planned">What is due of them.</param>
    /// <param name="Reached">The last of them; null where there is none.</param>
    /// <param name="IsLast">There are no others.</param>
    private sealed record Part(IReadOnlyList<PlannedNotice> Planned, Guid? Reached, bool IsLast);
}
