using MassTransit;
using OrderToCash.Contracts.Collections.V1;
using OrderToCash.Messaging;

namespace OrderToCash.Credit.Integration;

/// <summary>
/// Keeps which promises were broken. Each message carries the promise as it is; a broken one that turns out to be kept,
/// or is taken back, counts no longer.
/// </summary>
public sealed class PromisesConsumer(Inbox inbox)
    : IConsumer<PromiseBroken>, IConsumer<PromisePartlyKept>, IConsumer<PromiseKept>, IConsumer<PromiseReopened>,
        IConsumer<PromiseCancelled>
{
    /// <inheritdoc/>
    public Task Consume(ConsumeContext<PromiseBroken> context) => KeepAsync(context, context.Message.Promise, true);

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<PromisePartlyKept> context) =>
        KeepAsync(context, context.Message.Promise, false);

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<PromiseKept> context) => KeepAsync(context, context.Message.Promise, false);

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<PromiseReopened> context) => KeepAsync(context, context.Message.Promise, false);

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<PromiseCancelled> context) => KeepAsync(context, context.Message.Promise, false);

    private Task KeepAsync(ConsumeContext context, Promise promise, bool isBroken) => inbox.WriteAsync(
        context,
        BehaviourRows.Incident(
            promise.PromiseId, BehaviourRows.BrokenPromise, promise.CustomerId, promise.JudgedAfter,
            context.StreamVersion(), isBroken));
}
