using MassTransit;
using OrderToCash.CashApplication.Replicas;
using OrderToCash.CashApplication.UseCases;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.Messaging;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.Integration;

/// <summary>
/// Keeps the replica of open items, and what happened to them. Payments come in over <see cref="AnswersConsumer"/>,
/// which changes balance and promise together: in two queues one would be seen without the other, and money would look
/// free that is not.
/// </summary>
public sealed class OpenItemsConsumer(Inbox inbox, WakeUp<WaitingMatchService> wakeUp)
    : IConsumer<InvoiceIssued>, IConsumer<InvoiceVoided>, IConsumer<OpenItemsChanged>
{
    /// <inheritdoc/>
    public async Task Consume(ConsumeContext<InvoiceIssued> context)
    {
        await inbox.WriteAsync(
            context,
            [
                .. OpenItems.Write(context.StreamVersion(), context.Message),
                MatchNews.Of(MatchNews.Invoice, context.Message.InvoiceId),
            ]);
        wakeUp.Wake();
    }

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<InvoiceVoided> context)
    {
        var version = context.StreamVersion();
        return inbox.WriteAsync(
            context, OpenItems.Write(version, context.Message.Items), ItemMovements.Of(version, context.Message));
    }

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<OpenItemsChanged> context)
    {
        var version = context.StreamVersion();
        return inbox.WriteAsync(
            context, OpenItems.Write(version, context.Message.Items), ItemMovements.Of(version, context.Message));
    }
}
