using System.Text.Json.Serialization;
using OrderToCash.Invoicing.CollectionsRequests;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Invoicing.LegalEntities;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.CreditMemos;

/// <summary>What a caller wants credited.</summary>
/// <param name="CustomerId">Who owes less.</param>
/// <param name="Reason">Why.</param>
/// <param name="Lines">1 to 2,000 lines, priced as those of an invoice.</param>
/// <param name="InvoiceId">The invoice that is credited, never by more than it billed; without it on account.</param>
/// <param name="CreditDate">Document date, never before that of the invoice; without it today in the legal entity's
/// calendar, or the date of an invoice that is dated ahead.</param>
/// <param name="Currency">ISO 4217; without it that of the invoice, else that of the customer's account. Of a credit
/// for an invoice another one than the invoice's is refused.</param>
/// <param name="Apply">Settle that invoice with it at once, as far as it is open.</param>
/// <param name="Note">For the history, up to 500 characters.</param>
/// <param name="Dispute">The accepted dispute that asks for it; never a caller's. Then there are no lines: the amount
/// is shared over what was billed.</param>
/// <param name="Import">The credit note that it was read from; never a caller's.</param>
/// <param name="Cancellation">The invoice is voided instead, which comes to the same; never a caller's.</param>
/// <param name="Correction">The invoice is credited and billed again by less; never a caller's.</param>
public sealed record IssueCreditMemo(
    Guid CustomerId, CreditReason Reason, IReadOnlyList<IssueInvoiceLine> Lines, Guid? InvoiceId = null,
    DateOnly? CreditDate = null, string? Currency = null, bool Apply = true, string? Note = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DisputeCredit? Dispute = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ImportedCredit? Import = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Cancellation? Cancellation = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Correction? Correction = null)
{
    /// <summary>Whether it says no more than a caller may say.</summary>
    [JsonIgnore]
    public bool IsPlain => this is { Dispute: null, Import: null, Cancellation: null, Correction: null };
}

/// <summary>A document is cancelled.</summary>
/// <param name="Reason">Why; kept in the history.</param>
/// <param name="PostingDate">An open day since the last posting on it; without it today.</param>
public sealed record Cancellation(string Reason, DateOnly? PostingDate = null);

/// <summary>An invoice as it should have been.</summary>
/// <param name="Reason">Why; kept in the history.</param>
/// <param name="Lines">1 to 2,000 lines.</param>
/// <param name="InvoiceDate">Of the new invoice; without it today.</param>
/// <param name="Terms">Without them those of the old invoice.</param>
/// <param name="OrderReference">Without it that of the old invoice.</param>
/// <param name="PurchaseOrder">Without it that of the old invoice.</param>
public sealed record Correction(
    string Reason, IReadOnlyList<IssueInvoiceLine> Lines, DateOnly? InvoiceDate = null, string? Terms = null,
    string? OrderReference = null, string? PurchaseOrder = null);

/// <summary>Where a credit note of another billing system was read.</summary>
/// <param name="Id">What the credit memo is called for it, so that it is issued once.</param>
/// <param name="Rounding">How that system rounds tax.</param>
public sealed record ImportedCredit(Guid Id, TaxRounding Rounding);

/// <summary>What Collections has accepted of a dispute.</summary>
/// <param name="Request">The request that is answered.</param>
/// <param name="Installment">The installment it settles.</param>
/// <param name="Amount">Tax included.</param>
/// <param name="ReasonCode">Why it was disputed.</param>
/// <param name="Reason">In words, or null.</param>
public sealed record DisputeCredit(
    CollectionsRequest Request, int Installment, Money Amount, string ReasonCode, string? Reason);

