using MassTransit;
using OrderToCash.CashApplication.BankAccounts;
using OrderToCash.CashApplication.Refunds;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.Messaging;

namespace OrderToCash.CashApplication.Integration;

/// <summary>
/// Takes over refunds of credit memos that Invoicing has approved, to the payee who was approved with them. One without
/// a payee is declined, and the credit is open again: whoever approved it saw no account, and none is guessed here.
/// What Invoicing takes back again is not paid, unless the bank was told already; the two may come in any order, and
/// the later one in Invoicing's log counts.
/// </summary>
public sealed class CreditRefundsConsumer(Inbox inbox)
    : IConsumer<CreditRefundApproved>, IConsumer<CreditRefundWithdrawn>
{
    private static readonly Payee Nobody = new("the customer");

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<CreditRefundApproved> context)
    {
        var told = context.Message;
        return inbox.DecideAsync(context, Refund.Type, told.RefundId, refund => RefundDecider.Take(
            refund,
            new CreditRefundRequested(
                told.LegalEntity, told.CreditMemoId, told.Number, told.Reference, told.CustomerId,
                told.Amount.ToMoney(), told.Payee is { } payee ? PayeeOf(payee) : Nobody, told.Reason,
                told.RequestedBy, told.ApprovedBy, told.ClearingAccount, context.Sequence())));
    }

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<CreditRefundWithdrawn> context) => inbox.DecideAsync(
        context, Refund.Type, context.Message.RefundId,
        refund => RefundDecider.Withdraw(refund, context.Message.Reason, context.Sequence()));

    private static Payee PayeeOf(RefundPayee payee) => new(
        payee.Name, payee.Iban is { } iban ? Iban.Normalize(iban) : null, payee.AccountNumber, payee.Bic,
        payee.ClearingCode);
}
