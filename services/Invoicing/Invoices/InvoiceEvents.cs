using System.Text.Json.Serialization;
using OrderToCash.Invoicing.Customers;
using OrderToCash.Invoicing.FinanceCharges;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Invoicing.LegalEntities;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Invoices;

/// <summary>One priced line; net and tax are whole minor units.</summary>
/// <param name="Kind">What it bills; left out for what was sold.</param>
public sealed record InvoiceLine(
    string Description, decimal Quantity, decimal UnitPrice, Money Discount, decimal TaxRate, string? TaxCode,
    string RevenueAccount, Money Net, Money Tax,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] LineKind Kind = LineKind.Line);

/// <summary>What kind of document it is; all of them are owed, aged and paid in the same way.</summary>
public enum DocumentKind
{
    /// <summary>Bills what was sold.</summary>
    Invoice,

    /// <summary>Bills a late fee or interest on another document.</summary>
    DebitMemo,

    /// <summary>Bills ahead of the delivery; what is paid on it is owed to the customer until then.</summary>
    Deposit,
}

/// <summary>
/// One installment as it is after the event that carries it, with all that others need to know of it.
/// </summary>
/// <param name="OriginalDueDate">As first agreed, where it was rescheduled since; else null.</param>
/// <param name="Disputed">How much of the balance is disputed; null for nothing.</param>
/// <param name="BaseBalance">The balance by the booked rate; null where the books are in the same currency.</param>
/// <param name="ExternalNumber">Under which another system billed it, and people pay it; else null.</param>
/// <param name="Charge">What a debit memo bills by a contract, a late fee where it bills both; else null.</param>
/// <param name="UnearnedTaken">Of a discount that may be deducted up to an amount without being earned, so much was;
/// null for nothing.</param>
public sealed record OpenItem(
    int Installment, string InvoiceNumber, string LegalEntity, string BaseCurrency, Guid CustomerId,
    DateOnly InvoiceDate, DateOnly DueDate, Money Amount, Money Balance, string? OrderReference, string? PurchaseOrder,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] CashDiscount? Discount = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateOnly? OriginalDueDate = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Money? Disputed = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    DocumentKind Kind = DocumentKind.Invoice,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Money? BaseBalance = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ExternalNumber = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ChargeKind? Charge = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Money? UnearnedTaken = null);

/// <summary>The invoice is owed. Its numbers are final: nothing of it is computed again.</summary>
/// <param name="Terms">Terms it was issued with.</param>
/// <param name="AgreedTerms">Terms agreed with the customer at that time.</param>
/// <param name="CustomerStatus">Of the customer then: a suspended one is billed what went out.</param>
/// <param name="Rate">Booked rate; null where the books are in the same currency.</param>
/// <param name="Corrects">The invoice that this one takes the place of, or null.</param>
/// <param name="ContractReference">The contract it bills under, or null.</param>
/// <param name="Charges">The late fees and interest it bills by a contract; null where it bills none so.</param>
/// <param name="Imported">Another system has billed it, and sent it to the customer.</param>
/// <param name="ExternalNumber">Its number there, under which people pay it; else null.</param>
/// <param name="Chargeback">Of a debit memo that takes over what a payer kept back of an invoice; else null.</param>
/// <param name="ApplicationRule">In what order its parts are settled, whatever its legal entity says later.</param>
public sealed record InvoiceIssued(
    string Number, Guid CustomerId, DateOnly InvoiceDate, string Terms, string AgreedTerms, string? OrderReference,
    string? PurchaseOrder, IReadOnlyList<InvoiceLine> Lines, Money Net, Money Tax, Money Total,
    IReadOnlyList<Installment> Installments, Books Books, JournalEntry Entry,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    DocumentKind Kind = DocumentKind.Invoice,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Guid? Corrects = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    CustomerStatus CustomerStatus = CustomerStatus.Active,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ExchangeRate? Rate = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ContractReference = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<ChargedItem>? Charges = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool Imported = false,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ExternalNumber = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ChargebackOrigin? Chargeback = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    ApplicationRule ApplicationRule = ApplicationRule.LineAndTaxProrate)
    : IFinancialEvent
{
    /// <summary>When an installment was first agreed to be due: of a chargeback on its invoice.</summary>
    public DateOnly AgreedDueDate(Installment due) => Chargeback?.AgreedDueDate ?? due.DueDate;

    /// <summary>The terms as the customer reads them: without a cash discount where none may be deducted.</summary>
    [JsonIgnore]
    public string OfferedTerms => Installments.Any(due => due.Discount is not null)
        ? Terms
        : PaymentTerms.Parse(Terms).WithoutDiscount().ToString();
}

