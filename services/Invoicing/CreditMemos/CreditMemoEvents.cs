using System.Text.Json.Serialization;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.CreditMemos;

/// <summary>Why a customer is credited.</summary>
public enum CreditReason
{
    /// <summary>Goods came back.</summary>
    Return,

    /// <summary>The price was wrong.</summary>
    Price,

    /// <summary>A dispute was accepted.</summary>
    Dispute,

    /// <summary>To keep a customer.</summary>
    Goodwill,

    /// <summary>Billed twice.</summary>
    Duplicate,

    /// <summary>The invoice was wrong and is billed again.</summary>
    Correction,
}

/// <summary>The customer owes less. Its numbers are final: nothing of it is computed again.</summary>
/// <param name="InvoiceId">The invoice it credits; null for one on account.</param>
/// <param name="InvoiceNumber">What people call that invoice.</param>
/// <param name="Rate">Booked rate: that of the invoice, else that of the day; null for equal currencies.</param>
/// <param name="Imported">Another system has credited it, and told the customer.</param>
public sealed record CreditMemoIssued(
    string Number, Guid CustomerId, DateOnly CreditDate, CreditReason Reason, Guid? InvoiceId, string? InvoiceNumber,
    IReadOnlyList<InvoiceLine> Lines, Money Net, Money Tax, Money Total, Books Books, JournalEntry Entry,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ExchangeRate? Rate = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool Imported = false)
    : IFinancialEvent;

/// <summary>Part of it settled part of an installment.</summary>
/// <param name="Open">What of the credit memo is left.</param>
/// <param name="BaseOpen">That by the booked rate; null where the books are in the same currency.</param>
public sealed record CreditMemoApplied(
    Guid ApplicationId, Guid InvoiceId, string InvoiceNumber, int Installment, Money Amount, Money Open,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Money? BaseOpen = null);

/// <summary>An application was taken back.</summary>
/// <param name="Open">What of the credit memo is left.</param>
/// <param name="BaseOpen">That by the booked rate; null where the books are in the same currency.</param>
/// <param name="AllocationId">The payment that it was taken off and that was taken back; null where a person has taken
/// back the application, and of what was stored before payments were named.</param>
public sealed record CreditMemoUnapplied(
    Guid ApplicationId, Guid InvoiceId, Money Amount, Money Open,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Money? BaseOpen = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Guid? AllocationId = null);

/// <summary>
/// So much of it is kept for a refund that waits for an approval and is paid by hand: nothing else may use it.
/// </summary>
/// <param name="Reference">Of the payment.</param>
public sealed record CreditMemoRefundReserved(Guid RefundId, Money Amount, string Reference);

/// <summary>
/// So much of it is kept for a refund that waits for an approval and is then paid by cash application. A release that
/// knows no such refund cannot read it, and so cannot book it as paid by hand.
/// </summary>
/// <param name="Reference">Of the payment.</param>
public sealed record CreditMemoPayoutReserved(Guid RefundId, Money Amount, string Reference);

/// <summary>
/// The refund is approved and cash application is to pay it. So much is kept for it until that says what became of it.
/// </summary>
/// <param name="Reference">Of the payment.</param>
/// <param name="ClearingAccount">Ledger account on which its payment is booked on both sides.</param>
/// <param name="Reason">Why it is paid back.</param>
/// <param name="RequestedBy">Who asked for it.</param>
/// <param name="ApprovedBy">Who approved it last, or asked where nobody had to.</param>
/// <param name="Payee">Where to.</param>
/// <param name="Rate">Of the day; the payment is booked by it where its own day has none. Null for equal currencies.
/// </param>
/// <param name="Reserved">It was kept for this refund before.</param>
public sealed record CreditMemoRefundApproved(
    Guid RefundId, string Number, Guid CustomerId, string LegalEntity, Money Amount, string Reference,
    string ClearingAccount, string Reason, string RequestedBy, string ApprovedBy,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] RefundPayee? Payee = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ExchangeRate? Rate = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool Reserved = false);

/// <summary>
/// The refund that it was kept for does not come: it was rejected, withdrawn or not decided in time, or is not paid.
/// </summary>
public sealed record CreditMemoRefundReleased(Guid RefundId, Money Amount);

/// <summary>Part of it was paid back to the customer.</summary>
/// <param name="Reference">Of the payment.</param>
/// <param name="Open">What of the credit memo is left.</param>
/// <param name="BaseOpen">That by the booked rate; null where the books are in the same currency.</param>
/// <param name="Reserved">It was kept for this refund, which is over with it.</param>
public sealed record CreditMemoRefunded(
    Guid RefundId, string Number, Guid CustomerId, DateOnly CreditDate, string LegalEntity, string BaseCurrency,
    Money Amount, string Reference, Money Open, JournalEntry Entry,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Money? BaseOpen = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool Reserved = false) : IFinancialEvent;

/// <summary>The bank sent a refund back; so much is open again.</summary>
/// <param name="Open">What of the credit memo is left.</param>
/// <param name="BaseOpen">That by the booked rate; null where the books are in the same currency.</param>
public sealed record CreditMemoRefundReturned(
    Guid RefundId, string Number, Guid CustomerId, DateOnly CreditDate, string LegalEntity, string BaseCurrency,
    Money Amount, Money Open, JournalEntry Entry,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Money? BaseOpen = null) : IFinancialEvent;

/// <summary>It was cancelled with nothing applied; it credits nothing any more.</summary>
public sealed record CreditMemoVoided(
    string Number, Guid CustomerId, DateOnly CreditDate, Guid? InvoiceId, string LegalEntity, string BaseCurrency,
    Money Amount, JournalEntry Entry) : IFinancialEvent;
