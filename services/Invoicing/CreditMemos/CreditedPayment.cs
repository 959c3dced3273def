using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.CreditMemos;

/// <summary>A credit memo that a payer takes off, as it is.</summary>
/// <param name="MemoId">The credit memo.</param>
/// <param name="Memo">As it is; never issued where there is none.</param>
/// <param name="Amount">What of it.</param>
public sealed record CreditTakenOff(Guid MemoId, CreditMemo Memo, Money Amount);

/// <summary>
/// A payment and the credit memos that its payer takes off, of one installment: all of them are applied, or none is and
/// cash application hears why; and all of them are taken back. What is to be appended to the invoice and to the credit
/// memos is written together.
/// </summary>
/// <param name="OnInvoice">The credit memos' side first: the payment then tells the balance after all of it.</param>
/// <param name="OnMemos">What to append to which credit memo; empty where nothing is applied.</param>
public sealed record CreditedPayment(
    IReadOnlyList<object> OnInvoice, IReadOnlyList<(Guid MemoId, IReadOnlyList<object> Events)> OnMemos)
{
    /// <summary>Once per allocation, however often it is asked.</summary>
    /// <param name="invoiceId">The invoice.</param>
    /// <param name="invoice">As it is.</param>
    /// <param name="command">The payment.</param>
    /// <param name="credits">What is taken off, each credit memo once.</param>
    /// <param name="account">Customers that are one with the invoice's.</param>
    /// <param name="context">When, and which days are open.</param>
    public static CreditedPayment Apply(
        Guid invoiceId, Invoice invoice, ApplyPayment command, IReadOnlyList<CreditTakenOff> credits,
        IReadOnlySet<Guid> account, PostingContext context)
    {
        ArgumentNullException.ThrowIfNull(invoice);
        ArgumentNullException.ThrowIfNull(command);
        ArgumentNullException.ThrowIfNull(credits);

        // It is answered already, or its reversal came first: then the credit memos have nothing to do beside it.
        if (invoice.Allocations.ContainsKey(command.AllocationId))
            return new CreditedPayment(InvoiceDecider.ApplyPayment(invoice, command, context).Events, []);
        var onInvoice = new List<object>();
        var onMemos = new List<(Guid, IReadOnlyList<object>)>();
        var after = invoice;
        foreach (var credit in credits)
        {
            if (credit.Memo.Issued is null)
                return Rejected(command, CreditMemoRefusals.NotFound(credit.MemoId));
            if (credit.Memo.Open.Currency != invoice.Currency)
                return Rejected(command, CreditMemoRefusals.OtherCurrency(credit.Memo, credit.Amount));
            var settlement = new CreditSettlement(
                credit.MemoId, credit.Memo, context,
                () => ApplicationOf(command.AllocationId, credit.MemoId), account);
            var settled = settlement.Settle(invoiceId, after, command.Installment, credit.Amount);
            if (settled.Refusal is { } refusal)
                return Rejected(command, refusal);
            onInvoice.AddRange(settled.Events);
            onMemos.Add((credit.MemoId, settlement.MemoEvents));
            after = settled.Events.Aggregate(after, Invoice.Evolve);
        }

        var beside = command with { Credits = [.. credits.Select(one => new CreditBeside(one.MemoId, one.Amount))] };
        var paid = InvoiceDecider.ApplyPayment(after, beside, context);
        if (paid.Refusal is { } not)
            return Rejected(command, not);
        return paid.Events is [PaymentApplied]
            ? new CreditedPayment([.. onInvoice, .. paid.Events], onMemos)
            : new CreditedPayment(paid.Events, []);
    }

    /// <summary>
    /// The credit memos that are applied beside an allocation and still are: what a person took back, or applied by
    /// hand, is none of it.
    /// </summary>
    public static IReadOnlyList<Guid> MemosBeside(Invoice invoice, Guid allocationId)
    {
        ArgumentNullException.ThrowIfNull(invoice);
        return
        [
            .. invoice.Credits.Where(one => one.Key == ApplicationOf(allocationId, one.Value.CreditMemoId))
                .Select(one => one.Value.CreditMemoId).Order(),
        ];
    }

    /// <summary>
    /// Takes a payment back and the credit memos that were applied beside it: once, however often it is asked.
    /// </summary>
    /// <param name="invoice">As it is.</param>
    /// <param name="command">What is taken back.</param>
    /// <param name="memos">Those of <see cref="MemosBeside"/>, as they are.</param>
    /// <param name="context">When, and which days are open.</param>
    public static CreditedPayment Reverse(
        Invoice invoice, ReversePayment command, IReadOnlyList<(Guid MemoId, CreditMemo Memo)> memos,
        PostingContext context)
    {
        ArgumentNullException.ThrowIfNull(invoice);
        ArgumentNullException.ThrowIfNull(command);
        ArgumentNullException.ThrowIfNull(memos);
        var onInvoice = new List<object>();
        var onMemos = new List<(Guid, IReadOnlyList<object>)>();
        var beside = new List<CreditBeside>();
        var after = invoice;
        foreach (var (memoId, memo) in memos)
        {
            var application = ApplicationOf(command.AllocationId, memoId);
            var settlement = new CreditSettlement(memoId, memo, context, () => application);
            var takenBack = Certain(settlement.TakeBack(
                application, after, command.AllocationId, command.Lacked));
            beside.Add(new CreditBeside(memoId, after.Credits[application].Amount));
            onInvoice.AddRange(takenBack.Events);
            onMemos.Add((memoId, settlement.MemoEvents));
            after = takenBack.Events.Aggregate(after, Invoice.Evolve);
        }

        var reversed = Certain(InvoiceDecider.ReversePayment(
            after, command with { Credits = beside.Count > 0 ? beside : null }, context));
        return reversed.Events is [PaymentReversed, ..]
            ? new CreditedPayment([.. onInvoice, .. reversed.Events], onMemos)
            : new CreditedPayment(reversed.Events, []);
    }

    /// <summary>
    /// What cash application takes back is taken back: a refusal is a defect of one of the services, and faults the
    /// message.
    /// </summary>
    private static Decision Certain(Decision decision) => decision.Refusal is { } refusal
        ? throw new InvalidOperationException($"{refusal.Code}: {refusal.Detail}")
        : decision;

    /// <summary>The application of a credit memo beside an allocation.</summary>
    private static Guid ApplicationOf(Guid allocationId, Guid memoId) =>
        Ids.From("credit-beside-payment", allocationId.ToString("N"), memoId.ToString("N"));

    private static CreditedPayment Rejected(ApplyPayment command, Refusal refusal) => new(
        [
            new PaymentApplicationRejected(
                command.AllocationId, command.ReceiptId, command.Installment, command.Amount, refusal.Code,
                refusal.Detail),
        ],
        []);
}