/// <summary>So much of a credit memo that was applied, or taken back, together with a payment.</summary>
public sealed record CreditBeside(Guid CreditMemoId, Money Amount);

/// <summary>Money of a receipt was applied to an installment.</summary>
/// <param name="Discount">Deducted beside it for paying early, or null.</param>
/// <param name="Difference">Given up beside it because it is small, or null.</param>
/// <param name="Rate">Of the money on its value date; null where the books are in the same currency.</param>
/// <param name="Unearned">What of the discount came too late and was allowed all the same; null for nothing.</param>
/// <param name="Credits">Applied in the same moment, each an event of its own before this one; null for none.</param>
public sealed record PaymentApplied(
    Guid AllocationId, Guid ReceiptId, Money Amount, DateOnly ValueDate, OpenItem Item, JournalEntry Entry,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Money? Discount = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Money? Difference = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ExchangeRate? Rate = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] UnearnedDiscount? Unearned = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    IReadOnlyList<CreditBeside>? Credits = null)
    : IFinancialEvent
{
    /// <summary>What the item is less by: money, deduction and small difference.</summary>
    [JsonIgnore]
    public Money Settled => Settlement.Of(Amount, Discount, Difference);
}

/// <summary>A cash discount that was deducted without being earned, as the customer's contract allows.</summary>
/// <param name="Why">By how many days it was late, and within what it is allowed.</param>
public sealed record UnearnedDiscount(Money Amount, string Why);

/// <summary>An allocation was refused; cash application must hear of it, so it is a fact and no error.</summary>
public sealed record PaymentApplicationRejected(
    Guid AllocationId, Guid ReceiptId, int Installment, Money Amount, string Code, string Detail);

/// <summary>
/// The reversal of an allocation came before the allocation itself. It is kept, and carried out when the allocation
/// comes.
/// </summary>
public sealed record PaymentReversalAwaited(
    Guid AllocationId, Guid ReceiptId, int Installment, Money Amount, string Reason);

/// <summary>An applied payment was taken back; the installment is open again, with what was deducted.</summary>
/// <param name="Credits">Taken back in the same moment, each an event of its own before this one; null for
/// none.</param>
public sealed record PaymentReversed(
    Guid AllocationId, Guid ReceiptId, Money Amount, string Reason, OpenItem Item, JournalEntry Entry,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Money? Discount = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Money? Difference = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    IReadOnlyList<CreditBeside>? Credits = null)
    : IFinancialEvent
{
    /// <summary>What is open again: money, deduction and small difference.</summary>
    [JsonIgnore]
    public Money Settled => Settlement.Of(Amount, Discount, Difference);
}

/// <summary>What settles an item beside the money itself.</summary>
internal static class Settlement
{
    /// <summary>Money, deduction and small difference together.</summary>
    public static Money Of(Money amount, Money? discount, Money? difference) =>
        amount + (discount ?? Money.Zero(amount.Currency)) + (difference ?? Money.Zero(amount.Currency));
}

/// <summary>
/// The due date of an installment has passed where the legal entity is, and some of it is open. Said once per
/// installment and due date, whatever is paid and opened again since; a due date that is moved may pass once more.
/// </summary>
public sealed record InvoiceBecameOverdue(OpenItem Item);

/// <summary>The invoice was cancelled with nothing applied; its installments are at zero.</summary>
public sealed record InvoiceVoided(IReadOnlyList<OpenItem> Items, JournalEntry Entry) : IFinancialEvent;
