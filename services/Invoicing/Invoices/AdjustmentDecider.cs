using OrderToCash.Invoicing.Ledger;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Invoices;

/// <summary>A credit memo as an invoice must know it.</summary>
/// <param name="Base">What is applied or taken back of it, in the books by its own rate; null for equal
/// currencies.</param>
/// <param name="CustomerId">Whose it is, where that is a customer merged with the invoice's; else null.</param>
public sealed record CreditSource(
    Guid CreditMemoId, string Number, DateOnly CreditDate, Money? Base = null, Guid? CustomerId = null);

/// <summary>An installment and the day it is to be due.</summary>
public sealed record NewDueDate(int Installment, DateOnly DueDate);

/// <summary>What else than payments may change what is owed on an invoice, or when.</summary>
public static class AdjustmentDecider
{
    /// <summary>Further ahead no due date is moved.</summary>
    private const int MaxDaysAhead = 3 * 366;

    /// <summary>Notes that a credit memo was issued for the invoice: never more than was billed, net and tax.</summary>
    /// <param name="taxes">What it takes back, per tax.</param>
    public static Decision Credit(
        Invoice invoice, CreditSource memo, Money amount, IReadOnlyList<TaxShare>? taxes = null)
    {
        ArgumentNullException.ThrowIfNull(invoice);
        ArgumentNullException.ThrowIfNull(memo);
        if (invoice.IsVoid)
            return AdjustmentRefusals.IsVoid(invoice);
        if (amount > invoice.Creditable)
            return AdjustmentRefusals.ExceedsCreditable(invoice, amount);
        if (invoice.IsDeposit)
            return Decision.Of(new InvoiceCredited(
                memo.CreditMemoId, memo.Number, amount, invoice.ShareOf(amount).Net));
        var named = taxes is null ? null : invoice.AsBilled(taxes);
        return NotBilled(invoice, named ?? []) is { } refusal
            ? refusal
            : Decision.Of(new InvoiceCredited(memo.CreditMemoId, memo.Number, amount, Taxes: named));
    }

    /// <summary>Why so much of net and taxes cannot be credited, or null.</summary>
    private static Refusal? NotBilled(Invoice invoice, IReadOnlyList<TaxShare> taxes)
    {
        var (left, none) = (invoice.TaxesLeftAtMost, Money.Zero(invoice.Currency));
        var net = Money.Sum(left.Select(tax => tax.Net), invoice.Currency);
        if (Money.Sum(taxes.Select(tax => tax.Net), invoice.Currency) is var asked && asked > net)
            return AdjustmentRefusals.ExceedsNetBilled(invoice, asked, net);
        foreach (var tax in taxes)
        {
            var billed = left.FirstOrDefault(one => one.TaxCode == tax.TaxCode && one.TaxRate == tax.TaxRate);
            if (tax.Tax > (billed?.Tax ?? none))
                return AdjustmentRefusals.ExceedsTaxBilled(invoice, tax, billed?.Tax ?? none);
        }

        return null;
    }

    /// <summary>Settles an installment, or part of it, by a credit memo.</summary>
    public static Decision ApplyCredit(
        Invoice invoice, Guid applicationId, CreditSource memo, int installment, Money amount, PostingContext context)
    {
        ArgumentNullException.ThrowIfNull(invoice);
        ArgumentNullException.ThrowIfNull(memo);
        if (invoice.Credits.ContainsKey(applicationId))
            return Decision.Nothing;
        if (Obstacle(invoice, installment, amount) is { } refusal)
            return refusal;
        var item = invoice.ItemWith(installment, invoice.Balances[installment] - amount);
        return Decision.Of(new CreditApplied(
            applicationId, memo.CreditMemoId, memo.Number, memo.CreditDate, amount, item,
            Transfer(
                invoice, memo, PostingKinds.CreditApplied,
                JournalLine.OnDebit(Receivables(invoice), AccountRoles.Receivables, amount, memo.Base),
                JournalLine.OnCredit(
                    Receivables(invoice), AccountRoles.Receivables, amount, invoice.BaseSettled(installment, amount)),
                context),
            memo.CustomerId));
    }

