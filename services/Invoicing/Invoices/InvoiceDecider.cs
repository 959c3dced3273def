using OrderToCash.Invoicing.Ledger;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Invoices;

/// <summary>
/// Money of a receipt that cash application means for an installment; it waits on the receipt's unapplied-cash account.
/// </summary>
/// <param name="Discount">Cash discount to be deducted beside it, or null.</param>
/// <param name="Difference">Small difference to be given up beside it, or null.</param>
public sealed record ApplyPayment(
    Guid AllocationId, Guid ReceiptId, int Installment, Money Amount, DateOnly ValueDate,
    string UnappliedCashAccount, Money? Discount = null, Money? Difference = null)
{
    /// <summary>What the item is to be less by.</summary>
    public Money Settled => Settlement.Of(Amount, Discount, Difference);
}

/// <summary>An allocation that cash application takes back.</summary>
public sealed record ReversePayment(
    Guid AllocationId, Guid ReceiptId, int Installment, Money Amount, string Reason);

/// <summary>What may become of an invoice. Time, numbers and facts are handed in.</summary>
public static class InvoiceDecider
{
    /// <summary>The draft becomes owed under this number. It is posted on its document date.</summary>
    public static Decision Issue(Invoice invoice, InvoiceDraft draft, string number)
    {
        ArgumentNullException.ThrowIfNull(invoice);
        ArgumentNullException.ThrowIfNull(draft);
        if (invoice.Issued is not null)
            return Decision.Nothing;
        var accounts = draft.Books.Accounts;
        var (kind, role) = draft.Kind == DocumentKind.Invoice
            ? (PostingKinds.InvoiceIssued, AccountRoles.Revenue)
            : (PostingKinds.DebitMemoIssued, AccountRoles.FinanceCharges);
        var revenue = draft.Lines.GroupBy(line => line.RevenueAccount).Select(account => JournalLine.OnCredit(
            account.Key, role, Money.Sum(account.Select(line => line.Net), draft.Total.Currency)));
        var entry = JournalEntry.Balanced(draft.InvoiceDate, kind,
        [
            JournalLine.OnDebit(accounts.Receivables, AccountRoles.Receivables, draft.Total),
            .. revenue,
            JournalLine.OnCredit(accounts.Tax, AccountRoles.Tax, draft.Tax),
        ]);
        return Decision.Of(new InvoiceIssued(
            number, draft.CustomerId, draft.InvoiceDate, draft.Terms, draft.AgreedTerms, draft.OrderReference,
            draft.PurchaseOrder, draft.Lines, draft.Net, draft.Tax, draft.Total, draft.Installments, draft.Books,
            entry, draft.Kind, draft.Corrects, draft.CustomerStatus));
    }

    /// <summary>Cancels an invoice on which nothing is applied.</summary>
    public static Decision Void(Invoice invoice, string? reason, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(invoice);
        if (string.IsNullOrWhiteSpace(reason) || reason.Length > 500)
            return InvoiceRefusals.NoReason();
        if (invoice.IsVoid)
            return InvoiceRefusals.AlreadyVoid(invoice);
        if (!invoice.Applied.IsZero)
            return InvoiceRefusals.HasPayments(invoice);
        if (!invoice.Credited.IsZero)
            return InvoiceRefusals.HasCredits(invoice);
        var zero = Money.Zero(invoice.Balance.Currency);
        return Decision.Of(new InvoiceVoided(
            [.. invoice.Issued!.Installments.Select(due => invoice.ItemWith(due.Number, zero))],
            invoice.Issued.Entry.Reversed(PostingDate(invoice, now), PostingKinds.InvoiceVoided)));
    }

    /// <summary>
    /// Applies the money where the balance covers it, and says so in an event where it does not. Once per allocation,
    /// however often it is asked. Where the reversal came first, both are carried out now: cash application hears of
    /// both.
    /// </summary>
    public static Decision ApplyPayment(Invoice invoice, ApplyPayment command, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(invoice);
        ArgumentNullException.ThrowIfNull(command);
        if (!command.Amount.IsPositive)
            return InvoiceRefusals.NotPositive(command.Amount);
        var known = invoice.Allocations.GetValueOrDefault(command.AllocationId);
        if (known is not null && known.State != AllocationState.ReversalAwaited)
            return Decision.Nothing;
        if (Obstacle(invoice, command) is var (code, detail))
        {
            return Decision.Of(new PaymentApplicationRejected(
                command.AllocationId, command.ReceiptId, command.Installment, command.Amount, code, detail));
        }

        var applied = Applied(invoice, command, now);
        if (known is null)
            return Decision.Of(applied);
        var reversed = Reversed(Invoice.Evolve(invoice, applied), command.AllocationId, known.Reason!, now);
        return Decision.Of(applied, reversed);
    }

    /// <summary>Takes an applied payment back, or remembers to do so when the payment is still on its way.</summary>
    public static Decision ReversePayment(Invoice invoice, ReversePayment command, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(invoice);
        ArgumentNullException.ThrowIfNull(command);
        return invoice.Allocations.GetValueOrDefault(command.AllocationId) switch
        {
            null when !command.Amount.IsPositive => InvoiceRefusals.NotPositive(command.Amount),
            null => Decision.Of(new PaymentReversalAwaited(
                command.AllocationId, command.ReceiptId, command.Installment, command.Amount, command.Reason)),
            { State: AllocationState.Applied } =>
                Decision.Of(Reversed(invoice, command.AllocationId, command.Reason, now)),
            _ => Decision.Nothing,
        };
    }

