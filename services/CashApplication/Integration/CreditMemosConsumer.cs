using MassTransit;
using OrderToCash.CashApplication.Replicas;
using OrderToCash.CashApplication.UseCases;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.Messaging;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.Integration;

/// <summary>
/// Keeps the replica of credit memos. A new one may explain money of its customer that waits; one of the past, which is
/// told at the first catch-up, seems open until the rest of its story is told, and is no news.
/// </summary>
public sealed class CreditMemosConsumer(Inbox inbox, WakeUp<WaitingMatchService> wakeUp)
    : IConsumer<CreditMemoIssued>, IConsumer<CreditMemoChanged>
{
    /// <inheritdoc/>
    public async Task Consume(ConsumeContext<CreditMemoIssued> context)
    {
        await inbox.WriteAsync(
            context, CreditMemos.Write(context.StreamVersion(), context.Message),
            MatchNews.Of(MatchNews.Customer, context.HappenedAt(), context.Message.CustomerId));
        wakeUp.Wake();
    }

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<CreditMemoChanged> context) =>
        inbox.WriteAsync(context, CreditMemos.Write(context.StreamVersion(), context.Message));
}
