using MassTransit;
using OrderToCash.Contracts.CashApplication.V1;
using OrderToCash.EventSourcing;
using OrderToCash.Messaging;

namespace OrderToCash.Invoicing.Integration;

/// <summary>
/// Keeps what pending payments are expected to pay, so that no credit settles it by itself meanwhile. Each is told once
/// and ends once: what has ended stays so, whichever of the two messages comes first.
/// </summary>
public sealed class PendingPaymentsConsumer(Inbox inbox)
    : IConsumer<PendingPaymentRecorded>, IConsumer<PendingPaymentEnded>
{
    public const string Queue = "invoicing-pending-payments";

    private const string Insert =
        "insert into pending_payments (item_id, invoice_id, installment, amount, pending) " +
        "select * from unnest($1, $2, $3, $4, $5) on conflict (item_id) ";

    public Task Consume(ConsumeContext<PendingPaymentRecorded> context) => inbox.WriteAsync(
        context, Rows(pending: true).Command(Insert + "do nothing", context.Message.Items));

    public Task Consume(ConsumeContext<PendingPaymentEnded> context) => inbox.WriteAsync(
        context, Rows(pending: false).Command(Insert + "do update set pending = false", context.Message.Items));

    private static SqlRows<PendingPaymentItem> Rows(bool pending) => new SqlRows<PendingPaymentItem>()
        .Column(item => item.ItemId)
        .Column(item => item.InvoiceId)
        .Column(item => item.Installment)
        .Column(item => item.Amount.ToMoney().Amount)
        .Column(_ => pending);
}
