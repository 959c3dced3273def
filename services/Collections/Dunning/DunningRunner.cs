using Microsoft.Extensions.Options;
using OrderToCash.Collections.Notices;
using OrderToCash.Collections.Notices.Letters;
using OrderToCash.Collections.Notices.Mail;
using OrderToCash.Collections.Playbooks;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Documents;
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
    EventSourcing.EventStore store, DunningFactsReader facts, Letterheads letterheads, NoticeWriter writer,
    IOptions<SmtpOptions> smtp, OptOutLinks optOuts, TimeProvider clock, ILogger<DunningRunner> log)
{
    /// <summary>Adds the next part of a run to a write; the last one where there are no other customers.</summary>
    private delegate Task<(IReadOnlyList<RunNotice> Notices, bool IsLast)> AddPart(
        WriteBatch batch, Loaded<DunningRun> run, CancellationToken cancellation);

    /// <summary>Customers in one part of a run.</summary>
    public const int AtOnce = 250;

    /// <summary>Parts that one preview sees to at most.</summary>
    public const int PreviewParts = 20;

    /// <summary>
    /// So many customers at fault one after the other are not at fault, something else is, unless the notice of one of
    /// the <see cref="AtOnce"/> after them can be made.
    /// </summary>
    public const int MostFaults = 25;

    /// <summary>
    /// What a run would decide about its customers, some thousands at once; it leaves nothing behind. Who is at fault
    /// is listed with <see cref="Blocks.Fault"/>, as in a run, and where a run would end it fails.
    /// </summary>
    /// <param name="order">What is run.</param>
    /// <param name="after">The last customer that a preview before has seen to; empty for the first ones.</param>
    /// <param name="most">So many notices are shown.</param>
    /// <param name="cancellation">Stops it.</param>
    public async Task<DunningPreview> PreviewAsync(
        DunningOrder order, Guid after, int most, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(order);
        var (shown, count, reached) = (new List<RunNotice>(), 0, after);
        for (var parts = 0; parts < PreviewParts; parts++)
        {
            var part = await PreviewPartAsync(order, reached, cancellation);
            shown.AddRange(part.Notices.Take(most - shown.Count));
            count += part.Notices.Count;
            if (part.IsLast)
                return new DunningPreview(shown, count, null);
            reached = part.Reached!.Value;
        }

        return new DunningPreview(shown, count, reached);
    }

    /// <summary>One part; customer by customer where it cannot be planned as a whole, as in a run.</summary>
    private async Task<PreviewedPart> PreviewPartAsync(DunningOrder order, Guid after, CancellationToken cancellation)
    {
        try
        {
            var part = await PlanAsync(order, after, AtOnce, cancellation);
            return new PreviewedPart(
                [.. part.Planned.Select(plan => Decided(order, plan, null))], part.Reached, part.IsLast);
        }
        catch (Exception error) when (CommitResult.LeftNothing(error) && !cancellation.IsCancellationRequested)
        {
            var ids = await NextAsync(order, after, AtOnce, cancellation);
            var (notices, faults) = (new List<RunNotice>(), 0);
            foreach (var customer in ids)
            {
                RunNotice[] due = [.. await PreviewOneAsync(order, customer, cancellation)];
                notices.AddRange(due);
                faults = due is [{ BlockedBy: Blocks.Fault }] ? faults + 1 : 0;
                if (faults == MostFaults && !await CanMakeAfterAsync(order, customer, cancellation))
                    throw;
            }

            return new PreviewedPart(notices, ids.LastOrDefault(), IsLast: ids.Length < AtOnce);
        }
    }

    /// <summary>
    /// What is due of one customer; that it is at fault, where it is. What is nobody's fault ends the preview.
    /// </summary>
    private async Task<IEnumerable<RunNotice>> PreviewOneAsync(
        DunningOrder order, Guid customer, CancellationToken cancellation)
    {
        try
        {
            return (await PlanAsync(order, [customer], cancellation)).Select(plan => Decided(order, plan, null));
        }
        catch (Exception error) when (CommitResult.LeftNothing(error) && !cancellation.IsCancellationRequested)
        {
            LogPreviewFault(log, customer, error);
            return [await FaultAsync(customer, cancellation)];
        }
    }

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
    /// it, such as a database that is away; so does what is the matter with <see cref="MostFaults"/> customers one
    /// after the other and with those after them, and none of them is passed over.
    /// </summary>
    public async Task<bool> AdvanceSinglyAsync(
        Guid runId, DunningOrder order, EventMetadata metadata, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(order);

        // Nobody is passed over for what is the legal entity's.
        await letterheads.SenderAsync(order.Entity, cancellation);
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
                if (faults.Count == MostFaults + AtOnce
                    || (faults.Count == MostFaults && !await CanMakeAfterAsync(order, next.Value, cancellation)))
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
                if (await NextAsync(order, faults.LastOrDefault(reached), 1, stop) is [var customer])
                    next = customer;
                return await AddPartAsync(batch, order, runId, run, 1, stop, faults);
            }
        }

        return isUnderWay;
    }

    /// <summary>True where what is due of one of the next customers can be made; none of it is written.</summary>
    private async Task<bool> CanMakeAfterAsync(DunningOrder order, Guid after, CancellationToken cancellation)
    {
        var sender = await letterheads.SenderAsync(order.Entity, cancellation);
        foreach (var customer in await NextAsync(order, after, AtOnce, cancellation))
        {
            try
            {
                foreach (var plan in await PlanAsync(order, [customer], cancellation))
                    _ = order.NoticeIdOf(plan) is { } id ? Prepared(order, sender, Guid.Empty, plan, id) : null;

                return true;
            }
            catch (Exception error) when (CommitResult.LeftNothing(error) && !cancellation.IsCancellationRequested)
            {
                // Told of by the run when it gets there, or by its end when none of them can be made.
                LogPreviewFault(log, customer, error);
                continue;
            }
        }

        return false;
    }

    private async Task<bool> AdvanceAsync(
        Guid runId, DunningOrder order, EventMetadata metadata, AddPart add, CancellationToken cancellation)
    {
        var isOver = false;
        var result = await store.CommitAsync(
            async stop =>
            {
                var (batch, entity) = (new WriteBatch(metadata), DunningRunsStream.Id(order.Entity.Code));
                var runs = await store.LoadAsync(DunningRunsStream.Type, entity, stop);
                var run = await store.LoadAsync(DunningRunStream.Type, runId, stop);
                isOver = runs.State.UnderWay != runId || run.State.IsBrokenOff;
                if (isOver)
                    return batch;
                var part = await add(batch, run, stop);
                isOver = part.IsLast;
                if (isOver)
                {
                    var finished = new DunningRunFinished(runId, run.State.Notices + part.Notices.Count);
                    batch.Append(DunningRunsStream.Type, entity, runs.Version, [finished]);
                }

                return batch;
            },
            cancellation);
        return result.Status == CommitStatus.Duplicate
            ? throw new InvalidOperationException($"Run {runId} meets {result.Constraint}.")
            : !isOver;
    }

    /// <summary>
    /// Ends a run whose day is over: what it has not seen to is the next one's. It is written to the run as well: a
    /// part that somebody decided on meanwhile loses at its commit, else its customers had a notice of two runs.
    /// </summary>
    public Task BreakOffAsync(
        Guid runId, LegalEntity entity, EventMetadata metadata, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(entity);
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
        var (sender, passedOver) = (await letterheads.SenderAsync(order.Entity, cancellation), faults ?? []);
        var part = await PlanAsync(order, passedOver.LastOrDefault(run.State.Reached), most, cancellation);
        if (part.Reached is null && passedOver.Count == 0)
            return ([], true);
        List<RunNotice> notices = [];
        foreach (var customer in passedOver)
            notices.Add(await FaultAsync(customer, cancellation));
        foreach (var plan in part.Planned)
        {
            var notice = Decided(order, plan, order.NoticeIdOf(plan));
            notices.Add(notice);
            if (notice.NoticeId is null)
                continue;
            batch.Append(
                NoticeStream.Type, notice.NoticeId!.Value,
                plan.Step.IsWork ? plan.Customer.WorkVersion : plan.Customer.NoticeVersion,
                [
                    Prepared(order, sender, runId, plan, notice.NoticeId.Value),
                    .. plan.Fee is { } fee ? [ReminderFeeNamed.Of(plan, fee)] : Array.Empty<object>(),
                ]);
        }

        AddDecided(batch, runId, run, part.Reached ?? passedOver[^1], notices);
        return (notices, part.IsLast);
    }

    private async Task<RunNotice> FaultAsync(Guid customer, CancellationToken cancellation)
    {
        var none = Money.Zero(await facts.CurrencyAsync(customer, cancellation));
        return new RunNotice(null, customer, "", NoticeChannel.Email, [], [none], Blocks.Fault);
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
    private async Task<Part> PlanAsync(
        DunningOrder order, Guid after, int most, CancellationToken cancellation)
    {
        var ids = await NextAsync(order, after, most, cancellation);
        return ids.Length == 0
            ? new Part([], null, IsLast: true)
            : new Part(await PlanAsync(order, ids, cancellation), ids[^1], IsLast: ids.Length < most);
    }

    private Task<Guid[]> NextAsync(DunningOrder order, Guid after, int most, CancellationToken cancellation) =>
        facts.NextAsync(order.Entity.Code, order.DueUpTo, after, most, cancellation);

    private async Task<IReadOnlyList<PlannedNotice>> PlanAsync(
        DunningOrder order, Guid[] customers, CancellationToken cancellation) => DunningPlanner.Plan(
            order.Date, order.Playbooks, await facts.ReadAsync(
                order.Entity, order.Date, clock.Today(order.Entity.TimeZone), order.NamedUpTo, customers,
                cancellation));

    private static RunNotice Decided(DunningOrder order, PlannedNotice plan, Guid? noticeId) => new(
        noticeId, plan.Customer.CustomerId, plan.Step.Code, plan.Channel, plan.Items, plan.Totals, plan.BlockedBy,
        plan.Playbook, order.Playbooks.InForce[plan.Playbook].Version, plan.Fee)
    {
        Deductions = DeductionsOf(plan),
    };

    private static IReadOnlyList<Deduction>? DeductionsOf(PlannedNotice plan) =>
        plan.Step.IsWork || plan.Deductions.Count == 0 ? null : plan.Deductions;

    private NoticePrepared Prepared(
        DunningOrder order, LetterSender sender, Guid runId, PlannedNotice plan, Guid id)
    {
        var (name, date, isLetter) = (order.Entity.Name, order.Date, plan.Channel == NoticeChannel.Letter);
        var work = plan.Step.IsWork ? writer.WriteWork(plan, name, date) : null;
        var mail = isLetter || plan.Step.IsWork ? null : writer.Write(
            plan, id, name, smtp.Value.Domain, date, sender.Letterhead, optOuts.Of(id),
            sender.Country);
        var letter = isLetter || plan.Step.AttachLetter ? writer.WriteLetter(plan, id, sender, date) : null;
        return new NoticePrepared(
            new NoticeContent(
                runId, order.Entity.Code, plan.Customer.CustomerId, date, plan.Step.Code, plan.Channel,
                mail?.To ?? (letter is null ? plan.Customer.Name : string.Join(", ", letter.To)), plan.Items,
                plan.Totals, plan.Level, plan.Playbook, order.Playbooks.InForce[plan.Playbook].Version)
            {
                Deductions = DeductionsOf(plan),
                IgnoresCredits = order.Playbooks.InForce[plan.Playbook].Definition.Credits == OpenCredits.Ignored
                    ? true
                    : null,
                Beside = plan.AlsoOpen.Count == 0
                    ? null
                    :
                    [
                        .. plan.AlsoOpen.Select(item => new NamedBeside(
                            item.InvoiceId, item.Installment, item.Balance, item.IsDisputed)),
                    ],
            },
            mail, letter, work);
    }

    [LoggerMessage(Level = LogLevel.Error, EventName = "dunning.fault",
        Message = "Dunning run {RunId} cannot make the notice of customer {CustomerId}")]
    private static partial void LogFault(ILogger log, Guid runId, Guid customerId, Exception error);

    [LoggerMessage(Level = LogLevel.Warning, EventName = "dunning.preview-fault",
        Message = "What is due of customer {CustomerId} cannot be planned")]
    private static partial void LogPreviewFault(ILogger log, Guid customerId, Exception error);

    /// <summary>Some of a run's customers.</summary>
    /// <param name="Planned">What is due of them.</param>
    /// <param name="Reached">The last of them; null where there is none.</param>
    /// <param name="IsLast">There are no others.</param>
    private sealed record Part(IReadOnlyList<PlannedNotice> Planned, Guid? Reached, bool IsLast);

    /// <summary>What is shown of some of a run's customers.</summary>
    private sealed record PreviewedPart(IReadOnlyList<RunNotice> Notices, Guid? Reached, bool IsLast);
}
