using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.CreditMemos;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>
/// A refund with what it is of: the credit memo and, where that is for one, its invoice with the deposits of that.
/// </summary>
internal sealed record RefundedCredit(
    Guid Id, Guid MemoId, Loaded<CreditMemo> Memo, Loaded<Invoice>? Invoice, NettedDocuments? Netted)
{
    /// <summary>What the deposits of the invoice lack of what it took of them; null where it is for none.</summary>
    public Money? Lacked => Netted?.Lacked();

    public static async Task<RefundedCredit> LoadAsync(
        Guid memoId, Guid refundId, EventStore store, CancellationToken cancellation)
    {
        var memo = await store.LoadAsync(CreditMemoStream.Type, memoId, cancellation);
        if (memo.State.Issued?.InvoiceId is not { } invoiceId)
            return new RefundedCredit(refundId, memoId, memo, null, null);
        var invoice = await store.LoadAsync(InvoiceStream.Type, invoiceId, cancellation);
        return new RefundedCredit(
            refundId, memoId, memo, invoice,
            await NettedDocuments.LoadAsync(store, invoiceId, invoice.State, cancellation));
    }

    /// <summary>
    /// Adds both sides to a write; of a deposit with the refunds of its invoices that are not covered any more. An
    /// invoice that is not changed, because the refund is kept already, stands still meanwhile: who hears of the refund
    /// and that it is not covered any more takes the later word in our log.
    /// </summary>
    public void Append(
        WriteBatch batch, IReadOnlyList<object> onMemo, Func<Invoice, IReadOnlyList<object>> onInvoice,
        EventMetadata? metadata = null)
    {
        batch.Append(CreditMemoStream.Type, MemoId, Memo.Version, onMemo, metadata);
        if (Invoice is not { } invoice)
            return;
        var (invoiceId, changes) = (Memo.State.Issued!.InvoiceId!.Value, onInvoice(invoice.State));
        if (changes.Count > 0)
            batch.Append(InvoiceStream.Type, invoiceId, invoice.Version, changes, metadata);
        else if (onMemo.Count > 0)
            batch.Guard(UnmovedDocuments.Hold(invoiceId, invoice.Version));
        Netted!.Follow(batch, changes);
    }

    /// <summary>The credit memo as it is after what was decided.</summary>
    public Reply Answer(Decision decision)
    {
        var after = Memo.Version + decision.Events.Count;
        var state = decision.Events.Aggregate(Memo.State, CreditMemo.Evolve);
        return Reply.Ok(CreditMemoView.Of(MemoId, state, after), after);
    }
}
