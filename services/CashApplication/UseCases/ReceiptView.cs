using OrderToCash.CashApplication.Receipts;
using OrderToCash.CashApplication.Receipts.Matching;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.UseCases;

/// <summary>A receipt, what it is applied to, and what it may be for.</summary>
public sealed record ReceiptView(
    Guid Id, string Number, ReceiptStatus Status, string LegalEntity, string Method, Money Amount, Money Unapplied,
    Money Pending, Money Applied, Money Reversed, Guid? CustomerId, string? IdentifiedBy, DateOnly ValueDate,
    DateOnly PostingDate, Payer Payer, string? Reference, string? BankAccount, string? CheckNumber,
    Guid? StatementImportId, IReadOnlyList<AllocationView> Allocations, IReadOnlyList<SuggestionView> Suggestions,
    long Version)
{
    internal static ReceiptView Of(
        Guid id, Receipt receipt, long version, IReadOnlyList<Explanation> suggestions) => new(
        id, receipt.Number, receipt.Balance.Status, receipt.LegalEntity, receipt.Method, receipt.Balance.Amount,
        receipt.Balance.Unapplied, receipt.Balance.Pending, receipt.Balance.Applied, receipt.Balance.Reversed,
        receipt.Balance.CustomerId, receipt.IdentifiedBy, receipt.ValueDate, receipt.PostingDate, receipt.Payer,
        receipt.Remittance.Count == 0 ? null : string.Join(' ', receipt.Remittance), receipt.BankAccount,
        receipt.CheckNumber, receipt.Source?.ImportId,
        [
            .. receipt.Allocations.Select(allocation => new AllocationView(
                allocation.Id, allocation.InvoiceId, allocation.InvoiceNumber, allocation.Installment,
                allocation.Amount, Money.Zero(allocation.Amount.Currency), allocation.Status, allocation.Rule,
                allocation.Confidence, allocation.Reasons)),
        ],
        [
            .. suggestions.Select((suggestion, index) => new SuggestionView(
                index + 1, suggestion.CustomerId, suggestion.Rule, suggestion.Confidence, suggestion.Reasons,
                suggestion.Lines)),
        ],
        version);
}

/// <summary>An allocation and how far it is.</summary>
public sealed record AllocationView(
    Guid Id, Guid InvoiceId, string InvoiceNumber, int Installment, Money Amount, Money Discount,
    AllocationStatus Status, string Rule, decimal Confidence, IReadOnlyList<string> Reasons);

/// <summary>What the money may be for, best first.</summary>
public sealed record SuggestionView(
    int Rank, Guid CustomerId, string Rule, decimal Confidence, IReadOnlyList<string> Reasons,
    IReadOnlyList<MatchLine> Allocations);
