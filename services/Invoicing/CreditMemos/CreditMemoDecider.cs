using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.CreditMemos;

/// <summary>What may become of a credit memo. Time, numbers and facts are handed in.</summary>
public static class CreditMemoDecider
{
    /// <summary>The draft becomes a credit under this number. It is posted on its document date.</summary>
    public static CreditMemoIssued Issue(CreditMemoDraft draft, string number)
    {
        ArgumentNullException.ThrowIfNull(draft);
        var accounts = draft.Books.Accounts;
        var role = draft.OfDeposit ? AccountRoles.CustomerDeposits
            : draft.Reason == CreditReason.Correction ? AccountRoles.Revenue
            : AccountRoles.SalesAllowances;
        var lines = draft.Lines.GroupBy(line => line.RevenueAccount).Select(account => JournalLine.OnDebit(
            account.Key, role, Money.Sum(account.Select(line => line.Net), draft.Total.Currency)));
        var entry = JournalEntry.Balanced(draft.CreditDate, PostingKinds.CreditMemoIssued,
        [
            .. lines.Append(JournalLine.OnDebit(accounts.Tax, AccountRoles.Tax, draft.Tax)).Share(draft.BaseTotal),
            JournalLine.OnCredit(accounts.Receivables, AccountRoles.Receivables, draft.Total, draft.BaseTotal),
        ]);
        return new CreditMemoIssued(
            number, draft.CustomerId, draft.CreditDate, draft.Reason, draft.InvoiceId, draft.InvoiceNumber, draft.Lines,
            draft.Net, draft.Tax, draft.Total, draft.Books, entry with { Adjusting = draft.Adjusting }, draft.Rate,
            draft.Imported);
    }

    /// <summary>Notes that this amount settles an installment; the invoice decides whether it may.</summary>
    public static Decision Apply(CreditMemo memo, Guid applicationId, CreditApplication application)
    {
        ArgumentNullException.ThrowIfNull(memo);
        ArgumentNullException.ThrowIfNull(application);
        if (memo.IsVoid)
            return CreditMemoRefusals.IsVoid(memo);
        if (application.Amount.Currency != memo.Open.Currency)
            return CreditMemoRefusals.OtherCurrency(memo, application.Amount);
        return application.Amount > memo.Available || !application.Amount.IsPositive
            ? CreditMemoRefusals.ExceedsOpen(memo, application.Amount)
            : Decision.Of(new CreditMemoApplied(
                applicationId, application.InvoiceId, application.InvoiceNumber, application.Installment,
                application.Amount, memo.Open - application.Amount, memo.BaseOf(memo.Open - application.Amount)));
    }

    /// <summary>Takes an application back; with the payment beside which it was applied, or by a person.</summary>
    public static Decision Unapply(CreditMemo memo, Guid applicationId, Guid? allocationId = null)
    {
        ArgumentNullException.ThrowIfNull(memo);
        return memo.Applications.TryGetValue(applicationId, out var application)
            ? Decision.Of(new CreditMemoUnapplied(
                applicationId, application.InvoiceId, application.Amount, memo.Open + application.Amount,
                memo.BaseOf(memo.Open + application.Amount), allocationId))
            : Refusal.NotFound("application", applicationId);
    }

    /// <summary>Cancels a credit memo of which nothing is applied or paid back.</summary>
    public static Decision Void(CreditMemo memo, string? reason, PostingContext context)
    {
        ArgumentNullException.ThrowIfNull(memo);
        ArgumentNullException.ThrowIfNull(context);
        if (Refusal.Unexplained(reason) is { } unexplained)
            return unexplained;
        if (memo.IsVoid)
            return CreditMemoRefusals.IsVoid(memo);
        if (!memo.Applications.IsEmpty)
            return CreditMemoRefusals.HasApplications(memo);
        if (!memo.Refunds.IsEmpty)
            return CreditMemoRefusals.HasRefunds(memo);
        if (!memo.Reserved.IsEmpty)
            return CreditMemoRefusals.RefundWaits(memo);
        var (books, entry) = (memo.Issued!.Books, memo.Issued.Entry);
        return Decision.Of(new CreditMemoVoided(
            memo.Issued.Number, memo.Issued.CustomerId, memo.Issued.CreditDate, memo.Issued.InvoiceId,
            books.LegalEntity, books.BaseCurrency, memo.Issued.Total,
            context.Reversal(books, entry.PostingDate, PostingKinds.CreditMemoVoided, entry)));
    }
}
