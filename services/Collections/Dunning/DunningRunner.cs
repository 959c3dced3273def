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

/// <summary>What is run.</summary>
/// <param name="Entity">Whose receivables.</param>
/// <param name="Date">Day of the run in the entity's calendar.</param>
/// <param name="Playbooks">Which playbook each customer goes by.</param>
/// <param name="ByClock">The entity's schedule starts it, and no person.</param>
public sealed record DunningOrder(
    LegalEntity Entity, DateOnly Date, CustomerPlaybooks Playbooks, bool ByClock = false)
{
    /// <summary>Version of the playbook of customers that nothing gives another.</summary>
    public long UsualVersion => Playbooks.InForce[Playbooks.Usual].Version;
}

/// <summary>
/// Decides who gets a notice on a day. A real run writes the notices, word for word, in one transaction with the run
/// itself; the sender takes them from there.
/// </summary>
public sealed class DunningRunner(
    DunningFactsReader facts, Letterheads letterheads, NoticeWriter writer, IOptions<SmtpOptions> smtp,
    TimeProvider clock)
{
    /// <summary>What a run would decide; it leaves nothing behind.</summary>
    public async Task<IReadOnlyList<RunNotice>> PreviewAsync(DunningOrder order, CancellationToken cancellation) =>
        [.. (await PlanAsync(order, cancellation)).Select(plan => Decided(order, plan, null))];

    /// <summary>Adds a run and its notices to a write.</summary>
    /// <param name="batch">The write.</param>
    /// <param name="runs">
    /// The entity's runs, loaded before this: whoever decides on older facts than another run loses at the commit and
    /// decides again.
    /// </param>
    /// <param name="order">What is run.</param>
    /// <param name="cancellation">Stops it; nothing is written before the batch is.</param>
    public async Task<DunningRunDone> AddAsync(
        WriteBatch batch, Loaded<DunningRuns> runs, DunningOrder order, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(order);
        var sender = await letterheads.SenderAsync(order.Entity, cancellation);
        var planned = await PlanAsync(order, cancellation);
        var done = new DunningRunDone(
            Ids.Next(clock), order.Entity.Code, order.Date, order.Playbooks.Usual, order.UsualVersion,
            [.. planned.Select(plan => Decided(order, plan, NoticeId(order, plan)))], order.ByClock);
        foreach (var (plan, notice) in planned.Zip(done.Notices).Where(pair => pair.Second.NoticeId is not null))
        {
            batch.Append(
                NoticeStream.Type, notice.NoticeId!.Value,
                plan.Step.IsWork ? plan.Customer.WorkVersion : plan.Customer.NoticeVersion,
                [Prepared(order, sender, done.RunId, plan, notice.NoticeId.Value)]);
        }

        batch.Append(DunningRunsStream.Type, DunningRunsStream.Id(order.Entity.Code), runs.Version, [done]);
        return done;
    }

    private async Task<IReadOnlyList<PlannedNotice>> PlanAsync(DunningOrder order, CancellationToken cancellation)
    {
        var dueUpTo = order.Date.AddDays(order.Playbooks.DaysAhead);
        var customers = await facts.ReadAsync(
            order.Entity, order.Date, clock.Today(order.Entity.TimeZone), dueUpTo, cancellation);
        return DunningPlanner.Plan(order.Date, order.Playbooks, customers);
    }

    private static RunNotice Decided(DunningOrder order, PlannedNotice plan, Guid? noticeId) => new(
        noticeId, plan.Customer.CustomerId, plan.Step.Code, plan.Channel, plan.Items, plan.Totals, plan.BlockedBy,
        plan.Playbook, order.Playbooks.InForce[plan.Playbook].Version, plan.Fee);

    private static Guid? NoticeId(DunningOrder order, PlannedNotice plan) => plan switch
    {
        { BlockedBy: not null } => null,
        { Step.IsWork: true } => NoticeStream.WorkId(order.Entity.Code, plan.Customer.CustomerId, order.Date),
        _ => NoticeStream.Id(order.Entity.Code, plan.Customer.CustomerId, order.Date),
    };

    private NoticePrepared Prepared(
        DunningOrder order, LetterSender sender, Guid runId, PlannedNotice plan, Guid id)
    {
        var (name, date, isLetter) = (order.Entity.Name, order.Date, plan.Channel == NoticeChannel.Letter);
        var work = plan.Step.IsWork ? writer.WriteWork(plan, name, date) : null;
        var mail = isLetter || plan.Step.IsWork ? null : writer.Write(plan, id, name, smtp.Value.Domain, date);
        var letter = isLetter || plan.Step.AttachLetter ? writer.WriteLetter(plan, id, sender, date) : null;
        return new NoticePrepared(
            new NoticeContent(
                runId, order.Entity.Code, plan.Customer.CustomerId, date, plan.Step.Code, plan.Channel,
                mail?.To ?? (letter is null ? plan.Customer.Name : string.Join(", ", letter.To)), plan.Items,
                plan.Totals, plan.Level, plan.Playbook, order.Playbooks.InForce[plan.Playbook].Version, plan.Fee),
            mail, letter, work);
    }
}
