using OrderToCash.CashApplication.BankAccounts;
using OrderToCash.CashApplication.PendingPayments;
using OrderToCash.CashApplication.ReadModels;
using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Refunds;
using OrderToCash.CashApplication.Statements;
using OrderToCash.EventSourcing.Projections;
using OrderToCash.Kernel;
using OrderToCash.Messaging;
using V1 = OrderToCash.Contracts.CashApplication.V1;

namespace OrderToCash.CashApplication.Integration;

/// <summary>What this service says to the outside: stored event in, contract out.</summary>
public static class CashPublications
{
    /// <summary>All of it.</summary>
    public static Publications Create()
    {
        var publications = new Publications();
        PublishReceipts(publications);
        PublishAllocations(publications);
        PublishMoney(publications);
        PublishCreditRefunds(publications);
        PublishBankAccounts(publications);
        PublishPending(publications);
        return publications;
    }

    private static void PublishReceipts(Publications publications) => publications
        .On<ReceiptRecorded>(e => new V1.ReceiptRecorded(
            e.StreamId, e.Data.Number, e.Data.LegalEntity, e.Data.Method, e.Data.BankAccount, e.Data.ValueDate,
            e.Data.PostingDate, e.Data.Payer.Name,
            e.Data.Remittance.Count == 0 ? null : string.Join(' ', e.Data.Remittance),
            e.Data.Balance.ToContract()))
        .On<ReceiptRecorded>(e => e.Data.Entry.ToContract(e.StreamId))
        .On<ReceiptIdentified>(e => new V1.ReceiptIdentified(
            e.StreamId, e.Data.LegalEntity, e.Data.CustomerId, e.Data.Balance.ToContract()))
        .On<ReceiptIdentified>(e => e.Data.Entry.ToContract(e.StreamId))
        .On<ReceiptUnidentified>(e =>
            Changed(e, e.Data.LegalEntity, "unidentified", e.Data.Balance.Unapplied, e.Data.Balance))
        .On<ReceiptUnidentified>(e => e.Data.Entry.ToContract(e.StreamId))
        .On<ReceiptReversed>(e => new V1.ReceiptReversed(
            e.StreamId, e.Data.LegalEntity, e.Data.Reason, e.Data.ReturnCode, e.Data.PostingDate,
            e.Data.Balance.ToContract()))
        .On<ReceiptReversed>(e => e.Data.Entry.ToContract(e.StreamId))
        .On<ReceiptPartlyReversed>(e =>
            Changed(e, e.Data.LegalEntity, "partly-reversed", e.Data.Amount, e.Data.Balance))
        .On<ReceiptPartlyReversed>(e => e.Data.Entry.ToContract(e.StreamId))
        .On<ReceiptCleared>(e => e.Data.Entry?.ToContract(e.StreamId))
        .On<SettlementFeeBooked>(e => e.Data.Entry.ToContract(e.StreamId))
        .OnEach<BankFeesBooked>(e => e.Data.Fees.Select(fee => fee.Journal.ToContract(e.StreamId)))
        .On<BankFeeReversed>(e => e.Data.Journal.ToContract(e.StreamId))
        .On<ReceiptSetAside>(e => e.Data.Payers is not { } payers ? null : new V1.ReceiptPayersFound(
            e.StreamId, [.. payers.Select(payer => new V1.LikelyPayer(payer.CustomerId, payer.Confidence))]));

