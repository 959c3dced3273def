using Microsoft.Extensions.Options;
using OrderToCash.Collections.Accounts;
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
/// What is due of the customers of an order, and the notices of it, word for word. Nothing is written to the log here:
/// <see cref="DunningRunner"/> writes it, <see cref="DunningPreviews"/> shows it.
/// </summary>
public sealed partial class DunningPlans(
    DunningFactsReader facts, InvoicesAtCap caps, Letterheads letterheads, NoticeWriter writer,
    IOptions<SmtpOptions> smtp, OptOutLinks optOuts, TimeProvider clock, ILogger<DunningPlans> log)
{
    /// <summary>Whose paper the notices are written on.</summary>
    public Task<LetterSender> SenderAsync(DunningOrder order, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(order);
        return letterheads.SenderAsync(order.Entity, cancellation);
    }

    /// <summary>The next customers of whom something may be due, in the order of their identifiers.</summary>
    public Task<Guid[]> NextAsync(DunningOrder order, Guid after, int most, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(order);
        return facts.NextAsync(order.Entity.Code, order.DueUpTo, after, most, cancellation);
    }

    /// <summary>What is due of customers; one that is at fault fails all of them.</summary>
    public async Task<IReadOnlyList<PlannedNotice>> PlanAsync(
        DunningOrder order, Guid[] customers, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(order);
        var known = await facts.ReadAsync(
            order.Entity, order.Date, clock.Today(order.Entity.TimeZone), order.LookUpTo, customers, cancellation);
        return DunningPlanner.Plan(
            order.Date, order.Playbooks, await caps.MarkAsync(order.Entity.Code, known, cancellation));
    }

    /// <summary>
    /// The same; null, and told of in the log, where one is at fault. What is nobody's fault ends it, such as a
    /// database that is away.
    /// </summary>
    public async Task<IReadOnlyList<PlannedNotice>?> TryPlanAsync(
        DunningOrder order, Guid[] customers, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(customers);
        try
        {
            return await PlanAsync(order, customers, cancellation);
        }
        catch (Exception error) when (CommitResult.LeftNothing(error) && !cancellation.IsCancellationRequested)
        {
            LogFault(log, customers[0], customers[^1], error);
            return null;
        }
    }

    /// <summary>
    /// Looks through the customers after another for one whose notice can be made, until one can, or
    /// <see cref="DunningRunner.AtOnce"/> of them cannot. One of whom nothing is due says nothing of the others; nor
    /// does one whose notice is blocked, unless it can be written all the same. Where so few cannot as are passed over
    /// anyway, nothing is the matter with all. Some thousands are looked at; it is gone on with from there.
    /// </summary>
    /// <param name="order">What is run.</param>
    /// <param name="from">Where it begins, or what was seen before.</param>
    /// <param name="cancellation">Stops it.</param>
    public async Task<LookAhead> LookAheadAsync(DunningOrder order, LookAhead from, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(from);
        var sender = await SenderAsync(order, cancellation);
        var seen = from;
        for (var part = 0; part < DunningRunner.PreviewParts && seen.CanMake is null; part++)
        {
            var ids = await NextAsync(order, seen.Reached, DunningRunner.AtOnce, cancellation);
            if (ids.Length == 0)
                return seen with { CanMake = seen.Failed < DunningRunner.MostFaults };
            var (canMake, failed) = await CanMakeAsync(order, sender, ids, cancellation);
            seen = new LookAhead(ids[^1], seen.Failed + failed);
            seen = seen with { CanMake = canMake ? true : seen.Failed >= DunningRunner.AtOnce ? false : null };
        }

        return seen;
    }

    /// <summary>Whether the notice of one of these can be made, and of how many before it not.</summary>
    private async Task<(bool CanMake, int Failed)> CanMakeAsync(
        DunningOrder order, LetterSender sender, Guid[] ids, CancellationToken cancellation)
    {
        var failed = 0;
        var together = (await TryPlanAsync(order, ids, cancellation))?.ToLookup(plan => plan.Customer.CustomerId);
        foreach (var customer in ids)
        {
            var due = together is null
                ? await TryPlanAsync(order, [customer], cancellation)
                : [.. together[customer]];
            var (canMake, fails) = (false, due is null);
            foreach (var plan in due ?? [])
            {
                if (CanWrite(order, sender, plan))
                    canMake = true;
                else
                    fails |= plan.BlockedBy is null;
            }

            if (fails)
                failed++;
            else if (canMake)
                return (true, failed);
        }

        return (false, failed);
    }

    /// <summary>False where what a plan says cannot be written, which is told unless it is blocked anyway.</summary>
    private bool CanWrite(DunningOrder order, LetterSender sender, PlannedNotice plan)
    {
        try
        {
            Prepare(order, sender, Guid.Empty, plan, order.NoticeIdOf(plan) ?? Guid.Empty);
            return true;
        }
        catch (Exception error) when (CommitResult.LeftNothing(error))
        {
            if (plan.BlockedBy is null)
                LogFault(log, plan.Customer.CustomerId, plan.Customer.CustomerId, error);
            return false;
        }
    }

    /// <summary>What a run decides about a customer at fault: it is passed over.</summary>
    public async Task<RunNotice> FaultAsync(Guid customer, CancellationToken cancellation)
    {
        var none = Money.Zero(await facts.CurrencyAsync(customer, cancellation));
        return new RunNotice(null, customer, "", NoticeChannel.Email, [], [none], Blocks.Fault);
    }

    /// <summary>What a run decides about a customer; without a notice where it is blocked, or only shown.</summary>
    public static RunNotice Decided(DunningOrder order, PlannedNotice plan, Guid? noticeId) => new(
        noticeId, plan.Customer.CustomerId, plan.Step.Code, plan.Channel, plan.Items, plan.Totals, plan.BlockedBy,
        plan.Playbook, order.Playbooks.InForce[plan.Playbook].Version, plan.Fee)
    {
        Deductions = DeductionsOf(plan),
    };

    private static IReadOnlyList<Deduction>? DeductionsOf(PlannedNotice plan) =>
        plan.Step.IsWork || plan.Deductions.Count == 0 ? null : plan.Deductions;

    /// <summary>The notice of a plan, word for word.</summary>
    /// <param name="order">What is run.</param>
    /// <param name="sender">Who writes.</param>
    /// <param name="runId">The run.</param>
    /// <param name="plan">What is due.</param>
    /// <param name="id">The notice.</param>
    public NoticePrepared Prepare(
        DunningOrder order, LetterSender sender, Guid runId, PlannedNotice plan, Guid id)
    {
        var (name, date, isLetter) = (order.Entity.Name, order.Date, plan.Channel == NoticeChannel.Letter);
        var work = plan.Step.IsWork ? writer.WriteWork(plan, name, date) : null;
        var message = plan.Channel.IsMessage() ? writer.WriteMessage(plan, id, name, date, sender.Letterhead) : null;
        var mail = plan.Channel != NoticeChannel.Email ? null : writer.Write(
            plan, id, name, smtp.Value.Domain, date, sender.Letterhead, optOuts.Of(id),
            sender.Country);
        var copies = mail is null ? [] : Recipients.Copies(plan.Step, plan.Customer)
            .Select(reader => writer.WriteCopy(
                plan, reader, id, name, smtp.Value.Domain, date, sender, optOuts.Of(id, reader.Email)))
            .ToList();
        var letter = isLetter || plan.Step.AttachLetter ? writer.WriteLetter(plan, id, sender, date) : null;
        return new NoticePrepared(
            new NoticeContent(
                runId, order.Entity.Code, plan.Customer.CustomerId, date, plan.Step.Code, plan.Channel,
                mail?.To ?? message?.To ?? (letter is null ? plan.Customer.Name : string.Join(", ", letter.To)),
                plan.Items,
                plan.Totals, plan.Level, plan.Playbook, order.Playbooks.InForce[plan.Playbook].Version)
            {
                Deductions = DeductionsOf(plan),
                EscalateTo = plan.Step.EscalateTo,
                IgnoresCredits = order.Playbooks.InForce[plan.Playbook].Definition.Credits == OpenCredits.Ignored
                    ? true
                    : null,
                Beside = plan.AlsoOpen.Count == 0 || message is not null
                    ? null
                    :
                    [
                        .. plan.AlsoOpen.Select(item => new NamedBeside(
                            item.InvoiceId, item.Installment, item.Balance, item.IsDisputed)),
                    ],
            },
            mail, letter, work, copies.Count == 0 ? null : copies, message);
    }

    [LoggerMessage(Level = LogLevel.Warning, EventName = "dunning.plan-fault",
        Message = "What is due of customers {First} to {Last} cannot be planned or written")]
    private static partial void LogFault(ILogger log, Guid first, Guid last, Exception error);
}
