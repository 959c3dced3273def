using MassTransit;
using OrderToCash.Contracts.CashApplication.V1;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Kernel;
using OrderToCash.Messaging;

namespace OrderToCash.Invoicing.Integration;

/// <summary>
/// Our side of the allocation handshake: cash application says what to apply, the balance says whether. Every answer is
/// an event of the invoice, so it is published once for each allocation, whatever is redelivered.
/// </summary>
public sealed class AllocationsConsumer(Inbox inbox, TimeProvider clock)
    : IConsumer<AllocationRequested>, IConsumer<AllocationReversalRequested>
{
    public const string Queue = "invoicing-allocations";

    public Task Consume(ConsumeContext<AllocationRequested> context)
    {
        var message = context.Message;
        var command = new ApplyPayment(
            message.AllocationId, message.ReceiptId, message.Installment, message.Amount.ToMoney(), message.ValueDate,
            message.UnappliedCashAccount, message.Discount?.ToMoney(), message.Difference?.ToMoney());
        return DecideAsync(context, message.InvoiceId, invoice =>
            InvoiceDecider.ApplyPayment(invoice, command, clock.GetUtcNow()));
    }

    public Task Consume(ConsumeContext<AllocationReversalRequested> context)
    {
        var message = context.Message;
        var command = new ReversePayment(
            message.AllocationId, message.ReceiptId, message.Installment, message.Amount.ToMoney(), message.Reason);
        return DecideAsync(context, message.InvoiceId, invoice =>
            InvoiceDecider.ReversePayment(invoice, command, clock.GetUtcNow()));
    }

    private Task DecideAsync(ConsumeContext context, Guid invoiceId, Func<Invoice, Decision> decide) =>
        inbox.DecideAsync(context, InvoiceStream.Type, invoiceId, invoice =>
            invoice.Issued is null ? throw new UnknownInvoiceException(invoiceId) : decide(invoice));
}

/// <summary>
/// Cash application knows invoices from us alone, so a missing one is no business outcome: the message is tried again
/// and then waits in the error queue for a person.
/// </summary>
public sealed class UnknownInvoiceException(Guid invoiceId) : Exception($"There is no invoice {invoiceId}.");
