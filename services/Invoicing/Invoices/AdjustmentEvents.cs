using System.Text.Json.Serialization;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Invoices;

/// <summary>A credit memo was issued for this invoice; so much less of it can be credited again.</summary>
/// <param name="Net">Of a deposit: what of the amount is not tax. Else null.</param>
/// <param name="Taxes">What it takes back of each tax; null of a deposit, and where it is in proportion.</param>
public sealed record InvoiceCredited(
    Guid CreditMemoId, string CreditMemoNumber, Money Amount,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Money? Net = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<TaxShare>? Taxes = null);

/// <summary>A credit memo for this invoice was cancelled; so much of it can be credited again.</summary>
public sealed record InvoiceCreditWithdrawn(Guid CreditMemoId, Money Amount);

/// <summary>
/// So much of what may be paid back of it is kept for a refund of its credit memo that waits for an approval, or to be
/// paid.
/// </summary>
public sealed record InvoiceCreditRefundReserved(Guid CreditMemoId, Guid RefundId, Money Amount);

/// <summary>That refund does not come.</summary>
public sealed record InvoiceCreditRefundReleased(Guid RefundId, Money Amount);

/// <summary>
/// What is kept for that refund was taken out of it again, by a payment that bounced or was taken back: it is not to be
/// paid any more. It is kept until cash application says whether it still could be stopped.
/// </summary>
/// <param name="Reason">In words.</param>
public sealed record InvoiceCreditRefundUncovered(Guid RefundId, string LegalEntity, Money Amount, string Reason);

/// <summary>Part of a credit memo issued for it was paid back: so much less of what was paid can be.</summary>
public sealed record InvoiceCreditRefunded(Guid CreditMemoId, Guid RefundId, Money Amount);

/// <summary>The bank sent that refund back.</summary>
public sealed record InvoiceCreditRefundReturned(Guid RefundId, Money Amount);

/// <summary>Part of a credit memo settled part of an installment.</summary>
/// <param name="CreditDate">Of the credit memo: the day under which it is aged.</param>
/// <param name="CreditCustomerId">Whose credit memo, where that is a customer merged with the invoice's.</param>
public sealed record CreditApplied(
    Guid ApplicationId, Guid CreditMemoId, string CreditMemoNumber, DateOnly CreditDate, Money Amount, OpenItem Item,
    JournalEntry Entry,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Guid? CreditCustomerId = null)
    : IFinancialEvent;

/// <summary>A credit was taken off the installment again.</summary>
/// <param name="CreditCustomerId">Whose credit memo, where that is a customer merged with the invoice's.</param>
public sealed record CreditUnapplied(
    Guid ApplicationId, Guid CreditMemoId, string CreditMemoNumber, DateOnly CreditDate, Money Amount, OpenItem Item,
    JournalEntry Entry,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Guid? CreditCustomerId = null)
    : IFinancialEvent;

/// <summary>The invoice was credited whole and billed again.</summary>
public sealed record InvoiceCorrected(Guid CreditMemoId, Guid ReplacementId, string ReplacementNumber);

/// <summary>Part of an installment, or all of it, is given up as uncollectible.</summary>
public sealed record WrittenOff(Guid WriteOffId, Money Amount, OpenItem Item, JournalEntry Entry)
    : IFinancialEvent;

/// <summary>What was written off is open again, because it can be collected after all.</summary>
public sealed record WriteOffRecovered(Guid RecoveryId, Money Amount, OpenItem Item, JournalEntry Entry)
    : IFinancialEvent;

/// <summary>Part of a late fee or interest, or all of it, is let go.</summary>
/// <param name="Line">Of this line of the debit memo, from 1; null of all of them.</param>
public sealed record ChargeWaived(
    Guid WaiverId, Money Amount, OpenItem Item, JournalEntry Entry,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Line = null) : IFinancialEvent;

/// <summary>What was let go is owed again.</summary>
/// <param name="Line">On this line of the debit memo, from 1; null on all of which something was let go.</param>
public sealed record ChargeReinstated(
    Guid ReinstatementId, Money Amount, OpenItem Item, JournalEntry Entry,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Line = null) : IFinancialEvent;

/// <summary>
/// An installment is due on another day, or on the same one by another plan or change of terms or a later word of the
/// same plan; the day first agreed is kept.
/// </summary>
/// <param name="PreviousDueDate">Until now.</param>
/// <param name="PostingDate">From this day on it is aged by the new due date.</param>
/// <param name="Item">The installment after it.</param>
/// <param name="Source">What allows it: <c>payment-plan</c> or <c>terms-change</c>, with its reference.</param>
/// <param name="Adjusting">It goes into a softly closed period.</param>
/// <param name="Sequence">Place in the log of Collections of the plan's request; null where no plan asked for it, and
/// in what was stored before this was kept.</param>
public sealed record InstallmentRescheduled(
    DateOnly PreviousDueDate, DateOnly PostingDate, OpenItem Item, string Source,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool Adjusting = false,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? Sequence = null);

/// <summary>How much of an installment is disputed was set; none ends the dispute. It stays owed.</summary>
/// <param name="Previous">Disputed until now.</param>
/// <param name="PostingDate">Day it counts from.</param>
/// <param name="Source">The dispute at Collections that this is because of; null where somebody marked it here.</param>
/// <param name="Marked">What is marked here, beside what Collections holds back; null where a dispute is the cause, and
/// in what was stored before the two were kept apart.</param>
public sealed record DisputeMarked(
    Money Previous, DateOnly PostingDate, OpenItem Item,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DisputeSource? Source = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Money? Marked = null);

/// <summary>A dispute at Collections as it was told last.</summary>
/// <param name="DisputeId">The dispute.</param>
/// <param name="Amount">How much of the installment it holds back.</param>
/// <param name="Version">Its version there: an older word does not replace a newer one.</param>
public sealed record DisputeSource(Guid DisputeId, Money Amount, long Version);
