using OrderToCash.Invoicing.Customers;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Invoices;

/// <summary>
/// Money of a receipt that cash application means for an installment; it waits on the receipt's unapplied-cash account.
/// </summary>
/// <param name="Discount">Cash discount to be deducted beside it, or null.</param>
/// <param name="Difference">Small difference to be given up beside it, or null.</param>
/// <param name="Rate">Of the money on its value date, where the invoice is not in the books' currency.</param>
/// <param name="Credits">Credit memos that are applied with it; see
/// <see cref="CreditMemos.CreditedPayment"/>.</param>
/// <param name="GivesUnearned">The cash discount that is offered is given though the money came too late.</param>
public sealed record ApplyPayment(
    Guid AllocationId, Guid ReceiptId, int Installment, Money Amount, DateOnly ValueDate,
    string UnappliedCashAccount, Money? Discount = null, Money? Difference = null, ExchangeRate? Rate = null,
    IReadOnlyList<CreditBeside>? Credits = null, bool GivesUnearned = false)
{
    /// <summary>What the item is to be less by, beside the credit memos.</summary>
    public Money Settled => Settlement.Of(Amount, Discount, Difference);
}

/// <summary>An allocation that cash application takes back.</summary>
/// <param name="Credits">Credit memos that are taken back with it; null for none.</param>
/// <param name="Lacked">What deposits that the invoice is netted with lack; null for nothing.</param>
public sealed record ReversePayment(
    Guid AllocationId, Guid ReceiptId, int Installment, Money Amount, string Reason,
    IReadOnlyList<CreditBeside>? Credits = null, Money? Lacked = null);

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
        var (kind, role) = draft.Kind switch
        {
            DocumentKind.Invoice => (PostingKinds.InvoiceIssued, AccountRoles.Revenue),
            DocumentKind.Deposit => (PostingKinds.DepositIssued, AccountRoles.CustomerDeposits),
            _ => (PostingKinds.DebitMemoIssued, AccountRoles.FinanceCharges),
        };
        var revenue = draft.Lines.GroupBy(line => line.RevenueAccount).Select(account => JournalLine.OnCredit(
            account.Key, role, Money.Sum(account.Select(line => line.Net), draft.Total.Currency)));
        var entry = JournalEntry.Balanced(draft.InvoiceDate, kind,
        [
            JournalLine.OnDebit(accounts.Receivables, AccountRoles.Receivables, draft.Total, draft.BaseTotal),
            .. revenue.Append(JournalLine.OnCredit(accounts.Tax, AccountRoles.Tax, draft.Tax)).Share(draft.BaseTotal),
        ]);
        return Decision.Of(new InvoiceIssued(
            number, draft.CustomerId, draft.InvoiceDate, draft.Terms, draft.AgreedTerms, draft.OrderReference,
            draft.PurchaseOrder, draft.Lines, draft.Net, draft.Tax, draft.Total, draft.Installments, draft.Books,
            entry with { Adjusting = draft.Adjusting }, draft.Kind, draft.Corrects, draft.CustomerStatus,
            draft.Rate, draft.ContractReference, draft.Charges, draft.Imported, draft.ExternalNumber,
            ApplicationRule: draft.ApplicationRules?.For(draft.Kind) ?? default));
    }

    /// <summary>Cancels an invoice on which nothing is applied.</summary>
    public static Decision Void(Invoice invoice, string? reason, PostingContext context)
    {
        ArgumentNullException.ThrowIfNull(invoice);
        if (Refusal.Unexplained(reason) is { } unexplained)
            return unexplained;
        if (invoice.IsVoid)
            return InvoiceRefusals.AlreadyVoid(invoice);
        if (invoice.IsChargeback)
            return ChargebackRefusals.NotVoided(invoice);
        if (!invoice.Applied.IsZero)
            return InvoiceRefusals.HasPayments(invoice);
        if (!invoice.Credited.IsZero)
            return InvoiceRefusals.HasCredits(invoice);
        if (!invoice.Used.IsZero)
            return DepositRefusals.InUse(invoice);
        if (context.Refuse(invoice.Issued!.Books, invoice.LastPosting) is { } wrongDay)
            return wrongDay;
        var zero = Money.Zero(invoice.Balance.Currency);
        return Decision.Of(new InvoiceVoided(
            [.. invoice.Issued.Installments.Select(due => invoice.ItemWith(due.Number, zero))],
            context.Reversal(
                invoice.Issued.Books, invoice.LastPosting,
                invoice.IsDeposit ? PostingKinds.DepositVoided : PostingKinds.InvoiceVoided, invoice.Issued.Entry)));
    }

    /// <summary>
    /// Applies the money where the balance covers it, and says so in an event where it does not. Once per allocation,
    /// however often it is asked. Where the reversal came first, both are carried out now: cash application hears of
    /// both.
    /// </summary>
    public static Decision ApplyPayment(Invoice invoice, ApplyPayment command, PostingContext context)
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

        var applied = Applied(invoice, command, context);
        if (known is null)
            return Decision.Of(applied);
        var reversed = Reversed(Invoice.Evolve(invoice, applied), command.AllocationId, known.Reason!, null, context);
        return Decision.Of(applied, reversed);
    }

    /// <summary>Takes an applied payment back, or remembers to do so when the payment is still on its way.</summary>
    public static Decision ReversePayment(Invoice invoice, ReversePayment command, PostingContext context)
    {
        ArgumentNullException.ThrowIfNull(invoice);
        ArgumentNullException.ThrowIfNull(command);
        return invoice.Allocations.GetValueOrDefault(command.AllocationId) switch
        {
            null when !command.Amount.IsPositive => InvoiceRefusals.NotPositive(command.Amount),
            null => Decision.Of(new PaymentReversalAwaited(
                command.AllocationId, command.ReceiptId, command.Installment, command.Amount, command.Reason)),
            { State: AllocationState.Applied } =>
                AdjustmentDecider.WithUncovered(
                    invoice, Reversed(invoice, command.AllocationId, command.Reason, command.Credits, context),
                    $"What was paid on {invoice.Issued!.Number} was taken back: {command.Reason}", command.Lacked),
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
        if (invoice.Issued.Rate is not null && command.Rate is null)
            return ("no-exchange-rate", $"There is no daily rate of {balance.Currency} for {command.ValueDate:O}.");
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

        return NotGiven(invoice, command, settled);
    }

    /// <summary>
    /// Why what is given up beside the money is not: a deposit is paid in money, for it is netted as if it were; what
    /// was credited elsewhere is not given a second time; a discount is earned by the value date, unless cash
    /// application gives what is offered whenever the money comes. It is earned on all that was open and is settled at
    /// once, by the credit memos that the payer takes off too: it would be were they left open.
    /// </summary>
    private static (string Code, string Detail)? NotGiven(Invoice invoice, ApplyPayment command, Money settled)
    {
        var given = settled - command.Amount;
        if (given.IsPositive && invoice.IsDeposit)
        {
            return (command.Discount is null ? "bad-difference" : "discount-not-earned",
                $"{invoice.Issued!.Number} is a deposit: nothing is deducted from it.");
        }

        if (given.IsPositive && AdjustmentDecider.DeductedTwice(invoice, given) is { } twice)
            return (twice.Code, twice.Detail);

        var none = Money.Zero(settled.Currency);
        var offered = invoice.Issued!.Installments[command.Installment - 1].Discount;
        var day = command.GivesUnearned && offered is not null ? offered.LastDay : command.ValueDate;
        var earning = settled + Money.Sum((command.Credits ?? []).Select(one => one.Amount), settled.Currency);
        var allowed = (offered?.On(earning, day) ?? none)
            + (offered?.UnearnedOn(earning, day, invoice.UnearnedOn(command.Installment)) ?? none);
        return command.Discount is not { } asked || asked <= allowed ? null : (
            "discount-not-earned",
            $"For money of {command.ValueDate:O} that settles {earning}, {allowed} may be " +
                $"deducted, less than {asked}.");
    }

    /// <summary>What of the discount is not earned: all of it, once its last day is over.</summary>
    private static UnearnedDiscount? Unearned(Invoice invoice, ApplyPayment command)
    {
        if (command.Discount is not { } taken
            || invoice.Issued!.Installments[command.Installment - 1].Discount is not { } offered
            || command.ValueDate <= offered.LastDay)
            return null;
        var late = command.ValueDate.DayNumber - offered.LastDay.DayNumber;
        var by = command.GivesUnearned ? "the rule set of cash application" : Contract(offered.Unearned!, taken);
        return new UnearnedDiscount(
            taken, $"{late} days after {offered.LastDay:O}, the last day on which it is earned; allowed by " +
                $"{by}.");
    }

    private static string Contract(UnearnedDiscountBound bound, Money taken)
    {
        var within = new[]
        {
            bound.Days is { } days ? $"for {days} days after it" : null,
            bound.UpTo is { } most ? $"up to {Money.Round(most, taken.Currency)} of an installment" : null,
        };
        return $"contract {string.Join(" and ", within.OfType<string>())}";
    }

    private static PaymentApplied Applied(Invoice invoice, ApplyPayment command, PostingContext context)
    {
        var books = invoice.Issued!.Books;
        var settled = command.Settled;
        var booked = invoice.BaseSettled(command.Installment, settled);
        Money? tax = command.Discount is { } discount ? invoice.TaxOfDiscount(discount) : null;
        var lines = new[]
        {
            JournalLine.OnDebit(command.UnappliedCashAccount, AccountRoles.UnappliedCash, command.Amount),
        }.Concat(Deduction(invoice.Issued, command.Discount, tax)).Concat(GivenUp(invoice.Issued, command.Difference))
            .Share(booked)
            .Select(line => line.Role == AccountRoles.UnappliedCash ? line.WithBase(Worth(invoice, command)) : line)
            .Append(JournalLine.OnCredit(books.Accounts.Receivables, AccountRoles.Receivables, settled, booked));
        var entry = Entry(
            invoice, context, PostingKinds.PaymentApplied, lines.ToList().WithDifference(books.Accounts.Other));
        var unearned = Unearned(invoice, command);
        var item = invoice.ItemWith(
            command.Installment, invoice.Balances[command.Installment] - settled, unearned?.Amount);
        return new PaymentApplied(
            command.AllocationId, command.ReceiptId, command.Amount, command.ValueDate, item, entry,
            command.Discount, command.Difference, invoice.Issued.Rate is null ? null : command.Rate,
            unearned, command.Credits);
    }

    /// <summary>
    /// What the money is in the books' currency. Together with what the invoice has of the receipt already it is
    /// rounded once, so that paying in parts comes to the same as paying at once.
    /// </summary>
    private static Money? Worth(Invoice invoice, ApplyPayment command)
    {
        if (invoice.Issued!.Rate is null)
            return null;
        var currency = Currency.Of(invoice.Issued.Books.BaseCurrency);
        var before = invoice.Allocations.Values.Where(one => one.State == AllocationState.Applied
            && one.ReceiptId == command.ReceiptId && one.Rate == command.Rate).ToList();
        var all = Money.Sum(before.Select(one => one.Amount), command.Amount.Currency) + command.Amount;
        return command.Rate!.Of(all, currency) - Money.Sum(before.Select(one => one.Base!.Value), currency);
    }

    private static PaymentReversed Reversed(
        Invoice invoice, Guid allocationId, string reason, IReadOnlyList<CreditBeside>? credits, PostingContext context)
    {
        var (books, allocation) = (invoice.Issued!.Books, invoice.Allocations[allocationId]);
        var settled = Settlement.Of(allocation.Amount, allocation.Discount, allocation.Difference);
        var booked = invoice.BaseOpened(allocation.Installment, settled);
        var lines = Deduction(invoice.Issued, allocation.Discount, allocation.DiscountTax)
            .Concat(GivenUp(invoice.Issued, allocation.Difference))
            .Append(JournalLine.OnDebit(allocation.Account!, AccountRoles.UnappliedCash, allocation.Amount))
            .Share(booked)
            .Select(line => line.Role == AccountRoles.UnappliedCash ? line.WithBase(allocation.Base) : line)
            .Select(line => line.OtherSide())
            .Prepend(JournalLine.OnDebit(books.Accounts.Receivables, AccountRoles.Receivables, settled, booked));
        var entry = Entry(
            invoice, context, PostingKinds.PaymentReversed,
            lines.ToList().WithDifference(books.Accounts.Other, undone: true));
        var item = invoice.ItemWith(
            allocation.Installment, invoice.Balances[allocation.Installment] + settled, -allocation.Unearned);
        return new PaymentReversed(
            allocationId, allocation.ReceiptId, allocation.Amount, reason, item, entry, allocation.Discount,
            allocation.Difference, credits);
    }

    /// <summary>A deduction lowers what was billed, net and tax.</summary>
    private static IEnumerable<JournalLine> Deduction(InvoiceIssued issued, Money? discount, Money? tax)
    {
        if (discount is not { } deducted)
            return [];
        var (accounts, ofTax) = (issued.Books.Accounts, tax ?? Money.Zero(deducted.Currency));
        return
        [
            JournalLine.OnDebit(accounts.Other.CashDiscount, AccountRoles.CashDiscount, deducted - ofTax),
            JournalLine.OnDebit(accounts.Tax, AccountRoles.Tax, ofTax),
        ];
    }

    private static IEnumerable<JournalLine> GivenUp(InvoiceIssued issued, Money? difference) =>
        difference is not { } small ? [] :
        [
            JournalLine.OnDebit(
                issued.Books.Accounts.Other.SmallDifferences, AccountRoles.SmallDifference, small),
        ];

    /// <summary>Never before what was posted last on it: no past day may show a negative balance.</summary>
    internal static DateOnly PostingDate(Invoice invoice, PostingContext context) =>
        context.DateFor(invoice.Issued!.Books, invoice.LastPosting);

    internal static JournalEntry Entry(
        Invoice invoice, PostingContext context, string kind, params IEnumerable<JournalLine> lines) =>
        context.Entry(invoice.Issued!.Books, invoice.LastPosting, kind, lines);
}
