using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.CreditMemos;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.MonthEnd;
using OrderToCash.Invoicing.Revaluations;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Ledger;

/// <summary>One movement of an open item: what it added to, or took from, what the customer owes on it.</summary>
/// <param name="Installment">From 1; a credit memo has one.</param>
/// <param name="DueDate">Day by which it is aged.</param>
/// <param name="Amount">Of the document's currency; below zero where less is owed.</param>
/// <param name="DocumentId">Invoice, debit memo or credit memo.</param>
/// <param name="DocumentNumber">What people call it.</param>
/// <param name="DocumentDate">Date on the document.</param>
/// <param name="AgreedDueDate">Due date as first agreed.</param>
/// <param name="Base">The amount in the books' currency; null where no rate was booked.</param>
/// <param name="CustomerId">Whose document, where that is not the customer of the posting; else null.</param>
public sealed record Movement(
    int Installment, DateOnly DueDate, Money Amount, Guid DocumentId, string DocumentNumber, DateOnly DocumentDate,
    DateOnly AgreedDueDate, Money? Base, Guid? CustomerId = null)
{
    /// <summary>
    /// What is open on the installment after it, as the document itself has it; null of a credit memo, which says so in
    /// events of its own.
    /// </summary>
    public Money? Balance { get; init; }

    /// <summary>That by the booked rate; null where the books are in the same currency.</summary>
    public Money? BaseBalance { get; init; }
}

