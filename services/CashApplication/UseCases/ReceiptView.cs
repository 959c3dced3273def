using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Receipts.Matching;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>A receipt, what it is applied to, and what it may be for.</summary>
/// <param name="OnAccount">Part of what is unapplied that is kept on purpose.</param>
/// <param name="Shares">Parts of what is unapplied that are other customers'.</param>
/// <param name="Waiting">Why free money waits for a person, or null.</param>
/// <param name="Owner">Who looks after it, or null.</param>
/// <param name="ProcessorReference">What the processor of the payment calls it, or null.</param>
/// <param name="IsCleared">False where it was entered and the bank has not shown it yet.</param>
public sealed record ReceiptView(
    Guid Id, string Number, ReceiptStatus Status, string LegalEntity, string Method, Money Amount, Money Unapplied,
    Money Pending, Money Applied, Money Reversed, Money Refunded, Money WrittenOff, Money OnAccount,
    IReadOnlyList<CustomerShare> Shares, Guid? CustomerId, string? IdentifiedBy, DateOnly ValueDate,
    DateOnly PostingDate, Payer Payer, string? Reference, string? BankAccount, string? CheckNumber,
    Guid? StatementImportId, WaitingView? Waiting, string? Owner, IReadOnlyList<AllocationView> Allocations,
    IReadOnlyList<SuggestionView> Suggestions, long Version, string? ProcessorReference, bool IsCleared)
{
    /// <summary>What else is known of its customer and of those in the suggestions; when it is read alone.</summary>
    public IReadOnlyList<CustomerSituation> Customers { get; init; } = [];

    internal static ReceiptView Of(
        Guid id, Receipt receipt, long version, IReadOnlyList<Explanation> suggestions)
    {
        var balance = receipt.Balance;
        return new ReceiptView(
            id, receipt.Number, balance.Status, receipt.LegalEntity, receipt.Method, balance.Amount,
            balance.Unapplied, balance.Pending, balance.Applied, balance.Reversed, balance.TotalRefunded,
            balance.TotalWrittenOff, balance.AllOnAccount, balance.Shares ?? [], balance.CustomerId,
            receipt.IdentifiedBy, receipt.ValueDate, receipt.PostingDate, receipt.Payer,
            receipt.Remittance.Count == 0 ? null : string.Join(' ', receipt.Remittance), receipt.BankAccount,
            receipt.CheckNumber, receipt.Source?.ImportId,
            receipt.Aside is { } aside && balance.Waiting.IsPositive && !balance.IsReversed
                ? new WaitingView(aside.Reason, aside.Detail, aside.DueOn)
                : null,
            receipt.Owner, [.. receipt.InOrder().Select(AllocationView.Of)],
            [.. suggestions.Select((suggestion, index) => SuggestionView.Of(suggestion, index + 1))], version,
            receipt.ProcessorReference, receipt.Source is not null);
    }
}

/// <summary>Why money waits for a person.</summary>
/// <param name="Reason">Which queue.</param>
/// <param name="Detail">In words.</param>
/// <param name="DueOn">The day by which somebody should have looked at it, or null.</param>
public sealed record WaitingView(string Reason, string Detail, DateOnly? DueOn);

/// <summary>An allocation and how far it is.</summary>
/// <param name="CustomerId">Who owes the item.</param>
/// <param name="Difference">Small difference given up beside it.</param>
/// <param name="Deduction">What the payer keeps back of the item, or null.</param>
/// <param name="DecisionId">The decision it is part of.</param>
/// <param name="IsAutomatic">True when no person decided.</param>
/// <param name="Credits">Credit memos that are applied to the item with it.</param>
/// <param name="Scoring">By what it was weighed, or null.</param>
/// <param name="Charges">What banks kept of the payment, which we bear: settled of the item beside the amount; or
/// null.</param>
public sealed record AllocationView(
    Guid Id, Guid InvoiceId, string InvoiceNumber, int Installment, Guid CustomerId, Money Amount, Money Discount,
    Money Difference, Deduction? Deduction, AllocationStatus Status, string Rule, decimal Confidence,
    IReadOnlyList<string> Reasons, Guid DecisionId, bool IsAutomatic, IReadOnlyList<CreditPart> Credits,
    Scoring? Scoring, Money? Charges)
{
    internal static AllocationView Of(Allocation allocation)
    {
        var (asked, ground) = (allocation.Asked, allocation.Ground);
        var zero = Money.Zero(asked.Amount.Currency);
        return new AllocationView(
            asked.AllocationId, asked.InvoiceId, asked.InvoiceNumber, asked.Installment, asked.CustomerId,
            asked.Amount, asked.Discount ?? zero, asked.Difference ?? zero, asked.Deduction, allocation.Status,
            ground.Rule, ground.Confidence,
            allocation.Answer is { } answer ? [.. ground.Reasons, answer] : ground.Reasons,
            ground.DecisionId, ground.IsAutomatic, asked.Credits ?? [], ground.Scoring,
            asked.Charges);
    }
}

/// <summary>What the money may be for, best first.</summary>
/// <param name="Key">Names it by what it applies; it is accepted by this.</param>
/// <param name="Rest">What becomes of what it leaves of the money: it stays, is kept on account or given up.</param>
/// <param name="Blocker">Why nothing but a person may choose it, or null.</param>
/// <param name="IsForPerson">Something speaks against it, or the policy leaves it to a person: it is never applied
/// without one, whatever the confidence.</param>
/// <param name="Scoring">By what it was weighed.</param>
public sealed record SuggestionView(
    int Rank, string Key, Guid CustomerId, string Rule, decimal Confidence, IReadOnlyList<string> Reasons,
    IReadOnlyList<MatchLine> Allocations, RestTreatment Rest, Aside? Blocker, bool IsForPerson, Scoring? Scoring)
{
    internal static SuggestionView Of(Explanation explanation, int rank) => new(
        rank, explanation.Key, explanation.CustomerId, explanation.Rule, explanation.Confidence,
        explanation.Reasons, explanation.Lines, explanation.Rest, explanation.Blocker,
        explanation.IsForPerson, explanation.Scoring);
}