    /// <summary>A credit memo that was issued for the invoice is void: it may be credited by so much again.</summary>
    /// <param name="lacked">What deposits that it is netted with lack, by <see cref="Invoice.LackedBy"/>; null for
    /// nothing.</param>
    public static Decision WithdrawCredit(
        Invoice invoice, Guid creditMemoId, string number, Money amount, Money? lacked = null)
    {
        ArgumentNullException.ThrowIfNull(invoice);
        return WithUncovered(
            invoice, new InvoiceCreditWithdrawn(creditMemoId, amount),
            $"Credit memo {number} for {invoice.Issued!.Number} is void.", lacked);
    }

    /// <summary>
    /// Part of a credit memo issued for it is paid back: at most what was paid beyond what is owed and is kept for no
    /// other refund.
    /// </summary>
    /// <param name="lacked">What deposits that it is netted with lack of that, by <see cref="Invoice.LackedBy"/>; null
    /// for nothing.</param>
    public static Decision RefundCredit(
        Invoice invoice, Guid creditMemoId, Guid refundId, Money amount, Money? lacked = null)
    {
        ArgumentNullException.ThrowIfNull(invoice);
        return NotPaid(invoice, refundId, amount, lacked) is { } refusal
            ? refusal
            : Decision.Of(new InvoiceCreditRefunded(creditMemoId, refundId, amount));
    }

    /// <summary>
    /// Keeps so much of what may be paid back for a refund that waits for an approval, or to be paid; of one that it is
    /// kept for already it only says whether it still may be.
    /// </summary>
    /// <param name="lacked">What deposits that it is netted with lack of that, by <see cref="Invoice.LackedBy"/>; null
    /// for nothing.</param>
    public static Decision ReserveRefund(
        Invoice invoice, Guid creditMemoId, Guid refundId, Money amount, Money? lacked = null)
    {
        ArgumentNullException.ThrowIfNull(invoice);
        if (NotPaid(invoice, refundId, amount, lacked) is { } refusal)
            return refusal;
        return invoice.ReservedRefunds.ContainsKey(refundId)
            ? Decision.Nothing
            : Decision.Of(new InvoiceCreditRefundReserved(creditMemoId, refundId, amount));
    }

    /// <summary>Why so much cannot be paid back, beside what is kept for other refunds, or null.</summary>
    private static Refusal? NotPaid(Invoice invoice, Guid refundId, Money amount, Money? lacked)
    {
        var others = invoice with { ReservedRefunds = invoice.ReservedRefunds.Remove(refundId) };
        var less = lacked ?? Money.Zero(invoice.Currency);
        return amount > others.RefundableBut(less) ? AdjustmentRefusals.ExceedsPaid(others, amount, less) : null;
    }

    /// <summary>
    /// What was kept for a refund is paid out. It was judged when it was approved: money that has left is recorded,
    /// whatever has bounced since. Nothing where nothing is kept for it.
    /// </summary>
    public static Decision PayRefund(Invoice invoice, Guid creditMemoId, Guid refundId)
    {
        ArgumentNullException.ThrowIfNull(invoice);
        return invoice.ReservedRefunds.TryGetValue(refundId, out var amount)
            ? Decision.Of(new InvoiceCreditRefunded(creditMemoId, refundId, amount))
            : Decision.Nothing;
    }

    /// <summary>The refund does not come; nothing where nothing is kept for it.</summary>
    public static Decision ReleaseRefund(Invoice invoice, Guid refundId)
    {
        ArgumentNullException.ThrowIfNull(invoice);
        return invoice.ReservedRefunds.TryGetValue(refundId, out var amount)
            ? Decision.Of(new InvoiceCreditRefundReleased(refundId, amount))
            : Decision.Nothing;
    }

