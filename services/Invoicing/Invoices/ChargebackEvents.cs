using System.Text.Json.Serialization;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Invoices;

/// <summary>Of a chargeback: what it was taken from.</summary>
/// <param name="Installment">Of that invoice.</param>
/// <param name="Reason">Why the payer kept it back.</param>
/// <param name="Reference">What the payer calls it, e.g. the number of a debit note of theirs; or null.</param>
/// <param name="AgreedDueDate">Due date of the installment as first agreed; null where the chargeback is due then.
/// </param>
public sealed record ChargebackOrigin(
    Guid InvoiceId, string InvoiceNumber, int Installment, string Reason,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Reference = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateOnly? AgreedDueDate = null);

/// <summary>
/// So much of an installment is owed on a chargeback from now on: an item of its own with its own due date, issued in
/// the same transaction. Its entry is the opposite of the chargeback's, on the same day.
/// </summary>
/// <param name="Taxes">Net and tax that went with it, per tax that was billed.</param>
public sealed record InvoiceChargedBack(
    Guid ChargebackId, string ChargebackNumber, Money Amount, IReadOnlyList<TaxShare> Taxes, OpenItem Item,
    JournalEntry Entry) : IFinancialEvent;

/// <summary>The chargeback was cancelled in the same transaction; so much is owed on the installment again.</summary>
public sealed record InvoiceChargebackReversed(Guid ChargebackId, Money Amount, OpenItem Item, JournalEntry Entry)
    : IFinancialEvent;
