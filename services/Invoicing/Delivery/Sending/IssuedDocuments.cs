using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.CreditMemos;
using OrderToCash.Invoicing.Customers;
using OrderToCash.Invoicing.EInvoices;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.LegalEntities;
using OrderToCash.Invoicing.Letterheads;

namespace OrderToCash.Invoicing.Delivery.Sending;

/// <summary>
/// Reads issued documents. Buyer and seller are as they were known when it was issued; a letterhead that came later
/// serves what was issued before it, and so does what the customer was registered with where another instance's clock
/// was ahead.
/// </summary>
public sealed class IssuedDocuments(EventStore store)
{
    /// <summary>An invoice or credit memo; null where there is none.</summary>
    public async Task<IssuedDocument?> FindAsync(Guid id, CancellationToken cancellation)
    {
        var history = await store.HistoryAsync(id, cancellation);
        if (history.Count == 0)
            return null;
        var document = history[0].Data switch
        {
            InvoiceIssued issued => await InvoiceAsync(id, issued, history, cancellation),
            CreditMemoIssued issued => new IssuedDocument(
                id, history[0].At, null, issued, null, [],
                await PartiesAsync(issued.CustomerId, issued.Books.LegalEntity, history[0].At, cancellation),
                history.Any(e => e.Data is CreditMemoVoided),
                issued.InvoiceId is { } credited
                    ? (await store.LoadAsync(InvoiceStream.Type, credited, cancellation)).State.Issued!.Chargeback
                        ?.InvoiceNumber
                    : null),
            _ => null,
        };
        return document is null
            ? null
            : document with { SentTo = await SentToAsync(document.Parties.Buyer, document.At, cancellation) };
    }

    /// <summary>The parent that gets the buyer's documents, as it was known then; null for none.</summary>
    private async Task<CustomerSnapshot?> SentToAsync(
        CustomerSnapshot buyer, DateTimeOffset issued, CancellationToken cancellation)
    {
        var sentTo = buyer;
        for (var level = 0; level < BilledCustomers.MaxLevels && sentTo.BilledParent is { } parentId; level++)
        {
            var parent = await CustomerAsync(parentId, issued, cancellation);
            if (parent.MergedInto is { } survivor)
                parent = await CustomerAsync(survivor, issued, cancellation);
            if (parent.LegalEntity != buyer.LegalEntity)
                break;
            sentTo = parent;
        }

        return sentTo.Number == buyer.Number ? null : sentTo;
    }

    private async Task<IssuedDocument> InvoiceAsync(
        Guid id, InvoiceIssued issued, IReadOnlyList<StoredEvent> history, CancellationToken cancellation)
    {
        var corrects = issued.Corrects is { } before
            ? (await store.LoadAsync(InvoiceStream.Type, before, cancellation)).State.Issued?.Number
            : null;

        // What was netted by the same request was netted at its issue.
        var request = history[0].Metadata.CausationId;
        return new IssuedDocument(
            id, history[0].At, issued, null, corrects,
            [
                .. history.Where(e => request is not null && e.Metadata.CausationId == request)
                    .Select(e => e.Data).OfType<DepositApplied>(),
            ],
            await PartiesAsync(issued.CustomerId, issued.Books.LegalEntity, history[0].At, cancellation),
            history.Any(e => e.Data is InvoiceVoided), issued.Chargeback?.InvoiceNumber);
    }

    private async Task<EInvoiceParties> PartiesAsync(
        Guid customerId, string legalEntity, DateTimeOffset issued, CancellationToken cancellation)
    {
        var letterheads = await store.HistoryAsync(LetterheadStream.Id(legalEntity), cancellation);
        var (entity, _) = await store.LoadAsync(
            LegalEntityStream.Type, LegalEntityStream.Id(legalEntity), cancellation);
        var letterhead = letterheads.LastOrDefault(one => one.At <= issued)
            ?? (letterheads.Count > 0 ? letterheads[0] : null);
        return new EInvoiceParties(
            letterhead?.Data as LetterheadDefined
                ?? new LetterheadDefined(legalEntity, entity.Definition!.Name, new PostalAddress()),
            entity.Definition!.Country,
            await CustomerAsync(customerId, issued, cancellation));
    }

    private async Task<CustomerSnapshot> CustomerAsync(
        Guid customerId, DateTimeOffset issued, CancellationToken cancellation) =>
        (await store.HistoryAsync(customerId, cancellation)).Where((e, index) => index == 0 || e.At <= issued)
            .Aggregate(Customer.Initial, (state, e) => Customer.Evolve(state, e.Data)).Now!;
}
