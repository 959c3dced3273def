using MassTransit;
using OrderToCash.EventSourcing;
using OrderToCash.Messaging;
using Contract = OrderToCash.Contracts.Invoicing.V1;

namespace OrderToCash.Approvals;

/// <summary>
/// How a matrix gets from the service that owns legal entities to those that decide by it: as an event in a stream of
/// their own, so that deciding waits for nobody and the log says which matrix was in force.
/// </summary>
public static class ApprovalMatrixReplica
{
    /// <summary>At the owner: publishes each matrix that is defined.</summary>
    public static Publications ApprovalMatrices(this Publications publications)
    {
        ArgumentNullException.ThrowIfNull(publications);
        return publications.On<ApprovalMatrixDefined>(e => new Contract.ApprovalMatrixDefined(
            e.Data.LegalEntity,
            [
                .. e.Data.Rules.Select(rule => new Contract.ApprovalRule(
                    rule.Kind, rule.UpTo, rule.Approvals, rule.Role, rule.Alone)),
            ],
            e.Data.BaseCurrency));
    }

    /// <summary>Everywhere else: keeps a replica, through the queue <c>{service}-approval-matrices</c>.</summary>
    public static MessagingOptions ApprovalMatrices(this MessagingOptions messaging, string service)
    {
        ArgumentNullException.ThrowIfNull(messaging);
        return messaging.Endpoint<ApprovalMatricesConsumer>($"{service}-approval-matrices", concurrency: 1);
    }
}

/// <summary>Keeps the replica of each legal entity's matrix; an older one than is known is ignored.</summary>
public sealed class ApprovalMatricesConsumer(Inbox inbox) : IConsumer<Contract.ApprovalMatrixDefined>
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
                    rule.Kind, rule.UpTo, rule.Approvals, rule.Role, rule.Alone)),
            ],
            matrix.BaseCurrency,
            context.StreamVersion());
        return inbox.DecideAsync(
            context, ApprovalMatrixStream.Type, ApprovalMatrixStream.Id(matrix.LegalEntity),
            known => known.Learn(news));
    }
}
