using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>
/// An invoice with its chargebacks. What is given up or credited of one of them is judged with what was of all, so that
/// no band of approvals is passed by charging back in slices.
/// </summary>
internal sealed class InvoiceFamily
{
    /// <summary>Orders what is given up and credited of one family.</summary>
    private static readonly TransactionLock Lock = new("ordertocash:invoice-family");

    private readonly Guid _invoiceId;
    private readonly Dictionary<Guid, Loaded<Invoice>> _documents;

    private InvoiceFamily(Guid invoiceId, Dictionary<Guid, Loaded<Invoice>> documents) =>
        (_invoiceId, _documents) = (invoiceId, documents);

    /// <summary>The invoice and its chargebacks.</summary>
    public IEnumerable<Guid> Ids => _documents.Keys;

    /// <summary>What was credited of all of them.</summary>
    public Money Credited => Sum(one => one.Credited);

    /// <summary>What the invoice has billed, on whichever of them it is owed.</summary>
    public Money Total => _documents[_invoiceId].State.Issued!.Total;

    /// <summary>The family of an invoice or of one of its chargebacks; of any other document it is alone.</summary>
    public static async Task<InvoiceFamily> LoadAsync(
        EventStore store, Guid id, Loaded<Invoice> document, CancellationToken cancellation)
    {
        var invoiceId = document.State.Issued!.Chargeback?.InvoiceId ?? id;
        var documents = new Dictionary<Guid, Loaded<Invoice>> { [id] = document };
        if (invoiceId != id)
            documents[invoiceId] = await store.LoadAsync(InvoiceStream.Type, invoiceId, cancellation);
        foreach (var chargeback in documents[invoiceId].State.Chargebacks.Keys.Where(one => one != id))
            documents[chargeback] = await store.LoadAsync(InvoiceStream.Type, chargeback, cancellation);
        return new InvoiceFamily(invoiceId, documents);
    }

    /// <summary>Of all of them together.</summary>
    public Money Sum(Func<Invoice, Money> part) =>
        Money.Sum(_documents.Values.Select(one => part(one.State)), Total.Currency);

    /// <summary>
    /// Nothing is written where another of them has moved meanwhile: then it is judged anew. One that is alone has its
    /// own version for that.
    /// </summary>
    public WriteBatch Guard(WriteBatch batch)
    {
        if (_documents.Count == 1)
            return batch;
        return batch.Lock(Lock.Take(_invoiceId)).Guard(UnmovedDocuments.Of(_documents));
    }

    /// <summary>The same for a plan; a refusal stays one.</summary>
    public Plan Guard(Plan plan) => plan.With((batch, reply) =>
    {
        Guard(batch);
        return reply;
    });
}
