using MassTransit;
using OrderToCash.Contracts.Collections.V1;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Messaging;

namespace OrderToCash.Invoicing.Integration;

/// <summary>
/// Marks what Collections holds back as disputed. Each dispute is told as it is, with its version, so the messages may
/// come twice and in any order.
/// </summary>
public sealed class DisputesConsumer(Inbox inbox, AccountingCalendars calendars)
    : IConsumer<DisputeOpened>, IConsumer<DisputeChanged>, IConsumer<DisputeResolved>
{
    public const string Queue = "invoicing-disputes";

    public Task Consume(ConsumeContext<DisputeOpened> context) => MarkAsync(context, context.Message.Dispute);

    public Task Consume(ConsumeContext<DisputeChanged> context) => MarkAsync(context, context.Message.Dispute);

    public Task Consume(ConsumeContext<DisputeResolved> context) => MarkAsync(context, context.Message.Dispute);

    private async Task MarkAsync(ConsumeContext context, Dispute dispute)
    {
        await calendars.RefreshAsync(AllocationsConsumer.CalendarAge, context.CancellationToken);
        var source = new DisputeSource(dispute.DisputeId, dispute.Disputed.ToMoney(), context.StreamVersion());
        await inbox.DecideAsync(
            context, InvoiceStream.Type, dispute.InvoiceId,
            invoice => invoice.Issued is null
                ? throw new UnknownInvoiceException(dispute.InvoiceId)
                : AdjustmentDecider.NoteDispute(
                    invoice, dispute.Installment, source, calendars.Context(invoice.Issued.Books.LegalEntity)),
            refresh: calendars.RefreshAsync);
    }
}
