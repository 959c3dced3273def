using MassTransit;
using OrderToCash.Contracts.Collections.V1;
using OrderToCash.Credit.CreditAccounts;
using OrderToCash.Credit.Decisions;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.Messaging;

namespace OrderToCash.Credit.Integration;

/// <summary>
/// Keeps which payment plans were breached and which disputes were lost. A plan that is in force again, paid or ended
/// otherwise is breached no longer; a breached one holds the account where the policy says so, until a person lets it
/// go, opened or not. What is told of long ago, or after something newer about the plan, is kept and holds nothing.
/// </summary>
public sealed class ConductConsumer(Inbox inbox, EventStore store, DecisionBooks books, Incidents incidents)
    : IConsumer<PlanBreached>, IConsumer<PlanActivated>, IConsumer<PlanCompleted>, IConsumer<PlanEnded>,
        IConsumer<DisputeResolved>
{
    private const string Lost = "rejected";

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<PlanBreached> context) => inbox.CommitAsync(context, async batch =>
    {
        var (plan, missed) = (context.Message.Plan, context.Message.Missed);
        var due = plan.Installments.Single(installment => installment.Number == missed).DueDate;
        batch.Row(BehaviourRows.Incident(
            plan.PlanId, BehaviourRows.BreachedPlan, plan.CustomerId, due, context.StreamVersion(), holds: true));
        var account = await store.LoadAsync(CreditAccountStream.Type, plan.CustomerId, context.CancellationToken);
        if (await incidents.IsNewsAsync(context, plan.PlanId, BehaviourRows.BreachedPlan))
        {
            batch.Append(
                CreditAccountStream.Type, plan.CustomerId, account.Version,
                await HoldAsync(account.State, plan, missed, context.CancellationToken));
        }
    });

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<PlanActivated> context) => ForgiveAsync(context, context.Message.Plan);

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<PlanCompleted> context) => ForgiveAsync(context, context.Message.Plan);

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<PlanEnded> context) => ForgiveAsync(context, context.Message.Plan);

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<DisputeResolved> context) => inbox.CommitAsync(context, async batch =>
    {
        var (dispute, outcome) = (context.Message.Dispute, context.Message.Outcome);
        var (account, _) = await store.LoadAsync(
            CreditAccountStream.Type, dispute.CustomerId, context.CancellationToken);
        var day = await books.DayAsync(
            account.Opened?.LegalEntity, context.HappenedAt(), context.CancellationToken);
        batch.Row(BehaviourRows.Incident(
            dispute.DisputeId, BehaviourRows.LostDispute, dispute.CustomerId, day, context.StreamVersion(),
            outcome == Lost));
    });

    private Task ForgiveAsync(ConsumeContext context, PaymentPlan plan) => inbox.WriteAsync(
        context,
        BehaviourRows.Incident(
            plan.PlanId, BehaviourRows.BreachedPlan, plan.CustomerId, plan.Installments[0].DueDate,
            context.StreamVersion(), holds: false));

    private async Task<IReadOnlyList<object>> HoldAsync(
        CreditAccount account, PaymentPlan plan, int missed, CancellationToken cancellation)
    {
        var facts = await books.FactsAsync(account.Opened?.LegalEntity ?? plan.LegalEntity, cancellation);
        if (!facts.Policy.Policy.Holds.OnBreachedPlan)
            return [];
        var code = HoldDecider.BreachedPlan;
        return HoldDecider.Place(
            account,
            new HoldPlaced(
                HoldDecider.Id(plan.CustomerId, code, plan.PlanId.ToString("N")), code,
                $"Installment {missed} of a payment plan over {plan.Amount.ToMoney()} was not paid.", ByRule: true,
                Until: null),
            facts.Today).Events;
    }
}