    private static void PublishAllocations(Publications publications) => publications
        .OnEach<AllocationsRequested>(e => e.Data.Allocations.Select(asked => new V1.AllocationRequested(
            e.StreamId, asked.AllocationId, e.Data.LegalEntity, e.Data.Balance.CustomerId!.Value, asked.InvoiceId,
            asked.Installment, asked.Amount.ToContract(), e.Data.ValueDate, e.Data.Rule,
            e.Data.UnappliedCashAccount, e.Data.Balance.ToContract(), asked.Discount?.ToContract(),
            asked.GivenUp?.ToContract(),
            asked.Credits?.Select(one => new V1.CreditToApply(one.CreditMemoId, one.Amount.ToContract())).ToList(),
            asked.IsUnearned ? true : null)))
        .On<AllocationConfirmed>(e => new V1.AllocationConfirmed(
            e.StreamId, e.Data.AllocationId, e.Data.InvoiceId, e.Data.Installment, e.Data.Amount.ToContract(),
            e.Data.Balance.ToContract()))
        .On<AllocationConfirmed>(e => e.Data.Charges?.ToContract(e.StreamId))
        .On<AllocationConfirmed>(e => e.Data.Deduction is not { } deduction ? null : new V1.DeductionTaken(
            e.StreamId, e.Data.AllocationId, e.Data.LegalEntity!, e.Data.CustomerId!.Value, e.Data.InvoiceId,
            e.Data.Installment, deduction.Amount.ToContract(), deduction.ReasonCode, deduction.CustomerReason))
        .On<AllocationRejected>(e => new V1.AllocationRejected(
            e.StreamId, e.Data.AllocationId, e.Data.InvoiceId, e.Data.Installment, e.Data.Amount.ToContract(),
            e.Data.Code, e.Data.Detail, e.Data.Balance.ToContract()))
        .OnEach<AllocationReversalsRequested>(e => e.Data.Allocations.Select(back =>
            new V1.AllocationReversalRequested(
                e.StreamId, back.AllocationId, back.InvoiceId, back.Installment, back.Amount.ToContract(),
                e.Data.Reason, e.Data.Balance.ToContract())))
        .On<AllocationReversed>(e => new V1.AllocationReversed(
            e.StreamId, e.Data.AllocationId, e.Data.InvoiceId, e.Data.Installment, e.Data.Amount.ToContract(),
            e.Data.Balance.ToContract()))
        .On<AllocationReversed>(e => e.Data.Charges?.ToContract(e.StreamId))
        .On<AllocationReversed>(e => e.Data.Deduction is not { } deduction ? null : new V1.DeductionWithdrawn(
            e.StreamId, e.Data.AllocationId, e.Data.InvoiceId, e.Data.Installment, deduction.Amount.ToContract()));

    private static void PublishMoney(Publications publications) => publications
        .On<PutOnAccount>(e => Changed(e, e.Data.LegalEntity, "put-on-account", e.Data.Amount, e.Data.Balance))
        .On<TakenOffAccount>(e => Changed(e, e.Data.LegalEntity, "taken-off-account", e.Data.Amount, e.Data.Balance))
        .On<CashTransferred>(e => Changed(e, e.Data.LegalEntity, "transferred", e.Data.Amount, e.Data.Balance))
        .On<RefundReserved>(e => Changed(e, e.Data.LegalEntity, "refund-reserved", e.Data.Amount, e.Data.Balance))
        .On<RefundReleased>(e => Changed(e, e.Data.LegalEntity, "refund-released", e.Data.Amount, e.Data.Balance))
        .On<RefundPaidOut>(e => Changed(e, e.Data.LegalEntity, "refunded", e.Data.Amount, e.Data.Balance))
        .On<RefundPaidOut>(e => e.Data.Entry.ToContract(e.StreamId))
        .On<RefundCameBack>(e => Changed(e, e.Data.LegalEntity, "refund-returned", e.Data.Amount, e.Data.Balance))
        .On<RefundCameBack>(e => e.Data.Entry.ToContract(e.StreamId))
        .On<RestWrittenOff>(e => Changed(e, e.Data.LegalEntity, "written-off", e.Data.Amount, e.Data.Balance))
        .On<RestWrittenOff>(e => e.Data.Entry.ToContract(e.StreamId))
        .On<RestWriteOffReversed>(e =>
            Changed(e, e.Data.LegalEntity, "write-off-reversed", e.Data.Amount, e.Data.Balance))
        .On<RestWriteOffReversed>(e => e.Data.Entry.ToContract(e.StreamId));

