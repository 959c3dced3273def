using MassTransit;
using OrderToCash.Collections.Disputes;
using OrderToCash.Collections.Notices;
using OrderToCash.Collections.Plans;
using OrderToCash.Collections.Recommendations;
using OrderToCash.Collections.Reviews;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.Messaging;

namespace OrderToCash.Collections.Integration;

/// <summary>Hears what Invoicing has made of what was asked of it.</summary>
public sealed class AnswersConsumer(Inbox inbox, TimeProvider clock) : IConsumer<CollectionsRequestAnswered>
{
    public const string Queue = "collections-answers";

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<CollectionsRequestAnswered> context) => context.Message.Kind switch
    {
        "dispute-credit" => inbox.DecideAsync(
            context, DisputeStream.Type, context.Message.SubjectId,
            dispute => OnDispute(dispute, context.Message),
            (batch, decided) => OnCredit(batch, decided, context.Message)),
        "reschedule" => inbox.DecideAsync(
            context, PaymentPlanStream.Type, context.Message.SubjectId,
            plan => PlanDecider.Rescheduled(
                plan, context.Message.RequestId, context.Message.Outcome, context.Message.Detail)),
        "write-off" or "service-change" => inbox.DecideAsync(
            context, RecommendationStream.Type, context.Message.SubjectId,
            recommendation => RecommendationDecider.Answer(
                recommendation, context.Message.RequestId, context.Message.Outcome == "carried-out",
                context.Message.Code ?? "", context.Message.Detail ?? ""),
            OnRecommendation),
        "late-fee" when FeeAnswer(context.Message) is { } answer => inbox.DecideAsync(
            context, ReminderFeeStream.Type, ReminderFeeStream.Id(context.Message.SubjectId),
            fee => ReminderFeeDecider.Answer(fee, answer)),
        _ => inbox.WriteAsync(context),
    };

    /// <summary>What is noted of the answer; null where it is not settled yet.</summary>
    private static object? FeeAnswer(CollectionsRequestAnswered answer) => answer switch
    {
        { Outcome: "carried-out", DocumentId: { } id, DocumentNumber: { } number } =>
            new ReminderFeeCharged(answer.SubjectId, id, number),
        { Outcome: "refused" } => new ReminderFeeRefused(
            answer.SubjectId, answer.Code ?? "refused", answer.Detail ?? ""),
        _ => null,
    };

    /// <summary>
    /// What is credited is not asked for, neither while it is disputed nor until Invoicing's own word has lowered the
    /// balance: that comes on another queue, before this answer or long after it.
    /// </summary>
    private void OnCredit(WriteBatch batch, Decided<Dispute> decided, CollectionsRequestAnswered answer)
    {
        var now = decided.State.Case!;
        if (answer.ApplicationId is { } application && decided.Events.OfType<DisputeCredited>().Any())
        {
            batch.Row(PendingAllocations.Open(
                application, now.Opened.InvoiceId, now.Opened.Installment, now.Accepted));
        }

        batch.Row(ReviewQueue.Request(clock.GetUtcNow(), now.Opened.CustomerId));
    }

    /// <summary>
    /// What it is about may have been settled before this answer: then nothing else has the customer looked at, and
    /// service would stay suspended.
    /// </summary>
    private void OnRecommendation(WriteBatch batch, Decided<Recommendation> decided)
    {
        if (decided.Events.Count > 0)
            batch.Row(ReviewQueue.Request(clock.GetUtcNow(), decided.State.Made!.CustomerId));
    }

    private static Decision OnDispute(Dispute dispute, CollectionsRequestAnswered answer) => answer.Outcome switch
    {
        "carried-out" => DisputeDecider.Credited(dispute, answer.RequestId, answer.DocumentId, answer.DocumentNumber),
        "waiting" => DisputeDecider.CreditAwaited(dispute, answer.RequestId, answer.Detail ?? ""),
        "refused" => DisputeDecider.CreditRefused(
            dispute, answer.RequestId, answer.Code ?? "refused", answer.Detail ?? ""),
        _ => throw new MessageRefusedException($"'{answer.Outcome}' is no outcome."),
    };
}
