using OrderToCash.Invoicing.Customers;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Invoices;

/// <summary>What of an invoice is to be owed by itself.</summary>
/// <param name="Amount">At most what is open on the installment; null for all of that.</param>
/// <param name="Origin">The invoice, and why the payer kept it back.</param>
/// <param name="DueDate">Null for that of the installment, which may have passed.</param>
/// <param name="Expected">What payments on their way are to pay of the installment.</param>
public sealed record ChargeBack(ChargebackOrigin Origin, Money? Amount, DateOnly? DueDate, Money Expected);

/// <summary>
/// A chargeback that may be issued: checked and shared, everything but its number. It is a transfer within receivables
/// and no sale: what it debits, on the accounts and with the taxes that the invoice has billed, the invoice is credited
/// in the same transaction and on the same day.
/// </summary>
/// <param name="Invoice">As it was before.</param>
/// <param name="OwedUntil">Due date of the installment: what is owed on it is due no later for being charged back.
/// </param>
/// <param name="Entry">Of the chargeback; the invoice's is its opposite.</param>
public sealed record ChargebackDraft(
    Invoice Invoice, ChargebackOrigin Origin, Money Amount, IReadOnlyList<TaxShare> Taxes,
    IReadOnlyList<InvoiceLine> Lines, DateOnly DueDate, DateOnly OwedUntil, CustomerStatus CustomerStatus,
    JournalEntry Entry)
{
    /// <summary>Due later than on the invoice.</summary>
    public bool IsDueLater => DueDate > OwedUntil;

    private InvoiceIssued Billed => Invoice.Issued!;

    private DateOnly Date => Entry.PostingDate;

    /// <summary>The draft, or the first reason why there is none.</summary>
    /// <param name="invoice">As it is.</param>
    /// <param name="wish">What of it is to be owed by itself.</param>
    /// <param name="customer">What its customer is by now.</param>
    /// <param name="context">When, and which days are open.</param>
    public static (ChargebackDraft? Draft, Refusal? Refusal) Of(
        Invoice invoice, ChargeBack wish, CustomerStatus customer, PostingContext context)
    {
        ArgumentNullException.ThrowIfNull(invoice);
        ArgumentNullException.ThrowIfNull(wish);
        ArgumentNullException.ThrowIfNull(context);
        var (issued, installment) = (invoice.Issued!, wish.Origin.Installment);
        var amount = wish.Amount ?? invoice.Balances.GetValueOrDefault(installment, Money.Zero(invoice.Currency));
        if (Obstacle(invoice, wish, amount) is { } obstacle)
            return (null, obstacle);
        if (AdjustmentDecider.WrongDay(invoice, context) is { } wrongDay)
            return (null, wrongDay);
        var date = InvoiceDecider.PostingDate(invoice, context);
        var latest = date.AddDays(PaymentTerms.MaxDays);
        if (wish.DueDate is { } asked && (asked < date || asked > latest))
            return (null, ChargebackRefusals.DueDate(asked, date, latest));
        var owed = invoice.ItemWith(installment, amount);
        var due = wish.DueDate ?? (owed.DueDate < latest ? owed.DueDate : latest);
        var agreed = owed.OriginalDueDate ?? owed.DueDate;
        var taxes = invoice.ShareOfChargeback(amount);
        var lines = taxes.SelectMany(tax => LinesOf(issued, tax, wish.Origin)).ToList();
        return (new ChargebackDraft(
            invoice, wish.Origin with { AgreedDueDate = agreed == due ? null : agreed }, amount, taxes, lines, due,
            owed.DueDate, customer,
            EntryOf(invoice, installment, amount, lines, context)), null);
    }

    /// <summary>Both sides: the chargeback under its number, and what the invoice is less by.</summary>
    public (InvoiceIssued Chargeback, InvoiceChargedBack OnInvoice) Issue(Guid chargebackId, string number)
    {
        var owed = new Installment(1, DueDate, Amount, Base: Invoice.BaseSettled(Origin.Installment, Amount));
        PaymentTerms due = DueDate <= Date
            ? new PaymentTerms.OnReceipt()
            : new PaymentTerms.Net(DueDate.DayNumber - Date.DayNumber);
        var chargeback = new InvoiceIssued(
            number, Billed.CustomerId, Date, due.ToString(), due.ToString(), null, Billed.PurchaseOrder, Lines,
            Money.Sum(Lines.Select(line => line.Net), Amount.Currency),
            Money.Sum(Lines.Select(line => line.Tax), Amount.Currency), Amount, [owed], Billed.Books, Entry,
            DocumentKind.DebitMemo, CustomerStatus: CustomerStatus, Rate: Billed.Rate,
            ContractReference: Billed.ContractReference, Chargeback: Origin,
            ApplicationRule: Billed.ApplicationRule);
        var item = Invoice.ItemWith(Origin.Installment, Invoice.Balances[Origin.Installment] - Amount);
        return (chargeback, new InvoiceChargedBack(
            chargebackId, number, Amount, Taxes, item,
            Entry.Reversed(Date, PostingKinds.ChargedBack) with { Adjusting = Entry.Adjusting }));
    }

    /// <summary>What waits on the installment already is not charged back, nor what was credited elsewhere.</summary>
    private static Refusal? Obstacle(Invoice invoice, ChargeBack wish, Money amount)
    {
        var installment = wish.Origin.Installment;
        if (invoice.Issued!.Kind != DocumentKind.Invoice)
            return ChargebackRefusals.NotAnInvoice(invoice);
        if (AdjustmentDecider.Obstacle(invoice, installment, amount) is { } obstacle)
            return obstacle;
        if (amount > invoice.Chargeable)
            return ChargebackRefusals.CreditsElsewhere(invoice, amount);
        var free = invoice.Balances[installment] - invoice.DisputedOn(installment);
        if (amount > free)
            return ChargebackRefusals.Disputed(invoice, installment, invoice.DisputedOn(installment), amount);
        return amount > free - wish.Expected
            ? ChargebackRefusals.PaymentPending(invoice, wish.Expected, amount)
            : null;
    }

    /// <summary>Of one tax, on the accounts on which the invoice has billed under it, in their proportion.</summary>
    private static IEnumerable<InvoiceLine> LinesOf(InvoiceIssued issued, TaxShare tax, ChargebackOrigin origin)
    {
        var all = issued.Lines.Where(line => line.TaxCode == tax.TaxCode && line.TaxRate == tax.TaxRate)
            .GroupBy(line => line.RevenueAccount)
            .Select(account => (Account: account.Key, Net: account.Sum(line => line.Net.Amount))).ToList();
        var billed = all.FindAll(account => account.Net > 0);
        if (billed.Count == 0)
            billed = [(all[0].Account, 1)];
        var nets = tax.Net.Split([.. billed.Select(account => account.Net)]);
        var taxes = tax.Tax.Split([.. billed.Select(account => account.Net)]);
        return billed.Select((account, index) => new InvoiceLine(
            $"Chargeback of {origin.InvoiceNumber}: {origin.Reason}", 1, nets[index].Amount,
            Money.Zero(tax.Net.Currency), tax.TaxRate, tax.TaxCode, account.Account, nets[index], taxes[index]))
            .Where(line => (line.Net + line.Tax).IsPositive);
    }

    /// <summary>In the books it is worth what the invoice is less by, so that no exchange difference is left.</summary>
    private static JournalEntry EntryOf(
        Invoice invoice, int installment, Money amount, List<InvoiceLine> lines, PostingContext context)
    {
        var (accounts, booked) = (invoice.Issued!.Books.Accounts, invoice.BaseSettled(installment, amount));
        var revenue = lines.GroupBy(line => line.RevenueAccount).Select(account => JournalLine.OnCredit(
            account.Key, AccountRoles.Revenue, Money.Sum(account.Select(line => line.Net), amount.Currency)));
        var tax = JournalLine.OnCredit(
            accounts.Tax, AccountRoles.Tax, Money.Sum(lines.Select(line => line.Tax), amount.Currency));
        return InvoiceDecider.Entry(invoice, context, PostingKinds.ChargedBack,
        [
            JournalLine.OnDebit(accounts.Receivables, AccountRoles.Receivables, amount, booked),
            .. revenue.Append(tax).Share(booked),
        ]);
    }
}
