using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.CreditMemos;

/// <summary>What a caller wants credited.</summary>
/// <param name="CustomerId">Who owes less.</param>
/// <param name="Reason">Why.</param>
/// <param name="Lines">1 to 2,000 lines, priced as those of an invoice.</param>
/// <param name="InvoiceId">The invoice that is credited, never by more than it billed; without it on account.</param>
/// <param name="CreditDate">Document date; without it today in the legal entity's calendar.</param>
/// <param name="Currency">The customer's currency; another one is refused.</param>
/// <param name="Apply">Settle that invoice with it at once, as far as it is open.</param>
/// <param name="Note">For the history, up to 500 characters.</param>
public sealed record IssueCreditMemo(
    Guid CustomerId, CreditReason Reason, IReadOnlyList<IssueInvoiceLine> Lines, Guid? InvoiceId = null,
    DateOnly? CreditDate = null, string? Currency = null, bool Apply = true, string? Note = null);

/// <summary>A credit memo that may be issued: checked and priced, everything but its number.</summary>
public sealed record CreditMemoDraft(
    Guid CustomerId, DateOnly CreditDate, CreditReason Reason, Guid? InvoiceId, string? InvoiceNumber,
    IReadOnlyList<InvoiceLine> Lines, Money Net, Money Tax, Money Total, Books Books)
{
    /// <summary>
    /// The draft, or the first reason why there is none. Lines that name no account go to the entity's sales
    /// allowances.
    /// </summary>
    public static (CreditMemoDraft? Draft, Refusal? Refusal) Of(
        IssueCreditMemo wish, BillingAccount account, string? invoiceNumber, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(wish);
        ArgumentNullException.ThrowIfNull(account);
        var allowances = account.Books.Accounts.Other.SalesAllowances;
        var books = account.Books with { Accounts = account.Books.Accounts with { Revenue = allowances } };
        var asked = new IssueInvoice(wish.CustomerId, wish.Lines, wish.CreditDate, wish.Currency);
        var (priced, refusal) = InvoiceDraft.Of(asked, account with { Books = books }, now);
        return priced is null ? (null, refusal) : (new CreditMemoDraft(
            wish.CustomerId, priced.InvoiceDate, wish.Reason, wish.InvoiceId, invoiceNumber, priced.Lines, priced.Net,
            priced.Tax, priced.Total, account.Books), null);
    }

    /// <summary>All of an invoice as it was billed, to be billed again.</summary>
    public static CreditMemoDraft Whole(Guid invoiceId, InvoiceIssued invoice, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(invoice);
        var today = now.DateIn(invoice.Books.TimeZone);
        return new CreditMemoDraft(
            invoice.CustomerId, today > invoice.InvoiceDate ? today : invoice.InvoiceDate, CreditReason.Correction,
            invoiceId, invoice.Number, invoice.Lines, invoice.Net, invoice.Tax, invoice.Total, invoice.Books);
    }
}
