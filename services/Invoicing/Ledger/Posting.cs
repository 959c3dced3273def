using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Ledger;

/// <summary>One movement of an open item: what it added to, or took from, what the customer owes on it.</summary>
public sealed record Movement(int Installment, DateOnly DueDate, Money Amount);

/// <summary>
/// The accounting side of a financial event: its journal entry and the movements of open items. The control account
/// moves by exactly the sum of the movements.
/// </summary>
public sealed record Posting(
    Guid EventId, DateTimeOffset RecordedAt, Guid InvoiceId, string InvoiceNumber, string LegalEntity,
    string BaseCurrency, Guid CustomerId, JournalEntry Entry, IReadOnlyList<Movement> Movements)
{
    /// <summary>The posting of an event, or null where it is not a financial one.</summary>
    public static Posting? Of(StoredEvent stored)
    {
        ArgumentNullException.ThrowIfNull(stored);
        return stored.Data switch
        {
            InvoiceIssued e => new Posting(
                stored.Id, stored.At, stored.StreamId, e.Number, e.Books.LegalEntity, e.Books.BaseCurrency,
                e.CustomerId, e.Entry,
                [.. e.Installments.Select(due => new Movement(due.Number, due.DueDate, due.Amount))]),
            PaymentApplied e => Of(stored, e.Entry, e.Item, -e.Settled),
            PaymentReversed e => Of(stored, e.Entry, e.Item, e.Settled),
            InvoiceVoided e => Of(stored, e.Entry, e.Items[0], -e.Items[0].Amount) with
            {
                Movements = [.. e.Items.Select(item => new Movement(item.Installment, item.DueDate, -item.Amount))],
            },
            _ => null,
        };
    }

    private static Posting Of(StoredEvent stored, JournalEntry entry, OpenItem item, Money change) => new(
        stored.Id, stored.At, stored.StreamId, item.InvoiceNumber, item.LegalEntity, item.BaseCurrency, item.CustomerId,
        entry, [new Movement(item.Installment, item.DueDate, change)]);
}
