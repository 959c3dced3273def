using MassTransit;
using OrderToCash.CashApplication.Replicas;
using OrderToCash.Contracts.Collections.V1;
using OrderToCash.Messaging;

namespace OrderToCash.CashApplication.Integration;

/// <summary>
/// Keeps the replica of promises and payment plans. Each message says what its agreement is after the event, so the
/// newest word counts, in whatever order they come.
/// </summary>
public sealed class AgreementsConsumer(Inbox inbox)
    : IConsumer<PromiseMade>, IConsumer<PromiseKept>, IConsumer<PromisePartlyKept>, IConsumer<PromiseBroken>,
        IConsumer<PromiseReopened>, IConsumer<PromiseCancelled>, IConsumer<PlanActivated>, IConsumer<PlanBreached>,
        IConsumer<PlanCompleted>, IConsumer<PlanEnded>
{
    /// <inheritdoc/>
    public Task Consume(ConsumeContext<PromiseMade> context) => WriteAsync(context, context.Message.Promise);

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<PromiseKept> context) => WriteAsync(context, context.Message.Promise);

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<PromisePartlyKept> context) => WriteAsync(context, context.Message.Promise);

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<PromiseBroken> context) => WriteAsync(context, context.Message.Promise);

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<PromiseReopened> context) => WriteAsync(context, context.Message.Promise);

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<PromiseCancelled> context) => WriteAsync(context, context.Message.Promise);

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<PlanActivated> context) => WriteAsync(context, context.Message.Plan);

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<PlanBreached> context) => WriteAsync(context, context.Message.Plan);

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<PlanCompleted> context) => WriteAsync(context, context.Message.Plan);

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<PlanEnded> context) => WriteAsync(context, context.Message.Plan);

    private Task WriteAsync(ConsumeContext context, Promise promise) =>
        inbox.WriteAsync(context, Agreements.Write(context.StreamVersion(), promise));

    private Task WriteAsync(ConsumeContext context, PaymentPlan plan) =>
        inbox.WriteAsync(context, Agreements.Write(context.StreamVersion(), plan));
}