/// <summary>
/// The accounting side of a financial event: its journal entry and the movements of open items. The control account
/// moves by exactly the sum of the movements.
/// </summary>
/// <param name="CustomerId">Whose account; null where it is about no single one.</param>
public sealed record Posting(
    Guid EventId, DateTimeOffset RecordedAt, Guid SourceId, string SourceNumber, string LegalEntity,
    string BaseCurrency, Guid? CustomerId, JournalEntry Entry, IReadOnlyList<Movement> Movements)
{
    /// <summary>The receipt whose money is applied or taken back; null where there is none.</summary>
    public Guid? ReceiptId { get; init; }

    /// <summary>The allocation that is applied or taken back; null where there is none.</summary>
    public Guid? AllocationId { get; init; }

    /// <summary>When the money that is applied counted at the bank; null where none is.</summary>
    public DateOnly? ValueDate { get; init; }

    /// <summary>The posting of an event, or null where it is not a financial one.</summary>
    public static Posting? Of(StoredEvent stored)
    {
        ArgumentNullException.ThrowIfNull(stored);
        return stored.Data switch
        {
            InvoiceIssued e => new Posting(
                stored.Id, stored.At, stored.StreamId, e.Number, e.Books.LegalEntity, e.Books.BaseCurrency,
                e.CustomerId, e.Entry,
                [.. e.Installments.Select(due => new Movement(
                    due.Number, due.DueDate, due.Amount, stored.StreamId, e.Number, e.InvoiceDate,
                    e.AgreedDueDate(due),
                    Base(due.Amount, due.Base, e.Books.BaseCurrency))
                {
                    Balance = due.Amount,
                    BaseBalance = due.Base,
                })]),
            PaymentApplied e => Less(stored, e.Entry, e.Item, e.Settled) with
            {
                ReceiptId = e.ReceiptId,
                AllocationId = e.AllocationId,
                ValueDate = e.ValueDate,
            },
            PaymentReversed e => More(stored, e.Entry, e.Item, e.Settled) with
            {
                ReceiptId = e.ReceiptId,
                AllocationId = e.AllocationId,
            },
            InvoiceVoided e => Voided(stored, e),
            WrittenOff e => Less(stored, e.Entry, e.Item, e.Amount),
            WriteOffRecovered e => More(stored, e.Entry, e.Item, e.Amount),
            ChargeWaived e => Less(stored, e.Entry, e.Item, e.Amount),
            ChargeReinstated e => More(stored, e.Entry, e.Item, e.Amount),
            CreditApplied e => Less(stored, e.Entry, e.Item, e.Amount).And(OnMemo(
                e.CreditMemoId, e.CreditMemoNumber, e.CreditDate, e.Amount, e.Entry.ReceivablesBase(onDebit: true),
                e.Item.BaseCurrency, e.CreditCustomerId)),
            CreditUnapplied e => More(stored, e.Entry, e.Item, e.Amount).And(OnMemo(
                e.CreditMemoId, e.CreditMemoNumber, e.CreditDate, -e.Amount, -e.Entry.ReceivablesBase(onDebit: false),
                e.Item.BaseCurrency, e.CreditCustomerId)),
            DepositApplied e => Less(stored, e.Entry, e.Item, e.Amount),
            DepositUnapplied e => More(stored, e.Entry, e.Item, e.Amount),
            InvoiceChargedBack e => Less(stored, e.Entry, e.Item, e.Amount),
            InvoiceChargebackReversed e => More(stored, e.Entry, e.Item, e.Amount),
            InstallmentRescheduled e => Moved(stored, e),
            PeriodRevalued e => Of(stored, $"REV-{e.LegalEntity}-{e.Period}", e.LegalEntity, e.BaseCurrency, e.Entry),
            PeriodProvisioned e => Of(
                stored, $"ALW-{e.LegalEntity}-{e.Period}", e.LegalEntity, e.BaseCurrency, e.Entry),
            RevaluationReversed e => Of(
                stored, $"REV-{e.LegalEntity}-{e.Period}", e.LegalEntity, e.BaseCurrency, e.Entry),
            _ => OfCreditMemo(stored),
        };
    }

    private static Posting? OfCreditMemo(StoredEvent stored) => stored.Data switch
    {
        CreditMemoIssued e => new Posting(
            stored.Id, stored.At, stored.StreamId, e.Number, e.Books.LegalEntity, e.Books.BaseCurrency, e.CustomerId,
            e.Entry,
            [OnMemo(stored.StreamId, e.Number, e.CreditDate, -e.Total, -e.Entry.ReceivablesBase(onDebit: false),
                e.Books.BaseCurrency)]),
        CreditMemoRefunded e => new Posting(
            stored.Id, stored.At, stored.StreamId, e.Number, e.LegalEntity, e.BaseCurrency, e.CustomerId, e.Entry,
            [OnMemo(stored.StreamId, e.Number, e.CreditDate, e.Amount, e.Entry.ReceivablesBase(onDebit: true),
                e.BaseCurrency)]),
        CreditMemoRefundReturned e => new Posting(
            stored.Id, stored.At, stored.StreamId, e.Number, e.LegalEntity, e.BaseCurrency, e.CustomerId, e.Entry,
            [OnMemo(stored.StreamId, e.Number, e.CreditDate, -e.Amount, -e.Entry.ReceivablesBase(onDebit: false),
                e.BaseCurrency)]),
        CreditMemoVoided e => new Posting(
            stored.Id, stored.At, stored.StreamId, e.Number, e.LegalEntity, e.BaseCurrency, e.CustomerId,
            e.Entry,
            [OnMemo(stored.StreamId, e.Number, e.CreditDate, e.Amount, e.Entry.ReceivablesBase(onDebit: true),
                e.BaseCurrency)]),
        _ => null,
    };

    /// <summary>Of all customers together, beside the control account: no item moves.</summary>
    private static Posting Of(
        StoredEvent stored, string number, string legalEntity, string baseCurrency, JournalEntry entry) => new(
            stored.Id, stored.At, stored.StreamId, number, legalEntity, baseCurrency, null, entry, []);

    /// <summary>All installments are gone, each with its share of what the invoice was in the books.</summary>
    private static Posting Voided(StoredEvent stored, InvoiceVoided e)
    {
        var shares = e.Entry.ReceivablesBase(onDebit: false)?.Split([.. e.Items.Select(item => item.Amount.Amount)]);
        return Of(stored, e.Entry, e.Items[0], []) with
        {
            Movements = [.. e.Items.Select((item, index) => On(stored, item, -item.Amount, -shares?[index]))],
        };
    }

    /// <summary>What is open leaves one due date and enters another; nothing is posted to the ledger.</summary>
    private static Posting Moved(StoredEvent stored, InstallmentRescheduled e) => Of(
        stored, new JournalEntry(e.PostingDate, PostingKinds.Rescheduled, []) { Adjusting = e.Adjusting }, e.Item,
        e.Item.DueDate == e.PreviousDueDate
            ? []
            :
            [
                On(stored, e.Item, e.Item.Balance, e.Item.BaseBalance),
                On(stored, e.Item, -e.Item.Balance, -e.Item.BaseBalance) with { DueDate = e.PreviousDueDate },
            ]);

    private static Posting Less(StoredEvent stored, JournalEntry entry, OpenItem item, Money amount) =>
        Of(stored, entry, item, [On(stored, item, -amount, -entry.ReceivablesBase(onDebit: false))]);

    private static Posting More(StoredEvent stored, JournalEntry entry, OpenItem item, Money amount) =>
        Of(stored, entry, item, [On(stored, item, amount, entry.ReceivablesBase(onDebit: true))]);

    private static Posting Of(
        StoredEvent stored, JournalEntry entry, OpenItem item, IReadOnlyList<Movement> movements) =>
        new(
            stored.Id, stored.At, stored.StreamId, item.InvoiceNumber, item.LegalEntity, item.BaseCurrency,
            item.CustomerId, entry, movements);

    private static Movement On(StoredEvent stored, OpenItem item, Money change, Money? inBase) => new(
        item.Installment, item.DueDate, change, stored.StreamId, item.InvoiceNumber, item.InvoiceDate,
        item.OriginalDueDate ?? item.DueDate, Base(change, inBase, item.BaseCurrency))
    {
        Balance = item.Balance,
        BaseBalance = item.BaseBalance,
    };

    private static Movement OnMemo(
        Guid id, string number, DateOnly date, Money change, Money? inBase, string baseCurrency,
        Guid? customerId = null) =>
        new(1, date, change, id, number, date, date, Base(change, inBase, baseCurrency), customerId);

    private static Money? Base(Money amount, Money? inBase, string baseCurrency) =>
        inBase ?? (amount.Currency.Code == baseCurrency ? amount : null);

    private Posting And(Movement movement) => this with { Movements = [.. Movements, movement] };
}