    private static void PublishCreditRefunds(Publications publications) => publications
        .On<CreditRefundDeclined>(e => new V1.CreditRefundChanged(
            e.StreamId, e.Data.CreditMemoId, e.Data.LegalEntity, "declined", e.Data.Amount.ToContract(),
            e.Data.Reason))
        .On<CreditRefundCancelled>(e => new V1.CreditRefundChanged(
            e.StreamId, e.Data.CreditMemoId, e.Data.LegalEntity, "cancelled", e.Data.Amount.ToContract(),
            e.Data.Reason))
        .On<CreditRefundPaid>(e => new V1.CreditRefundChanged(
            e.StreamId, e.Data.CreditMemoId, e.Data.LegalEntity, "paid", e.Data.Amount.ToContract(),
            PaidOn: e.Data.Entry.PostingDate))
        .On<CreditRefundPaid>(e => e.Data.Entry.ToContract(e.StreamId))
        .On<CreditRefundReturned>(e => new V1.CreditRefundChanged(
            e.StreamId, e.Data.CreditMemoId, e.Data.LegalEntity, "returned", e.Data.Amount.ToContract(),
            e.Data.Reason, e.Data.PaidOn, e.Data.Entry.PostingDate))
        .On<CreditRefundReturned>(e => e.Data.Entry.ToContract(e.StreamId));

    private static void PublishBankAccounts(Publications publications) => publications
        .On<BankAccountDefined>(e => new V1.BankAccountDefined(
            e.Data.Code, e.Data.LegalEntity, e.Data.Currency, e.Data.ClosedOn))
        .On<StatementBooked>(e => e.Data is { LastDay: { } lastDay, Closing: { } closing }
            ? new V1.StatementBooked(
                e.Data.BankAccount, e.Data.ImportId, e.Data.StatementId, e.Data.FirstDay, lastDay,
                e.Data.Opening?.ToContract(), closing.ToContract())
            : null);

    private static void PublishPending(Publications publications) => publications
        .On<PendingPaymentRecorded>(e => new V1.PendingPaymentRecorded(
            e.StreamId, e.Data.LegalEntity, e.Data.Method, e.Data.Stage, e.Data.CustomerId, e.Data.Amount.ToContract(),
            e.Data.ExpectedOn, e.Data.ExpiresOn, [.. e.Data.Items.Select(ToContract)]))
        .On<PendingPaymentEnded>(e => new V1.PendingPaymentEnded(
            e.StreamId, e.Data.LegalEntity, e.Data.Outcome, e.Data.CustomerId, e.Data.Amount.ToContract(),
            e.Data.ReceiptId, [.. e.Data.Items.Select(ToContract)]));

    private static V1.PendingPaymentItem ToContract(PendingItem item) => new(
        item.ItemId, item.InvoiceId, item.Installment, item.InvoiceNumber, item.Amount.ToContract());

    private static V1.ReceiptBalanceChanged Changed<TEvent>(
        Recorded<TEvent> e, string legalEntity, string kind, Money amount, ReceiptBalance balance) =>
        new(e.StreamId, legalEntity, kind, amount.ToContract(), balance.ToContract());

    private static V1.ReceiptBalance ToContract(this ReceiptBalance balance) => new(
        balance.CustomerId, balance.Amount.ToContract(), balance.Unapplied.ToContract(), balance.Pending.ToContract(),
        balance.Applied.ToContract(), balance.Reversed.ToContract(), balance.Status.Kebab(),
        balance.Refunded?.ToContract(), balance.WrittenOff?.ToContract(), balance.OnAccount?.ToContract(),
        Shares(balance));

    /// <summary>The shares of all owners, the receipt's own customer among them.</summary>
    private static V1.CustomerShare[]? Shares(ReceiptBalance balance)
    {
        if (balance.Shares is not { } others)
            return null;
        var own = balance.Free + balance.KeptOnAccount;
        return
        [
            .. others.Select(share => new V1.CustomerShare(share.CustomerId, share.Unapplied.ToContract())),
            .. own.IsPositive ? [new V1.CustomerShare(balance.CustomerId!.Value, own.ToContract())]
                : Array.Empty<V1.CustomerShare>(),
        ];
    }

    private static V1.JournalEntryPosted ToContract(this JournalEntry entry, Guid sourceId) => new(
        entry.EntryId, entry.LegalEntity, entry.PostingDate, entry.Kind, sourceId, entry.SourceNumber,
        entry.CustomerId,
        [
            .. entry.Lines.Select(line => new Contracts.JournalLine(
                line.Account, line.Role, line.Debit.ToContract(), line.Credit.ToContract(),
                line.BaseDebit?.ToContract(), line.BaseCredit?.ToContract())),
        ],
        entry.ValueDate);
}
