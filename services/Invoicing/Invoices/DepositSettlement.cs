using OrderToCash.Invoicing.Ledger;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Invoices;

/// <summary>
/// Nets invoices with a deposit. Deposit and invoice each keep their side; both sides are decided here and must be
/// written together. The tax of the deposit was owed from its own date on (its tax point), so the invoice owes only the
/// rest; what the deposit is worth in the books follows from its own rate.
/// </summary>
/// <param name="depositId">The deposit.</param>
/// <param name="deposit">As it is.</param>
/// <param name="context">When, and which days are open.</param>
/// <param name="nextId">Gives the identifier of each application.</param>
/// <param name="account">Customers that are one with the deposit's: survivor and duplicates of a merge.</param>
public sealed class DepositSettlement(
    Guid depositId, Invoice deposit, PostingContext context, Func<Guid> nextId, IReadOnlySet<Guid>? account = null)
{
    private readonly List<object> _events = [];

    /// <summary>The deposit after what was netted so far.</summary>
    public Invoice Deposit { get; private set; } = deposit;

    /// <summary>What to append to the deposit.</summary>
    public IReadOnlyList<object> DepositEvents => _events;

    /// <summary>
    /// Nets the invoice, in the order of due dates, with an amount or as much as both sides allow. Gives what to append
    /// to the invoice.
    /// </summary>
    public Decision Settle(Guid invoiceId, Invoice invoice, Money? amount = null)
    {
        ArgumentNullException.ThrowIfNull(invoice);
        if (Refuse(invoice, amount) is { } refusal)
            return refusal;
        var rest = amount ?? Deposit.Available;
        var events = new List<object>();
        foreach (var number in invoice.Balances.Keys
            .OrderBy(number => invoice.ItemWith(number, invoice.Balances[number]).DueDate).ThenBy(number => number))
        {
            var part = Money.Min(rest, invoice.Balances[number]);
            if (!part.IsPositive)
                continue;
            var applied = Apply(invoiceId, invoice, number, part);
            events.Add(applied);
            invoice = Invoice.Evolve(invoice, applied);
            rest -= part;
        }

        return amount is { } whole && rest.IsPositive
            ? AdjustmentRefusals.ExceedsBalance(invoice, 1, whole - rest, whole)
            : events.Count == 0 ? AdjustmentRefusals.NothingOpen(invoice, 1)
            : Decision.Of(events);
    }

    /// <summary>
    /// Takes an application back. Gives what to append to the invoice. What was paid back of the invoice rests on the
    /// netting: it is not taken back where more of that would be in vain than is already by what the deposits lack,
    /// or what is released could be paid back a second time. Where a deposit's own payment came back, so that nothing
    /// is released, it is taken back, and what the deposit is owed can be settled after all.
    /// </summary>
    /// <param name="invoiceId">The invoice.</param>
    /// <param name="applicationId">The application.</param>
    /// <param name="invoice">As it is.</param>
    /// <param name="lacked">What the other deposits that it is netted with lack; null for nothing.</param>
    public Decision TakeBack(Guid invoiceId, Guid applicationId, Invoice invoice, Money? lacked = null)
    {
        ArgumentNullException.ThrowIfNull(invoice);
        if (!invoice.Deposits.TryGetValue(applicationId, out var applied) || applied.DepositId != depositId)
            return Refusal.NotFound("application", applicationId);
        var (receivables, balance) = (Receivables(invoice), invoice.Balances[applied.Installment]);
        var lines = Held(applied.Net, applied.Tax, back: true)
            .Prepend(JournalLine.OnDebit(
                receivables, AccountRoles.Receivables, applied.Amount,
                invoice.BaseOpened(applied.Installment, applied.Amount)))
            .ToList().WithDifference(invoice.Issued!.Books.Accounts.Other, undone: true);
        var entry = context.Entry(
            invoice.Issued!.Books, NotBefore(invoice), PostingKinds.DepositUnapplied, lines);
        var unapplied = new DepositUnapplied(
            applicationId, depositId, applied.DepositNumber, applied.Amount, applied.Net, applied.Tax,
            invoice.ItemWith(applied.Installment, balance + applied.Amount), entry);
        var released = new DepositReleased(
            applicationId, invoiceId, applied.Amount, Deposit.Issued!.Total - Deposit.Used + applied.Amount,
            entry.PostingDate);
        var others = lacked ?? Money.Zero(invoice.Currency);
        var (after, left) = (Invoice.Evolve(invoice, unapplied), Invoice.Evolve(Deposit, released));
        var lackedAfter = others + after.LackedBy(depositId, left);
        var inVain = after.RefundedInVainBut(lackedAfter)
            - invoice.RefundedInVainBut(others + invoice.LackedBy(depositId, Deposit));
        if (inVain.IsPositive)
            return DepositRefusals.RefundRests(Deposit, invoice.Issued.Number, inVain);
        Remember(released);
        return AdjustmentDecider.WithUncovered(
            invoice, unapplied, $"Deposit {applied.DepositNumber} was taken off {invoice.Issued.Number} again.",
            lackedAfter);
    }

    private Refusal? Refuse(Invoice invoice, Money? amount) => amount switch
    {
        _ when !Deposit.IsDeposit => DepositRefusals.NotADeposit(Deposit),
        _ when invoice.Issued!.Kind != DocumentKind.Invoice => DepositRefusals.NotAnInvoice(invoice),
        _ when invoice.IsVoid => AdjustmentRefusals.IsVoid(invoice),
        _ when invoice.Issued.CustomerId != Deposit.Issued!.CustomerId
            && account?.IsSupersetOf([invoice.Issued.CustomerId, Deposit.Issued.CustomerId]) != true =>
            DepositRefusals.OtherCustomer(Deposit, invoice.Issued.Number),
        _ when invoice.Currency != Deposit.Currency => DepositRefusals.OtherCurrency(Deposit, invoice),
        { } asked when asked.Currency != Deposit.Currency => DepositRefusals.OtherCurrency(Deposit, asked),
        { } asked when asked > Deposit.Available || !asked.IsPositive => DepositRefusals.ExceedsHeld(Deposit, asked),
        null when Deposit.Available.IsZero => DepositRefusals.NothingHeld(Deposit),
        _ => null,
    };

    private DepositApplied Apply(Guid invoiceId, Invoice invoice, int installment, Money amount)
    {
        var (id, issued) = (nextId(), Deposit.Issued!);
        var (net, tax) = Deposit.ShareOf(amount);
        var lines = Held(net, tax, back: false)
            .Append(JournalLine.OnCredit(
                Receivables(invoice), AccountRoles.Receivables, amount, invoice.BaseSettled(installment, amount)))
            .ToList().WithDifference(invoice.Issued!.Books.Accounts.Other);
        var entry = context.Entry(invoice.Issued.Books, NotBefore(invoice), PostingKinds.DepositApplied, lines);
        Remember(new DepositUsed(
            id, invoiceId, invoice.Issued.Number, amount, net, issued.Total - Deposit.Used - amount));
        return new DepositApplied(
            id, depositId, issued.Number, issued.InvoiceDate, amount, net, tax, Taxes(issued, net, tax),
            invoice.ItemWith(installment, invoice.Balances[installment] - amount), entry);
    }

    /// <summary>What is no longer held of the deposit on debit, or what is held again on credit.</summary>
    private IEnumerable<JournalLine> Held(Money net, Money tax, bool back)
    {
        var accounts = Deposit.Issued!.Books.Accounts;
        var (sign, netLeft, taxLeft) = (back ? 1 : -1, Deposit.NetLeft, Deposit.TaxLeft);
        JournalLine[] lines =
        [
            .. One(accounts.Other.CustomerDeposits, AccountRoles.CustomerDeposits, net, netLeft, Deposit.NetBaseOf),
            .. One(accounts.Tax, AccountRoles.Tax, tax, taxLeft, Deposit.TaxBaseOf),
        ];
        return back ? lines.Select(line => line.OtherSide()) : lines;

        IEnumerable<JournalLine> One(
            string account, string role, Money amount, Money left, Func<Money, Money?> baseOf)
        {
            if (!amount.IsPositive)
                return [];
            var after = Money.Of(left.Amount + (sign * amount.Amount), amount.Currency);
            var worth = back ? baseOf(after) - baseOf(left) : baseOf(left) - baseOf(after);
            return [JournalLine.OnDebit(account, role, amount, worth)];
        }
    }

    /// <summary>By tax, in the proportion that the deposit was billed in.</summary>
    internal static IReadOnlyList<TaxShare> Taxes(InvoiceIssued deposit, Money net, Money tax)
    {
        var billed = deposit.Lines.GroupBy(line => (line.TaxCode, line.TaxRate)).Select(one => (
            one.Key, Net: one.Sum(line => line.Net.Amount), Tax: one.Sum(line => line.Tax.Amount))).ToList();
        var (nets, taxes) = (
            Shares(net, [.. billed.Select(one => one.Net)]), Shares(tax, [.. billed.Select(one => one.Tax)]));
        return [.. billed.Select((one, index) => new TaxShare(
            one.Key.TaxCode, one.Key.TaxRate, nets[index], taxes[index]))];
    }

    private static IReadOnlyList<Money> Shares(Money amount, IReadOnlyList<decimal> weights) =>
        weights.All(weight => weight == 0) ? [.. weights.Select(_ => amount)] : amount.Split(weights);

    /// <summary>Not before the deposit was paid: no past day may show a deposit used that was not there.</summary>
    private DateOnly NotBefore(Invoice invoice) =>
        invoice.LastPosting > Deposit.LastPosting ? invoice.LastPosting : Deposit.LastPosting;

    private static string Receivables(Invoice invoice) => invoice.Issued!.Books.Accounts.Receivables;

    private void Remember(object e)
    {
        _events.Add(e);
        Deposit = Invoice.Evolve(Deposit, e);
    }
}