    /// <summary>
    /// The bank has sent a refund back: its credit is open again. What was written off because it was paid back is no
    /// loss any more and is owed again as far as the credit covers it, or the credit would be given twice (I-18). What
    /// was lost before stays lost.
    /// </summary>
    public static Decision ReturnRefund(Invoice invoice, Guid refundId, Money amount, PostingContext context)
    {
        ArgumentNullException.ThrowIfNull(invoice);
        var returned = new InvoiceCreditRefundReturned(refundId, amount);
        var lost = Money.Min(invoice.LostByRefunds ?? Money.Zero(invoice.Currency), invoice.Refunded);
        var back = CreditedLoss.Regain(
            Invoice.Evolve(invoice, returned), lost, null,
            installment => Ids.From("refund-returned", $"{refundId:D}", $"{installment}"), context);
        return back.IsRefused ? back : Decision.Of([returned, .. back.Events]);
    }

    /// <summary>
    /// Takes a credit off again; the installment is open by so much more. What deposits of the invoice lack covers
    /// none of its refunds.
    /// </summary>
    public static Decision UnapplyCredit(
        Invoice invoice, Guid applicationId, CreditSource memo, PostingContext context, Money? lacked = null)
    {
        ArgumentNullException.ThrowIfNull(invoice);
        ArgumentNullException.ThrowIfNull(memo);
        if (!invoice.Credits.TryGetValue(applicationId, out var credit))
            return Decision.Nothing;
        var item = invoice.ItemWith(credit.Installment, invoice.Balances[credit.Installment] + credit.Amount);
        return WithUncovered(invoice, new CreditUnapplied(
            applicationId, memo.CreditMemoId, memo.Number, memo.CreditDate, credit.Amount, item,
            Transfer(
                invoice, memo, PostingKinds.CreditUnapplied,
                JournalLine.OnDebit(
                    Receivables(invoice), AccountRoles.Receivables, credit.Amount,
                    invoice.BaseOpened(credit.Installment, credit.Amount)),
                JournalLine.OnCredit(Receivables(invoice), AccountRoles.Receivables, credit.Amount, memo.Base),
                context),
            memo.CustomerId), $"Credit memo {memo.Number} was taken off {invoice.Issued!.Number} again.", lacked);
    }

    /// <summary>
    /// What leaves less beyond what is owed, with the refunds of the invoice's credit memos that are not covered by it
    /// any more.
    /// </summary>
    internal static Decision WithUncovered(Invoice invoice, object fact, string why, Money? lacked = null) =>
        Decision.Of([fact, .. Uncovered(Invoice.Evolve(invoice, fact), lacked ?? Money.Zero(invoice.Currency), why)]);

    /// <summary>
    /// The refunds of the invoice's credit memos that are not covered where its deposits lack so much.
    /// </summary>
    public static IReadOnlyList<object> Uncovered(Invoice invoice, Money lacked, string why)
    {
        ArgumentNullException.ThrowIfNull(invoice);
        return
        [
            .. invoice.UncoveredBut(lacked).Select(refund => new InvoiceCreditRefundUncovered(
                refund.RefundId, invoice.Issued!.Books.LegalEntity, refund.Amount, why)),
        ];
    }

    /// <summary>Gives an amount up; without one, all that is open on the installment.</summary>
    public static Decision WriteOff(
        Invoice invoice, Guid writeOffId, int installment, Money? amount, PostingContext context)
    {
        ArgumentNullException.ThrowIfNull(invoice);
        if (invoice.IsDeposit)
            return DepositRefusals.NotGivenUp(invoice);
        var given = amount ?? invoice.Balances.GetValueOrDefault(installment, Money.Zero(invoice.Currency));
        if ((Obstacle(invoice, installment, given) ?? GivenTwice(invoice, given) ?? WrongDay(invoice, context))
            is { } refusal)
            return refusal;
        var (accounts, booked) = (invoice.Issued!.Books.Accounts, invoice.BaseSettled(installment, given));
        var entry = InvoiceDecider.Entry(invoice, context, PostingKinds.WrittenOff,
            JournalLine.OnDebit(accounts.Other.Allowance, AccountRoles.Allowance, given, booked),
            JournalLine.OnCredit(accounts.Receivables, AccountRoles.Receivables, given, booked));
        return Decision.Of(new WrittenOff(
            writeOffId, given, invoice.ItemWith(installment, invoice.Balances[installment] - given), entry));
    }

