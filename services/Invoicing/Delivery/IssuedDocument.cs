using OrderToCash.Invoicing.CreditMemos;
using OrderToCash.Invoicing.Customers;
using OrderToCash.Invoicing.EInvoices;
using OrderToCash.Invoicing.Invoices;

namespace OrderToCash.Invoicing.Delivery;

/// <summary>
/// An issued document and all that is said in it, as it was when it was issued. Either an invoice or a credit memo.
/// </summary>
/// <param name="At">When it was issued.</param>
/// <param name="Invoice">An invoice, debit memo or deposit.</param>
/// <param name="Corrects">Number of the invoice whose place it takes, or null.</param>
/// <param name="Netted">Deposits that it was netted with when it was issued.</param>
/// <param name="Parties">Who sells and who buys.</param>
/// <param name="IsVoid">It was cancelled since.</param>
/// <param name="ChargedBackFrom">Number of the invoice that has billed what a chargeback, or a credit memo for one, is
/// about; else null.</param>
/// <param name="SentTo">The parent that gets it in place of the customer who owes it; null for that customer.</param>
public sealed record IssuedDocument(
    Guid Id, DateTimeOffset At, InvoiceIssued? Invoice, CreditMemoIssued? CreditMemo, string? Corrects,
    IReadOnlyList<DepositApplied> Netted, EInvoiceParties Parties, bool IsVoid, string? ChargedBackFrom = null,
    CustomerSnapshot? SentTo = null)
{
    public string Number => Invoice?.Number ?? CreditMemo!.Number;

    public string LegalEntity => Invoice?.Books.LegalEntity ?? CreditMemo!.Books.LegalEntity;

    public Guid CustomerId => Invoice?.CustomerId ?? CreditMemo!.CustomerId;
}
