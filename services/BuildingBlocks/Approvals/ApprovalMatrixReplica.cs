using MassTransit;
using OrderToCash.EventSourcing;
using OrderToCash.Messaging;
using Contract = OrderToCash.Contracts.Invoicing.V1;

namespace OrderToCash.Approvals;

/// <summary>
/// How a matrix, and who decides instead of whom, get from the service that owns legal entities to those that decide by
/// it: as events in streams of their own, so that deciding waits for nobody and the log says what was in force.
/// </summary>
public static class ApprovalMatrixReplica
{
    /// <summary>At the owner: publishes each matrix that is defined, and each delegation.</summary>
    public static Publications ApprovalMatrices(this Publications publications)
    {
        ArgumentNullException.ThrowIfNull(publications);
        return publications
            .On<ApprovalMatrixDefined>(e => new Contract.ApprovalMatrixDefined(
                e.Data.LegalEntity,
                [
                    .. e.Data.Rules.Select(rule => new Contract.ApprovalRule(
                        rule.Kind, rule.UpTo, rule.Approvals, rule.Role, rule.Alone, rule.RiskClass, rule.NotBelow,
                        rule.Escalation?.To, rule.Escalation?.AfterHours)),
                ],
                e.Data.BaseCurrency))
            .On<ApprovalDelegated>(e => Changed(e.StreamId, e.Data, isRevoked: false))
            .On<ApprovalDelegationRevoked>(e => Changed(e.StreamId, e.Data.Delegation, isRevoked: true));
    }

    /// <summary>Everywhere else: keeps a replica, through the queue <c>{service}-approval-matrices</c>.</summary>
    public static MessagingOptions ApprovalMatrices(this MessagingOptions messaging, string service)
    {
        ArgumentNullException.ThrowIfNull(messaging);
        return messaging.Endpoint<ApprovalMatricesConsumer>($"{service}-approval-matrices", concurrency: 1);
    }

    private static Contract.ApprovalDelegationChanged Changed(Guid id, ApprovalDelegated given, bool isRevoked) =>
        new(id, given.LegalEntity, given.By, given.To, given.Roles, given.From, given.Until, isRevoked);
}

/// <summary>
/// Keeps the replica of each legal entity's matrix, and of the delegations in it; what is older than is known is
/// ignored.
/// </summary>
public sealed class ApprovalMatricesConsumer(Inbox inbox)
    : IConsumer<Contract.ApprovalMatrixDefined>, IConsumer<Contract.ApprovalDelegationChanged>
{
    /// <inheritdoc/>
    public Task Consume(ConsumeContext<Contract.ApprovalMatrixDefined> context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var matrix = context.Message;
        var news = new ApprovalMatrixDefined(
            matrix.LegalEntity,
            [
                .. matrix.Rules.Select(rule => new ApprovalRule(
                    rule.Kind, rule.UpTo, rule.Approvals, rule.Role, rule.Alone, rule.RiskClass, rule.NotBelow ?? false,
                    rule is { EscalateTo: { } to, EscalateAfterHours: { } hours } ? new Escalation(to, hours) : null)),
            ],
            matrix.BaseCurrency,
            context.StreamVersion());
        return inbox.DecideAsync(
            context, ApprovalMatrixStream.Type, ApprovalMatrixStream.Id(matrix.LegalEntity),
            known => known.Learn(news));
    }

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<Contract.ApprovalDelegationChanged> context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var told = context.Message;
        var given = new ApprovalDelegated(
            told.LegalEntity, told.DelegatedBy, told.DelegatedTo, told.Roles, told.From, told.Until);
        return inbox.DecideAsync(
            context, ApprovalDelegationStream.Type, told.DelegationId, known => known.Learn(given, told.IsRevoked));
    }
}