    /// <summary>Opens again what was written off; never more than that.</summary>
    public static Decision Recover(
        Invoice invoice, Guid recoveryId, int installment, Money? amount, PostingContext context)
    {
        ArgumentNullException.ThrowIfNull(invoice);
        var lost = invoice.WrittenOff.GetValueOrDefault(installment, Money.Zero(invoice.Currency));
        var back = amount ?? lost;
        if (back.Currency != lost.Currency || !back.IsPositive || back > lost)
            return AdjustmentRefusals.ExceedsWrittenOff(invoice, installment, lost, back);
        if (WrongDay(invoice, context) is { } wrongDay)
            return wrongDay;
        var (accounts, booked) = (invoice.Issued!.Books.Accounts, invoice.BaseOpened(installment, back));
        var entry = InvoiceDecider.Entry(invoice, context, PostingKinds.WriteOffRecovered,
            JournalLine.OnDebit(accounts.Receivables, AccountRoles.Receivables, back, booked),
            JournalLine.OnCredit(accounts.Other.Allowance, AccountRoles.Allowance, back, booked));
        return WithUncovered(
            invoice,
            new WriteOffRecovered(
                recoveryId, back, invoice.ItemWith(installment, invoice.Balances[installment] + back), entry),
            $"What was written off of {invoice.Issued.Number} is owed again.");
    }

    /// <summary>Moves due dates of open installments; the days first agreed are kept.</summary>
    /// <param name="invoice">The invoice.</param>
    /// <param name="dates">The new ones.</param>
    /// <param name="source">What allows it, with its reference.</param>
    /// <param name="context">The day it is booked on.</param>
    /// <param name="sequence">Place in the log of Collections of a plan's request; null where no plan asks.</param>
    public static Decision Reschedule(
        Invoice invoice, IReadOnlyList<NewDueDate> dates, string source, PostingContext context, long? sequence = null)
    {
        ArgumentNullException.ThrowIfNull(invoice);
        ArgumentNullException.ThrowIfNull(dates);
        var today = InvoiceDecider.PostingDate(invoice, context);
        var events = new List<object>();
        foreach (var (installment, dueDate) in dates)
        {
            if (Obstacle(invoice, installment, null) is { } refusal)
                return refusal;
            if (dueDate < invoice.Issued!.InvoiceDate || dueDate > today.AddDays(MaxDaysAhead))
                return AdjustmentRefusals.DueDate(dueDate, invoice.Issued.InvoiceDate, today.AddDays(MaxDaysAhead));
            var item = invoice.ItemWith(installment, invoice.Balances[installment]);
            if (item.DueDate == dueDate && invoice.MovedBy.GetValueOrDefault(installment, source) == source
                && !(sequence > invoice.MovedAt.GetValueOrDefault(installment)))
                continue;
            var moved = new InstallmentRescheduled(
                item.DueDate, today,
                item with { DueDate = dueDate, OriginalDueDate = item.OriginalDueDate ?? item.DueDate }, source,
                context.Calendar.IsAdjusting(today), sequence);
            events.Add(moved);
            invoice = Invoice.Evolve(invoice, moved);
        }

        return Decision.Of(events);
    }

    /// <summary>
    /// Sets how much of an installment is disputed beside what Collections holds back; zero ends that.
    /// </summary>
    public static Decision MarkDisputed(Invoice invoice, int installment, Money amount, PostingContext context)
    {
        ArgumentNullException.ThrowIfNull(invoice);
        if (!invoice.Balances.TryGetValue(installment, out var balance))
            return AdjustmentRefusals.NoInstallment(invoice, installment);
        if (amount.Currency != balance.Currency || amount.IsNegative || amount > balance)
            return AdjustmentRefusals.ExceedsBalance(invoice, installment, balance, amount);
        return amount == invoice.Marked.GetValueOrDefault(installment, Money.Zero(invoice.Currency))
            ? Decision.Nothing
            : Disputed(invoice, installment, new DisputeMarked(
                invoice.DisputedOn(installment), InvoiceDecider.PostingDate(invoice, context),
                invoice.ItemWith(installment, balance), Marked: amount));
    }