    private static (string Code, string Detail)? Obstacle(Invoice invoice, ApplyPayment command)
    {
        var number = invoice.Issued!.Number;
        if (invoice.IsVoid)
            return ("invoice-void", $"{number} is void.");
        if (!invoice.Balances.TryGetValue(command.Installment, out var balance))
            return ("no-such-installment", $"{number} has no installment {command.Installment}.");
        if (command.Amount.Currency != balance.Currency)
            return ("other-currency", $"{number} is in {balance.Currency}; {command.Amount} cannot be applied to it.");
        if (command.Discount is { } other && (other.Currency != balance.Currency || !other.IsPositive))
            return ("discount-not-earned", $"{other} is no deduction from an item in {balance.Currency}.");
        if (command.Difference is { } small && (small.Currency != balance.Currency || !small.IsPositive))
            return ("bad-difference", $"{small} is no difference to an item in {balance.Currency}.");
        var settled = command.Settled;
        if (settled > balance)
        {
            return ("exceeds-balance",
                $"{balance} is open on installment {command.Installment} of {number}, less than {settled}.");
        }

        var earned = invoice.Issued.Installments[command.Installment - 1].Discount?.On(settled, command.ValueDate)
            ?? Money.Zero(balance.Currency);
        return command.Discount is not { } asked || asked <= earned ? null : (
            "discount-not-earned",
            $"For money of {command.ValueDate:O} that settles {settled}, {earned} may be deducted, less than {asked}.");
    }

    private static PaymentApplied Applied(Invoice invoice, ApplyPayment command, DateTimeOffset now)
    {
        var receivables = invoice.Issued!.Books.Accounts.Receivables;
        var settled = command.Settled;
        var entry = JournalEntry.Balanced(PostingDate(invoice, now), PostingKinds.PaymentApplied,
        [
            JournalLine.OnDebit(command.UnappliedCashAccount, AccountRoles.UnappliedCash, command.Amount),
            .. Deduction(invoice.Issued, command.Discount),
            .. GivenUp(invoice.Issued, command.Difference),
            JournalLine.OnCredit(receivables, AccountRoles.Receivables, settled),
        ]);
        var item = invoice.ItemWith(command.Installment, invoice.Balances[command.Installment] - settled);
        return new PaymentApplied(
            command.AllocationId, command.ReceiptId, command.Amount, command.ValueDate, item, entry,
            command.Discount, command.Difference);
    }

    private static PaymentReversed Reversed(Invoice invoice, Guid allocationId, string reason, DateTimeOffset now)
    {
        var (receivables, allocation) = (
            invoice.Issued!.Books.Accounts.Receivables, invoice.Allocations[allocationId]);
        var settled = Settlement.Of(allocation.Amount, allocation.Discount, allocation.Difference);
        var entry = JournalEntry.Balanced(PostingDate(invoice, now), PostingKinds.PaymentReversed,
        [
            JournalLine.OnDebit(receivables, AccountRoles.Receivables, settled),
            .. Deduction(invoice.Issued, allocation.Discount).Select(line => line.OtherSide()),
            .. GivenUp(invoice.Issued, allocation.Difference).Select(line => line.OtherSide()),
            JournalLine.OnCredit(allocation.Account!, AccountRoles.UnappliedCash, allocation.Amount),
        ]);
        var item = invoice.ItemWith(allocation.Installment, invoice.Balances[allocation.Installment] + settled);
        return new PaymentReversed(
            allocationId, allocation.ReceiptId, allocation.Amount, reason, item, entry, allocation.Discount,
            allocation.Difference);
    }

    /// <summary>A deduction lowers what was billed, net and tax in the invoice's proportion.</summary>
    private static IEnumerable<JournalLine> Deduction(InvoiceIssued issued, Money? discount)
    {
        if (discount is not { } deducted)
            return [];
        var shares = deducted.Split(issued.Net.Amount, issued.Tax.Amount);
        var accounts = issued.Books.Accounts;
        return
        [
            JournalLine.OnDebit(accounts.Other.CashDiscount, AccountRoles.CashDiscount, shares[0]),
            JournalLine.OnDebit(accounts.Tax, AccountRoles.Tax, shares[1]),
        ];
    }

    private static IEnumerable<JournalLine> GivenUp(InvoiceIssued issued, Money? difference) =>
        difference is not { } small ? [] :
        [
            JournalLine.OnDebit(
                issued.Books.Accounts.Other.SmallDifferences, AccountRoles.SmallDifference, small),
        ];

    /// <summary>
    /// Today in the entity's calendar, but never before the invoice itself: no past day may show a negative balance.
    /// </summary>
    internal static DateOnly PostingDate(Invoice invoice, DateTimeOffset now)
    {
        var today = now.DateIn(invoice.Issued!.Books.TimeZone);
        var issued = invoice.Issued.Entry.PostingDate;
        return today > issued ? today : issued;
    }
}
