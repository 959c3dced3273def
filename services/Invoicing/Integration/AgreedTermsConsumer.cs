using MassTransit;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.BillingSchedules;
using OrderToCash.Invoicing.Customers;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Kernel;
using OrderToCash.Messaging;
using CustomerTermsAgreed = OrderToCash.Contracts.Credit.V1.CustomerTermsAgreed;

namespace OrderToCash.Invoicing.Integration;

/// <summary>
/// Lets terms hold that Credit has agreed on with a customer: invoices from now on are due by them. The way of billing
/// that was agreed with them is shown with the customer, and kept to be set up as a billing schedule. What was agreed
/// with a duplicate holds for the customer that is billed in its place, too: of both the last agreement counts.
/// </summary>
public sealed class AgreedTermsConsumer(Inbox inbox, EventStore store) : IConsumer<CustomerTermsAgreed>
{
    public const string Queue = "invoicing-agreed-terms";

    public Task Consume(ConsumeContext<CustomerTermsAgreed> context) => inbox.CommitAsync(
        context, batch => AgreeAsync(
            batch, context.Message, context.StreamVersion(), context.Sequence(), context.CancellationToken));

    private async Task AgreeAsync(
        WriteBatch batch, CustomerTermsAgreed agreed, long version, long sequence, CancellationToken cancellation)
    {
        var (customer, at) = await store.LoadAsync(CustomerStream.Type, agreed.CustomerId, cancellation);
        if (customer.Now is not { } now)
            throw new MessageRefusedException($"There is no customer {agreed.CustomerId}.");
        if (agreed.BillingSchedule is { } words)
        {
            batch.Row(BillingAgreements.Row(
                new BillingAgreement(agreed.SourceId, agreed.CustomerId, words, PlanOf(agreed), version)));
        }

        var decision = Accepted(AccountDecider.Agree(
            customer, agreed.Terms, version, sequence, agreed.BillingSchedule));
        if (decision.Events.Count == 0)
            return;
        batch.Append(CustomerStream.Type, agreed.CustomerId, at, decision.Events);
        if (now.MergedInto is not { } survivorId)
            return;
        var survivor = await store.LoadAsync(CustomerStream.Type, survivorId, cancellation);
        batch.Append(
            CustomerStream.Type, survivorId, survivor.Version,
            Accepted(version > now.TermsVersion
                ? AccountDecider.AgreeFor(survivor.State, agreed.Terms, sequence, agreed.BillingSchedule)
                : AccountDecider.AgreeOnBilling(survivor.State, agreed.BillingSchedule)).Events);
    }

    /// <summary>The plan; null where there is none, or none that is known here: its words say it.</summary>
    private static AgreedPlan? PlanOf(CustomerTermsAgreed agreed)
    {
        if (agreed.Plan is not { } plan)
            return null;
        var isKnown = Enum.TryParse<BillingInterval>(plan.Interval, ignoreCase: true, out var interval);
        return (isKnown && plan.From is not null) || plan.Milestones is not null
            ? new AgreedPlan(
                isKnown ? interval : null, plan.From, plan.FirstFullPeriod, plan.InArrears,
                plan.Milestones?.Select(one => new AgreedMilestone(one.Code, one.Description, one.PlannedOn)).ToList())
            : null;
    }

    private static Decision Accepted(Decision decision) => decision.Refusal is { } refusal
        ? throw new MessageRefusedException($"{refusal.Code} {refusal.Detail}")
        : decision;
}
