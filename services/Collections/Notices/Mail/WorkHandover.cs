using OrderToCash.Collections.Accounts;
using OrderToCash.Collections.Escalations;
using OrderToCash.Collections.Holds;
using OrderToCash.Collections.Playbooks;
using OrderToCash.Collections.Policies;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Collections.Recommendations;
using OrderToCash.Collections.Tasks;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Notices.Mail;

/// <summary>
/// Carries out steps that are no writing, in the transaction in which the sender has looked at them once more: a call
/// task, an escalation, or a recommendation for approval. What may not be recommended is a task for a person, so that a
/// playbook never ends in nothing.
/// </summary>
public sealed class WorkHandover(Customers customers, Recommender recommender, PolicyBook policies, TimeProvider clock)
{
    /// <summary>What becomes of the step; what it leads to is added to the batch.</summary>
    public async Task<Decision> SendAsync(
        WriteBatch batch, Guid noticeId, Notice notice, IReadOnlyList<HoldKind> holds, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(notice);
        if (holds.Where(HoldDecider.ForbidsContact).Select(hold => Kebab.Of(hold)).FirstOrDefault() is { } hold)
            return NoticeDecider.Withdraw(notice, hold);
        var (content, text) = (notice.Prepared!.Content, notice.Prepared.Work!);
        var today = (await customers.FindAsync(content.CustomerId, cancellation))!.Today;
        switch (content.Channel)
        {
            case NoticeChannel.Escalate:
                var policy = await policies.InForceAsync(content.LegalEntity, cancellation);
                var id = Ids.Next(clock);
                batch.Append(EscalationStream.Type, id, 0,
                [
                    new EscalationRaised(
                        content.LegalEntity, content.CustomerId, content.EscalateTo ?? EscalationTarget.TeamLead,
                        EscalationCause.Playbook, noticeId, text, today.AddDays(policy.Escalations.AcknowledgeDays)),
                ]);
                return NoticeDecider.HandOver(notice, id);
            case NoticeChannel.RecommendSuspension:
                return await RecommendAsync(batch, noticeId, notice, today, RecommendationKind.Suspend, cancellation);
            case NoticeChannel.RecommendWriteOff:
                return await RecommendAsync(batch, noticeId, notice, today, RecommendationKind.WriteOff, cancellation);
            default:
                return NoticeDecider.HandOver(notice, AddTask(batch, noticeId, content, TaskKind.Call, text, today));
        }
    }

    private async Task<Decision> RecommendAsync(
        WriteBatch batch, Guid noticeId, Notice notice, DateOnly today, RecommendationKind kind,
        CancellationToken cancellation)
    {
        var (content, text) = (notice.Prepared!.Content, notice.Prepared.Work!);
        if (await recommender.IsUnderWayAsync(content.CustomerId, kind, cancellation))
            return NoticeDecider.HandOver(notice, null);
        var customer = (await recommender.FindAsync(content.CustomerId, cancellation))!;

        // Service is suspended for all that is past due; only what has come to the step itself is written off.
        var invoices = content.Items.Where(item => kind != RecommendationKind.WriteOff || !item.Listed)
            .Select(item => item.InvoiceId).Distinct();
        var (made, refusal) = await recommender.DraftAsync(customer, kind, text, [.. invoices], cancellation);
        if (made is null)
        {
            return NoticeDecider.HandOver(
                notice, AddTask(batch, noticeId, content, TaskKind.Other, $"{text} {refusal!.Detail}", today));
        }

        return NoticeDecider.HandOver(
            notice, await recommender.AddAsync(batch, customer, made, noticeId, cancellation));
    }

    private Guid AddTask(
        WriteBatch batch, Guid noticeId, NoticeContent content, TaskKind kind, string text, DateOnly today)
    {
        var id = Ids.Next(clock);
        batch.Append(CollectionTaskStream.Type, id, 0,
            [new TaskCreated(content.LegalEntity, content.CustomerId, kind, text, today, null, noticeId)]);
        return id;
    }
}
