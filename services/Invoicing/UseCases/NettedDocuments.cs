using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>
/// Deposits that an invoice is netted with, or invoices of a deposit with their other deposits. What may be paid back
/// of an invoice rests on what is paid on its deposits, and their payments come back without a word to the invoice.
/// </summary>
internal sealed class NettedDocuments
{
    /// <summary>Orders refunds of netted invoices and what takes money off their deposits.</summary>
    private static readonly TransactionLock Lock = new("ordertocash:netted-deposit");

    private readonly Guid _id;
    private readonly Invoice _document;
    private readonly Dictionary<Guid, Loaded<Invoice>> _others;

    private NettedDocuments(Guid id, Invoice document, Dictionary<Guid, Loaded<Invoice>> others) =>
        (_id, _document, _others) = (id, document, others);

    /// <summary>What a document is netted with; of one that is not, nothing.</summary>
    public static async Task<NettedDocuments> LoadAsync(
        EventStore store, Guid id, Invoice document, CancellationToken cancellation)
    {
        var others = new Dictionary<Guid, Loaded<Invoice>>();
        foreach (var invoiceId in document.Uses.Values.Select(use => use.InvoiceId).Distinct())
            others[invoiceId] = await store.LoadAsync(InvoiceStream.Type, invoiceId, cancellation);
        var deposits = others.Values.Select(one => one.State).Append(document)
            .SelectMany(invoice => invoice.Deposits.Values).Select(one => one.DepositId).Distinct()
            .Where(one => one != id).ToList();
        foreach (var depositId in deposits)
            others[depositId] = await store.LoadAsync(InvoiceStream.Type, depositId, cancellation);
        return new NettedDocuments(id, document, others);
    }

    /// <summary>What the deposits of the invoice lack of what it took of them.</summary>
    /// <param name="but">A deposit that is left out; null for none.</param>
    public Money Lacked(Guid? but = null) => LackedOf(_document, _document, but);

    /// <summary>
    /// Nothing is written where one of them has moved meanwhile, or moves by what would have been decided otherwise.
    /// </summary>
    public WriteBatch Guard(WriteBatch batch)
    {
        if (_others.Count == 0)
            return batch;
        var deposits = _others.Where(one => one.Value.State.IsDeposit).Select(one => one.Key);
        return batch.Lock(Lock.TakeAll(_document.IsDeposit ? deposits.Append(_id) : deposits))
            .Guard(UnmovedDocuments.Of(_others));
    }

    /// <summary>
    /// Goes with what takes money off the document or pays it back. Of a deposit that lacks more by it: refunds of its
    /// invoices that are not covered any more are withdrawn.
    /// </summary>
    public void Follow(WriteBatch batch, IReadOnlyList<object> onDocument)
    {
        var after = onDocument.Aggregate(_document, Invoice.Evolve);
        Guard(batch);
        if (!after.IsDeposit || after.Lacking <= _document.Lacking)
            return;
        foreach (var (invoiceId, (invoice, version)) in _others.Where(one => !one.Value.State.IsDeposit))
        {
            batch.Append(InvoiceStream.Type, invoiceId, version, AdjustmentDecider.Uncovered(
                invoice, LackedOf(invoice, after),
                $"What was paid on deposit {after.Issued!.Number} of {invoice.Issued!.Number} is not there any more."));
        }
    }

    private Money LackedOf(Invoice invoice, Invoice self, Guid? but = null) => Money.Sum(
        invoice.Deposits.Values.Select(one => one.DepositId).Distinct().Where(one => one != but)
            .Select(one => invoice.LackedBy(one, one == _id ? self : _others[one].State)),
        invoice.Currency);
}
