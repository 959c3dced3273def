using MassTransit;
using OrderToCash.Contracts.CashApplication.V1;
using OrderToCash.EventSourcing;
using OrderToCash.Messaging;

namespace OrderToCash.Invoicing.Integration;

/// <summary>
/// Keeps what pending payments are expected to pay, so that no credit settles it by itself meanwhile, nor while the
/// receipt that one has become is on its way to it. Each is told once and ends once: what has ended stays so, whichever
/// of the two messages comes first.
/// </summary>
public sealed class PendingPaymentsConsumer(Inbox inbox)
    : IConsumer<PendingPaymentRecorded>, IConsumer<PendingPaymentEnded>
{
    public const string Queue = "invoicing-pending-payments";

    private const string Recorded =
        "insert into pending_payments (item_id, invoice_id, installment, amount, pending) " +
        "select *, true from unnest($1, $2, $3, $4) on conflict (item_id) do nothing";

    private const string Ended =
        "insert into pending_payments as p (item_id, invoice_id, installment, amount, pending, settled_at) " +
        "select item, invoice, installment, amount, false, case when settled then now() end " +
        "from unnest($1, $2, $3, $4, $5) as e (item, invoice, installment, amount, settled) " +
        "on conflict (item_id) do update " +
        "set pending = false, settled_at = coalesce(p.settled_at, excluded.settled_at)";

    public Task Consume(ConsumeContext<PendingPaymentRecorded> context) => inbox.WriteAsync(
        context, Rows().Command(Recorded, context.Message.Items));

    public Task Consume(ConsumeContext<PendingPaymentEnded> context)
    {
        var isSettled = context.Message.Outcome == "settled";
        return inbox.WriteAsync(context, Rows().Column(_ => isSettled).Command(Ended, context.Message.Items));
    }

    private static SqlRows<PendingPaymentItem> Rows() => new SqlRows<PendingPaymentItem>()
        .Column(item => item.ItemId)
        .Column(item => item.InvoiceId)
        .Column(item => item.Installment)
        .Column(item => item.Amount.ToMoney().Amount);
}
