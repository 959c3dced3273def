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
/// What is due of the customers of an order, and the notices of it, word for word. Nothing is written to the log here:
/// <see cref="DunningRunner"/> writes it, <see cref="DunningPreviews"/> shows it.
/// </summary>
public sealed partial class DunningPlans(
    DunningFactsReader facts, Letterheads letterheads, NoticeWriter writer, IOptions<SmtpOptions> smtp,
    OptOutLinks optOuts, TimeProvider clock, ILogger<DunningPlans> log)
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
        return DunningPlanner.Plan(order.Date, order.Playbooks, await facts.ReadAsync(
            order.Entity, order.Date, clock.Today(order.Entity.TimeZone), order.NamedUpTo, customers, cancellation));
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
    /// True where the notice of one of the customers after another can be made. They are looked through until one can,
    /// or <see cref="DunningRunner.AtOnce"/> of them cannot: one of whom nothing is due, or only what is blocked, says
    /// nothing of the others.
    /// </summary>
    public async Task<bool> CanMakeAfterAsync(DunningOrder order, Guid after, CancellationToken cancellation)
    {
        var (sender, failed) = (await SenderAsync(order, cancellation), 0);
        var ids = await NextAsync(order, after, DunningRunner.AtOnce, cancellation);
        while (ids.Length > 0 && failed < DunningRunner.AtOnce)
        {
            var together = (await TryPlanAsync(order, ids, cancellation))?.ToLookup(plan => plan.Customer.CustomerId);
            foreach (var customer in ids)
            {
                var due = together is null
                    ? await TryPlanAsync(order, [customer], cancellation)
                    : [.. together[customer]];
                if (due is null || !CanMake(order, sender, due))
                    failed++;
                else if (due.Any(plan => plan.BlockedBy is null))
                    return true;
            }

            ids = await NextAsync(order, ids[^1], DunningRunner.AtOnce, cancellation);
        }

        return false;
    }

    /// <summary>False where the notices of a customer cannot be made.</summary>
    private bool CanMake(DunningOrder order, LetterSender sender, IEnumerable<PlannedNotice> due)
    {
        foreach (var plan in due)
        {
            try
            {
                if (order.NoticeIdOf(plan) is { } id)
                    Prepare(order, sender, Guid.Empty, plan, id);
            }
            catch (Exception error) when (CommitResult.LeftNothing(error))
            {
                LogFault(log, plan.Customer.CustomerId, plan.Customer.CustomerId, error);
                return false;
            }
        }

        return true;
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
                EscalateTo = plan.Step.EscalateTo,
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

    [LoggerMessage(Level = LogLevel.Warning, EventName = "dunning.plan-fault",
        Message = "What is due of customers {First} to {Last} cannot be planned or written")]
    private static partial void LogFault(ILogger log, Guid first, Guid last, Exception error);
}
