using OrderToCash.Invoicing.Ledger;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Invoices;

/// <summary>A credit memo as an invoice must know it.</summary>
public sealed record CreditSource(Guid CreditMemoId, string Number, DateOnly CreditDate);

/// <summary>An installment and the day it is to be due.</summary>
public sealed record NewDueDate(int Installment, DateOnly DueDate);

/// <summary>What else than payments may change what is owed on an invoice, or when.</summary>
public static class AdjustmentDecider
{
    /// <summary>Further ahead no due date is moved.</summary>
    private const int MaxDaysAhead = 3 * 366;

    /// <summary>Notes that a credit memo was issued for the invoice: never more than was billed.</summary>
    public static Decision Credit(Invoice invoice, CreditSource memo, Money amount)
    {
        ArgumentNullException.ThrowIfNull(invoice);
        ArgumentNullException.ThrowIfNull(memo);
        if (invoice.IsVoid)
            return AdjustmentRefusals.IsVoid(invoice);
        return amount > invoice.Creditable
            ? AdjustmentRefusals.ExceedsCreditable(invoice, amount)
            : Decision.Of(new InvoiceCredited(memo.CreditMemoId, memo.Number, amount));
    }

    /// <summary>Settles an installment, or part of it, by a credit memo.</summary>
    public static Decision ApplyCredit(
        Invoice invoice, Guid applicationId, CreditSource memo, int installment, Money amount, DateTimeOffset now)
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
            Transfer(invoice, memo, PostingKinds.CreditApplied, amount, now)));
    }

    /// <summary>Takes a credit off again; the installment is open by so much more.</summary>
    public static Decision UnapplyCredit(
        Invoice invoice, Guid applicationId, CreditSource memo, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(invoice);
        ArgumentNullException.ThrowIfNull(memo);
        if (!invoice.Credits.TryGetValue(applicationId, out var credit))
            return Decision.Nothing;
        var item = invoice.ItemWith(credit.Installment, invoice.Balances[credit.Installment] + credit.Amount);
        return Decision.Of(new CreditUnapplied(
            applicationId, memo.CreditMemoId, memo.Number, memo.CreditDate, credit.Amount, item,
            Transfer(invoice, memo, PostingKinds.CreditUnapplied, credit.Amount, now)));
    }

    /// <summary>Gives an amount up; without one, all that is open on the installment.</summary>
    public static Decision WriteOff(
        Invoice invoice, Guid writeOffId, int installment, Money? amount, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(invoice);
        var given = amount ?? invoice.Balances.GetValueOrDefault(installment, Money.Zero(invoice.Currency));
        if (Obstacle(invoice, installment, given) is { } refusal)
            return refusal;
        var accounts = invoice.Issued!.Books.Accounts;
        var entry = JournalEntry.Balanced(InvoiceDecider.PostingDate(invoice, now), PostingKinds.WrittenOff,
            JournalLine.OnDebit(accounts.Other.Allowance, AccountRoles.Allowance, given),
            JournalLine.OnCredit(accounts.Receivables, AccountRoles.Receivables, given));
        return Decision.Of(new WrittenOff(
            writeOffId, given, invoice.ItemWith(installment, invoice.Balances[installment] - given), entry));
    }

    /// <summary>Opens again what was written off; never more than that.</summary>
    public static Decision Recover(
        Invoice invoice, Guid recoveryId, int installment, Money? amount, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(invoice);
        var lost = invoice.WrittenOff.GetValueOrDefault(installment, Money.Zero(invoice.Currency));
        var back = amount ?? lost;
        if (back.Currency != lost.Currency || !back.IsPositive || back > lost)
            return AdjustmentRefusals.ExceedsWrittenOff(invoice, installment, lost, back);
        var accounts = invoice.Issued!.Books.Accounts;
        var entry = JournalEntry.Balanced(InvoiceDecider.PostingDate(invoice, now), PostingKinds.WriteOffRecovered,
            JournalLine.OnDebit(accounts.Receivables, AccountRoles.Receivables, back),
            JournalLine.OnCredit(accounts.Other.Allowance, AccountRoles.Allowance, back));
        return Decision.Of(new WriteOffRecovered(
            recoveryId, back, invoice.ItemWith(installment, invoice.Balances[installment] + back), entry));
    }

    /// <summary>Moves due dates of open installments; the days first agreed are kept.</summary>
    public static Decision Reschedule(
        Invoice invoice, IReadOnlyList<NewDueDate> dates, string source, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(invoice);
        ArgumentNullException.ThrowIfNull(dates);
        var today = InvoiceDecider.PostingDate(invoice, now);
        var events = new List<object>();
        foreach (var (installment, dueDate) in dates)
        {
            if (Obstacle(invoice, installment, null) is { } refusal)
                return refusal;
            if (dueDate < invoice.Issued!.InvoiceDate || dueDate > today.AddDays(MaxDaysAhead))
                return AdjustmentRefusals.DueDate(dueDate, invoice.Issued.InvoiceDate, today.AddDays(MaxDaysAhead));
            var item = invoice.ItemWith(installment, invoice.Balances[installment]);
            if (item.DueDate == dueDate)
                continue;
            var moved = new InstallmentRescheduled(
                item.DueDate, today,
                item with { DueDate = dueDate, OriginalDueDate = item.OriginalDueDate ?? item.DueDate }, source);
            events.Add(moved);
            invoice = Invoice.Evolve(invoice, moved);
        }

        return Decision.Of(events);
    }

    /// <summary>Sets how much of an installment is disputed; zero ends the dispute.</summary>
    public static Decision MarkDisputed(Invoice invoice, int installment, Money amount, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(invoice);
        if (!invoice.Balances.TryGetValue(installment, out var balance))
            return AdjustmentRefusals.NoInstallment(invoice, installment);
        if (amount.Currency != balance.Currency || amount.IsNegative || amount > balance)
            return AdjustmentRefusals.ExceedsBalance(invoice, installment, balance, amount);
        var before = invoice.DisputedOn(installment);
        return amount == before ? Decision.Nothing : Decision.Of(new DisputeMarked(
            before, InvoiceDecider.PostingDate(invoice, now),
            invoice.ItemWith(installment, balance) with { Disputed = amount.IsZero ? null : amount }));
    }

    /// <summary>
    /// Notes what a dispute at Collections holds back of an installment; an older word than the last is nothing.
    /// </summary>
    public static Decision NoteDispute(Invoice invoice, int installment, DisputeSource source, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(invoice);
        ArgumentNullException.ThrowIfNull(source);
        if (invoice.Disputes.TryGetValue(source.DisputeId, out var known) && known.Version >= source.Version)
            return Decision.Nothing;
        if (!invoice.Balances.TryGetValue(installment, out var balance))
            return AdjustmentRefusals.NoInstallment(invoice, installment);
        var marked = new DisputeMarked(
            invoice.DisputedOn(installment), InvoiceDecider.PostingDate(invoice, now),
            invoice.ItemWith(installment, balance), source);
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
    /// From the credit memo to the invoice or back: both are in receivables, so the control account stays as it is.
    /// </summary>
    private static JournalEntry Transfer(
        Invoice invoice, CreditSource memo, string kind, Money amount, DateTimeOffset now)
    {
        var receivables = invoice.Issued!.Books.Accounts.Receivables;
        var today = InvoiceDecider.PostingDate(invoice, now);
        return JournalEntry.Balanced(today > memo.CreditDate ? today : memo.CreditDate, kind,
            JournalLine.OnDebit(receivables, AccountRoles.Receivables, amount),
            JournalLine.OnCredit(receivables, AccountRoles.Receivables, amount));
    }
}
