using OrderToCash.CashApplication.Receipts;
using OrderToCash.Messaging;
using V1 = OrderToCash.Contracts.CashApplication.V1;

namespace OrderToCash.CashApplication.Integration;

/// <summary>What this service says to the outside: stored event in, contract out.</summary>
public static class CashPublications
{
    /// <summary>All of it.</summary>
    public static Publications Create() => new Publications()
        .On<ReceiptRecorded>(e => new V1.ReceiptRecorded(
            e.StreamId, e.Data.Number, e.Data.LegalEntity, e.Data.Method, e.Data.BankAccount, e.Data.ValueDate,
            e.Data.PostingDate, e.Data.Payer.Name,
            e.Data.Remittance.Count == 0 ? null : string.Join(' ', e.Data.Remittance),
            e.Data.Balance.ToContract()))
        .On<ReceiptRecorded>(e => e.Data.Entry.ToContract(e.StreamId))
        .On<ReceiptIdentified>(e => new V1.ReceiptIdentified(
            e.StreamId, e.Data.LegalEntity, e.Data.CustomerId, e.Data.Balance.ToContract()))
        .On<ReceiptIdentified>(e => e.Data.Entry.ToContract(e.StreamId))
        .On<AllocationRequested>(e => new V1.AllocationRequested(
            e.StreamId, e.Data.AllocationId, e.Data.LegalEntity, e.Data.Balance.CustomerId!.Value, e.Data.InvoiceId,
            e.Data.Installment, e.Data.Amount.ToContract(), e.Data.ValueDate, e.Data.Rule,
            e.Data.UnappliedCashAccount, e.Data.Balance.ToContract()))
        .On<AllocationConfirmed>(e => new V1.AllocationConfirmed(
            e.StreamId, e.Data.AllocationId, e.Data.InvoiceId, e.Data.Installment, e.Data.Amount.ToContract(),
            e.Data.Balance.ToContract()))
        .On<AllocationRejected>(e => new V1.AllocationRejected(
            e.StreamId, e.Data.AllocationId, e.Data.InvoiceId, e.Data.Installment, e.Data.Amount.ToContract(),
            e.Data.Code, e.Data.Detail, e.Data.Balance.ToContract()))
        .On<AllocationReversalRequested>(e => new V1.AllocationReversalRequested(
            e.StreamId, e.Data.AllocationId, e.Data.InvoiceId, e.Data.Installment, e.Data.Amount.ToContract(),
            e.Data.Reason, e.Data.Balance.ToContract()))
        .On<AllocationReversed>(e => new V1.AllocationReversed(
            e.StreamId, e.Data.AllocationId, e.Data.InvoiceId, e.Data.Installment, e.Data.Amount.ToContract(),
            e.Data.Balance.ToContract()))
        .On<ReceiptReversed>(e => new V1.ReceiptReversed(
            e.StreamId, e.Data.LegalEntity, e.Data.Reason, e.Data.ReturnCode, e.Data.PostingDate,
            e.Data.Balance.ToContract()))
        .On<ReceiptReversed>(e => e.Data.Entry.ToContract(e.StreamId));

    private static V1.ReceiptBalance ToContract(this ReceiptBalance balance) => new(
        balance.CustomerId, balance.Amount.ToContract(), balance.Unapplied.ToContract(), balance.Pending.ToContract(),
        balance.Applied.ToContract(), balance.Reversed.ToContract(), ReadModels.Names.Kebab(balance.Status));

    private static V1.JournalEntryPosted ToContract(this JournalEntry entry, Guid receiptId) => new(
        entry.EntryId, entry.LegalEntity, entry.PostingDate, entry.Kind, receiptId, entry.SourceNumber,
        entry.CustomerId,
        [
            .. entry.Lines.Select(line => new Contracts.JournalLine(
                line.Account, line.Role, line.Debit.ToContract(), line.Credit.ToContract())),
        ],
        entry.ValueDate);
}