/// <summary>A credit memo that may be issued: checked and priced, everything but its number.</summary>
public sealed record CreditMemoDraft(
    Guid CustomerId, DateOnly CreditDate, CreditReason Reason, Guid? InvoiceId, string? InvoiceNumber,
    IReadOnlyList<InvoiceLine> Lines, Money Net, Money Tax, Money Total, Books Books, bool Adjusting = false,
    ExchangeRate? Rate = null, bool OfDeposit = false)
{
    /// <summary>Another system has credited it, and told the customer.</summary>
    public bool Imported { get; init; }

    /// <summary>The total in the books' currency; null where that is the credit memo's.</summary>
    public Money? BaseTotal => Rate?.Of(Total, Currency.Of(Books.BaseCurrency));

    /// <summary>
    /// The draft, or the first reason why there is none. Lines that name no account go to the entity's sales
    /// allowances. What credits an invoice is booked by the rate of that invoice, so that no exchange difference is
    /// left, and is that invoice's customer's; what credits none is the survivor's of a duplicate.
    /// </summary>
    public static (CreditMemoDraft? Draft, Refusal? Refusal) Of(
        IssueCreditMemo wish, BillingAccount account, InvoiceIssued? invoice, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(wish);
        ArgumentNullException.ThrowIfNull(account);
        var allowances = account.Books.Accounts.Other.SalesAllowances;
        var books = account.Books with { Accounts = account.Books.Accounts with { Revenue = allowances } };
        if (invoice is not null && wish.CreditDate < invoice.InvoiceDate)
            return (null, CreditMemoRefusals.BeforeInvoice(wish.CreditDate.Value, invoice));
        var currency = invoice?.Total.Currency.Code ?? wish.Currency;
        if (wish.Currency is { } other && other != currency)
            return (null, CreditMemoRefusals.NotOfInvoice(other, invoice!));
        var (asked, billed) = (
            new IssueInvoice(
                wish.CustomerId, wish.Lines, wish.CreditDate ?? DateFor(invoice, account, now), currency),
            account.In(currency));
        var (priced, refusal) = InvoiceDraft.Of(
            asked, billed with { Books = books, Rate = invoice?.Rate ?? billed.Rate }, now);
        return priced is null ? (null, OfCredit(refusal!)) : (new CreditMemoDraft(
            invoice?.CustomerId ?? account.CustomerId, priced.InvoiceDate, wish.Reason, wish.InvoiceId, invoice?.Number,
            priced.Lines, priced.Net, priced.Tax, priced.Total, account.Books, priced.Adjusting, priced.Rate)
        {
            Imported = wish.Import is not null,
        }, null);
    }

    /// <summary>The first open day from today on, never before what it credits is there.</summary>
    private static DateOnly? DateFor(InvoiceIssued? invoice, BillingAccount account, DateTimeOffset now) =>
        invoice?.InvoiceDate > now.DateIn(account.Books.TimeZone)
            ? account.Periods.PostingDay(invoice.InvoiceDate)
            : null;

    /// <summary>
    /// An amount, tax included, of what an invoice billed: shared over its parts in their order, each with its tax,
    /// and its taxes as they are left of it, so that net and tax sum to it to the cent.
    /// </summary>
    public static CreditMemoDraft OfGross(Guid invoiceId, Invoice invoice, Money gross, PostingContext context)
    {
        ArgumentNullException.ThrowIfNull(invoice);
        ArgumentNullException.ThrowIfNull(context);
        var issued = invoice.Issued!;
        var account = issued.Books.Accounts.Other.SalesAllowances;
        var none = Money.Zero(gross.Currency);
        var lines = invoice.ShareOfCredit(gross).Where(share => (share.Net + share.Tax).IsPositive)
            .Select(share => new InvoiceLine(
                $"Credit for {issued.Number}", 1, share.Net.Amount, none, share.TaxRate, share.TaxCode, account,
                share.Net, share.Tax)).ToList();
        var date = context.DateFor(issued.Books, issued.InvoiceDate);
        return new CreditMemoDraft(
            issued.CustomerId, date, CreditReason.Dispute, invoiceId, issued.Number, lines,
            Money.Sum(lines.Select(line => line.Net), gross.Currency),
            Money.Sum(lines.Select(line => line.Tax), gross.Currency), gross, issued.Books,
            context.Calendar.IsAdjusting(date), issued.Rate);
    }

    /// <summary>
    /// As a credit for this invoice. One for a deposit gives back what was billed ahead, net and tax as they are left
    /// of it, and never what an invoice is netted with, from the accounts it was booked on; it is no allowance on a
    /// sale.
    /// </summary>
    public (CreditMemoDraft? Draft, Refusal? Refusal) For(Invoice? invoice)
    {
        if (invoice?.IsDeposit != true)
            return (this, null);
        if (Total > invoice.Creditable)
            return (null, AdjustmentRefusals.ExceedsCreditable(invoice, Total));
        var books = invoice.Issued!.Books;
        var account = books.Accounts.Other.CustomerDeposits;
        var (net, tax) = invoice.ShareOf(Total);
        var line = new InvoiceLine(
            $"Credit for {InvoiceNumber}", 1, net.Amount, Money.Zero(net.Currency), invoice.Issued.Lines[0].TaxRate,
            invoice.Issued.Lines[0].TaxCode, account, net, tax);
        var lines = DepositSettlement.Taxes(invoice.Issued, net, tax)
            .Where(share => (share.Net + share.Tax).IsPositive)
            .Select(share => line with
            {
                UnitPrice = share.Net.Amount,
                TaxRate = share.TaxRate,
                TaxCode = share.TaxCode,
                Net = share.Net,
                Tax = share.Tax,
            }).ToList();
        return (this with { Lines = lines, Net = net, Tax = tax, Books = books, OfDeposit = true }, null);
    }

    /// <summary>The field has another name in a credit memo.</summary>
    private static Refusal OfCredit(Refusal refusal) =>
        refusal.Field == "/invoiceDate" ? refusal with { Field = "/creditDate" } : refusal;

    /// <summary>All of an invoice as it was billed, to be billed again.</summary>
    public static CreditMemoDraft Whole(Guid invoiceId, InvoiceIssued invoice, PostingContext context)
    {
        ArgumentNullException.ThrowIfNull(invoice);
        ArgumentNullException.ThrowIfNull(context);
        var date = context.DateFor(invoice.Books, invoice.InvoiceDate);
        return new CreditMemoDraft(
            invoice.CustomerId, date, CreditReason.Correction, invoiceId, invoice.Number, invoice.Lines, invoice.Net,
            invoice.Tax, invoice.Total, invoice.Books, context.Calendar.IsAdjusting(date), invoice.Rate);
    }
}