    /// <summary>
    /// Notes what a dispute at Collections holds back of an installment; an older word than the last is nothing.
    /// </summary>
    public static Decision NoteDispute(Invoice invoice, int installment, DisputeSource source, PostingContext context)
    {
        ArgumentNullException.ThrowIfNull(invoice);
        ArgumentNullException.ThrowIfNull(source);
        if (invoice.Disputes.TryGetValue(source.DisputeId, out var known) && known.Version >= source.Version)
            return Decision.Nothing;
        return invoice.Balances.TryGetValue(installment, out var balance)
            ? Disputed(invoice, installment, new DisputeMarked(
                invoice.DisputedOn(installment), InvoiceDecider.PostingDate(invoice, context),
                invoice.ItemWith(installment, balance), source))
            : AdjustmentRefusals.NoInstallment(invoice, installment);
    }

    /// <summary>The event with what is disputed in all after it.</summary>
    private static Decision Disputed(Invoice invoice, int installment, DisputeMarked marked)
    {
        var after = Invoice.Evolve(invoice, marked).DisputedOn(installment);
        return Decision.Of(marked with { Item = marked.Item with { Disputed = after.IsZero ? null : after } });
    }

    /// <summary>Why so much of an installment cannot be taken away (null: why nothing can), or null.</summary>
    internal static Refusal? Obstacle(Invoice invoice, int installment, Money? amount)
    {
        if (invoice.IsVoid)
            return AdjustmentRefusals.IsVoid(invoice);
        if (!invoice.Balances.TryGetValue(installment, out var balance))
            return AdjustmentRefusals.NoInstallment(invoice, installment);
        if (amount is not { } asked)
            return balance.IsZero ? AdjustmentRefusals.NothingOpen(invoice, installment) : null;
        if (asked.Currency != balance.Currency || asked > balance)
            return AdjustmentRefusals.ExceedsBalance(invoice, installment, balance, asked);
        return asked.IsPositive ? null : AdjustmentRefusals.NothingOpen(invoice, installment);
    }

    /// <summary>
    /// Why so much cannot be written off or let go: it was credited, and the credit is not applied here, so that it
    /// could be paid back beside the loss; or null. Where the credit was paid back and the payment bounced since, what
    /// is open is a loss.
    /// </summary>
    internal static Refusal? GivenTwice(Invoice invoice, Money amount) => amount > invoice.OwedAfterCredits
        ? AdjustmentRefusals.CreditsElsewhere(invoice, invoice.OwedAfterCredits, amount)
        : null;

    /// <summary>
    /// Why so much cannot be deducted beside money that comes, or null. What is deducted is earned by that money, and
    /// is so whatever credits are left out: with them it only never comes to more than was billed.
    /// </summary>
    internal static Refusal? DeductedTwice(Invoice invoice, Money amount) =>
        invoice.Creditable + invoice.RefundedInVain is var left && amount > left
            ? AdjustmentRefusals.CreditsElsewhere(invoice, left, amount)
            : null;

    /// <summary>Why nothing can be posted on the day that was chosen, or null.</summary>
    internal static Refusal? WrongDay(Invoice invoice, PostingContext context) =>
        context.Refuse(invoice.Issued!.Books, invoice.LastPosting);

    /// <summary>
    /// From the credit memo to the invoice or back: both are in receivables, so the control account stays as it is but
    /// for the exchange difference of two documents booked by different rates.
    /// </summary>
    private static JournalEntry Transfer(
        Invoice invoice, CreditSource memo, string kind, JournalLine debit, JournalLine credit, PostingContext context)
    {
        var notBefore = invoice.LastPosting > memo.CreditDate ? invoice.LastPosting : memo.CreditDate;
        var books = invoice.Issued!.Books;
        JournalLine[] lines = [debit, credit];
        return context.Entry(books, notBefore, kind, lines.WithDifference(
            books.Accounts.Other, undone: kind == PostingKinds.CreditUnapplied));
    }

    private static string Receivables(Invoice invoice) => invoice.Issued!.Books.Accounts.Receivables;
}
