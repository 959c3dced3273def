using OrderToCash.Invoicing.Ledger;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Invoices;

/// <summary>
/// Lets late fees and interest go, and takes that back. Only debit memos can be waived, and no chargebacks: these are
/// what was sold.
/// </summary>
public static class ChargeDecider
{
    /// <summary>Lets an amount go; without one, all that is open on the installment.</summary>
    public static Decision Waive(
        Invoice invoice, Guid waiverId, int installment, Money? amount, PostingContext context)
    {
        ArgumentNullException.ThrowIfNull(invoice);
        if (invoice.Issued!.Kind != DocumentKind.DebitMemo)
            return AdjustmentRefusals.NotWaivable(invoice);
        if (invoice.IsChargeback)
            return ChargebackRefusals.NotWaivable(invoice);
        var waived = amount ?? invoice.Balances.GetValueOrDefault(installment, Money.Zero(invoice.Currency));
        if ((AdjustmentDecider.Obstacle(invoice, installment, waived)
            ?? AdjustmentDecider.GivenTwice(invoice, waived)
            ?? AdjustmentDecider.WrongDay(invoice, context)) is { } refusal)
            return refusal;
        var booked = invoice.BaseSettled(installment, waived);
        var entry = InvoiceDecider.Entry(invoice, context, PostingKinds.ChargeWaived,
        [
            .. Income(invoice, waived).Share(booked),
            JournalLine.OnCredit(invoice.Issued.Books.Accounts.Receivables, AccountRoles.Receivables, waived, booked),
        ]);
        return Decision.Of(new ChargeWaived(
            waiverId, waived, invoice.ItemWith(installment, invoice.Balances[installment] - waived), entry));
    }

    /// <summary>Asks for it again; never for more than was let go.</summary>
    public static Decision Reinstate(
        Invoice invoice, Guid reinstatementId, int installment, Money? amount, PostingContext context)
    {
        ArgumentNullException.ThrowIfNull(invoice);
        var waived = invoice.Waived.GetValueOrDefault(installment, Money.Zero(invoice.Currency));
        var back = amount ?? waived;
        if (back.Currency != waived.Currency || !back.IsPositive || back > waived)
            return AdjustmentRefusals.ExceedsWaived(invoice, installment, waived, back);
        if (AdjustmentDecider.WrongDay(invoice, context) is { } wrongDay)
            return wrongDay;
        var booked = invoice.BaseOpened(installment, back);
        var entry = InvoiceDecider.Entry(invoice, context, PostingKinds.ChargeReinstated,
        [
            JournalLine.OnDebit(invoice.Issued!.Books.Accounts.Receivables, AccountRoles.Receivables, back, booked),
            .. Income(invoice, back).Share(booked).Select(line => line.OtherSide()),
        ]);
        return Decision.Of(new ChargeReinstated(
            reinstatementId, back, invoice.ItemWith(installment, invoice.Balances[installment] + back), entry));
    }

    /// <summary>The income and tax that were booked, on the accounts of their lines and in their proportion.</summary>
    private static IEnumerable<JournalLine> Income(Invoice invoice, Money amount)
    {
        var issued = invoice.Issued!;
        var income = issued.Lines.GroupBy(line => line.RevenueAccount)
            .Select(account => (Account: account.Key, Net: account.Sum(line => line.Net.Amount)))
            .Where(account => account.Net > 0).ToList();
        var shares = amount.Split([.. income.Select(account => account.Net), issued.Tax.Amount]);
        return income.Zip(shares, (account, share) =>
                JournalLine.OnDebit(account.Account, AccountRoles.FinanceCharges, share))
            .Append(JournalLine.OnDebit(issued.Books.Accounts.Tax, AccountRoles.Tax, shares[^1]));
    }
}
