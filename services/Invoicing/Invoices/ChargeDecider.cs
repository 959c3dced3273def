using OrderToCash.Invoicing.Ledger;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Invoices;

/// <summary>
/// Lets late fees and interest go, and takes that back. Only debit memos can be waived, and no chargebacks: these are
/// what was sold.
/// </summary>
public static class ChargeDecider
{
    /// <summary>
    /// Lets an amount go, of one line or of all; without one, all that is left of the line and open on the installment.
    /// </summary>
    public static Decision Waive(
        Invoice invoice, Guid waiverId, int installment, Money? amount, PostingContext context, int? line = null)
    {
        ArgumentNullException.ThrowIfNull(invoice);
        if (invoice.Issued!.Kind != DocumentKind.DebitMemo)
            return AdjustmentRefusals.NotWaivable(invoice);
        if (invoice.IsChargeback)
            return ChargebackRefusals.NotWaivable(invoice);
        var open = invoice.Balances.GetValueOrDefault(installment, Money.Zero(invoice.Currency));
        var waived = amount ?? open;
        if (line is { } number)
        {
            if (invoice.LeftOfLine(number) is not { } left)
                return AdjustmentRefusals.NoLine(invoice, number);
            waived = amount ?? Money.Min(open, left);
            if (waived.Currency == left.Currency && waived > left)
                return AdjustmentRefusals.ExceedsLine(invoice, number, left, waived);
        }

        if ((AdjustmentDecider.Obstacle(invoice, installment, waived)
            ?? AdjustmentDecider.GivenTwice(invoice, waived)
            ?? AdjustmentDecider.WrongDay(invoice, context)) is { } refusal)
            return refusal;
        var booked = invoice.BaseSettled(installment, waived);
        var entry = InvoiceDecider.Entry(invoice, context, PostingKinds.ChargeWaived,
        [
            .. Income(invoice, invoice.ToWaive(waived, line), 1).Share(booked),
            JournalLine.OnCredit(invoice.Issued.Books.Accounts.Receivables, AccountRoles.Receivables, waived, booked),
        ]);
        return Decision.Of(new ChargeWaived(
            waiverId, waived, invoice.ItemWith(installment, invoice.Balances[installment] - waived), entry, line));
    }

    /// <summary>Asks for it again, on one line or on all; never for more than was let go.</summary>
    public static Decision Reinstate(
        Invoice invoice, Guid reinstatementId, int installment, Money? amount, PostingContext context,
        int? line = null)
    {
        ArgumentNullException.ThrowIfNull(invoice);
        var waived = invoice.Waived.GetValueOrDefault(installment, Money.Zero(invoice.Currency));
        var back = amount ?? (line is { } one ? Money.Min(waived, invoice.WaivedOn(one)) : waived);
        if (back.Currency != waived.Currency || !back.IsPositive || back > waived)
            return AdjustmentRefusals.ExceedsWaived(invoice, installment, waived, back);
        if (line is { } number && back > invoice.WaivedOn(number))
            return AdjustmentRefusals.ExceedsWaivedLine(invoice, number, invoice.WaivedOn(number), back);
        if (AdjustmentDecider.WrongDay(invoice, context) is { } wrongDay)
            return wrongDay;
        var booked = invoice.BaseOpened(installment, back);
        var entry = InvoiceDecider.Entry(invoice, context, PostingKinds.ChargeReinstated,
        [
            JournalLine.OnDebit(invoice.Issued!.Books.Accounts.Receivables, AccountRoles.Receivables, back, booked),
            .. Income(invoice, invoice.ToReinstate(back, line), -1).Share(booked).Select(entryLine =>
                entryLine.OtherSide()),
        ]);
        return AdjustmentDecider.WithUncovered(
            invoice,
            new ChargeReinstated(
                reinstatementId, back, invoice.ItemWith(installment, invoice.Balances[installment] + back), entry,
                line),
            $"What was let go of {invoice.Issued.Number} is owed again.");
    }

    /// <summary>
    /// The income and tax that were booked for these parts of lines, on the accounts of the lines. What is net of a
    /// part follows from all that is let go of its line before and after, so that parts sum to the line to the cent.
    /// </summary>
    /// <param name="sign">1: so much more is let go; -1: so much less.</param>
    private static IEnumerable<JournalLine> Income(
        Invoice invoice, IReadOnlyList<(int Line, Money Amount)> parts, int sign)
    {
        var (issued, none) = (invoice.Issued!, Money.Zero(invoice.Currency));
        var nets = parts.Select(part => (Line: issued.Lines[part.Line - 1], Net: NetOf(part.Line, part.Amount)))
            .ToList();
        var net = Money.Sum(nets.Select(part => part.Net), invoice.Currency);
        var tax = Money.Sum(parts.Select(part => part.Amount), invoice.Currency) - net;
        return nets.GroupBy(part => part.Line.RevenueAccount)
            .Select(account => JournalLine.OnDebit(
                account.Key, AccountRoles.FinanceCharges,
                Money.Sum(account.Select(part => part.Net), invoice.Currency)))
            .Append(JournalLine.OnDebit(issued.Books.Accounts.Tax, AccountRoles.Tax, tax));

        Money NetOf(int number, Money amount)
        {
            var (line, before) = (issued.Lines[number - 1], invoice.WaivedOn(number));
            var after = Money.Of(before.Amount + (sign * amount.Amount), before.Currency);
            var (less, more) = sign > 0 ? (before, after) : (after, before);
            return Net(more) - Net(less);

            Money Net(Money gross) => gross.IsZero ? none : gross.Split(line.Net.Amount, line.Tax.Amount)[0];
        }
    }
}
