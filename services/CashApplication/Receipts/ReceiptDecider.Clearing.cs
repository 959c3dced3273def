using OrderToCash.CashApplication.Remittances;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Receipts;

/// <summary>A credit of a statement that is money of a receipt which was entered.</summary>
/// <param name="Account">The bank account it reached.</param>
/// <param name="Source">Where it stands.</param>
/// <param name="Payer">Who paid, as the bank tells.</param>
/// <param name="Remittance">What the payer says, as the bank tells.</param>
/// <param name="CustomerId">Whose money the credit was found to be, or null.</param>
/// <param name="CheckNumber">Number of the check, as the bank tells; or null.</param>
/// <param name="Documents">What the payer tells in fields, or null.</param>
public sealed record Clearing(
    PayingAccount Account, ReceiptSource Source, Payer Payer, IReadOnlyList<string> Remittance,
    Guid? CustomerId = null, string? CheckNumber = null, IReadOnlyList<RemittanceLine>? Documents = null);

/// <summary>What somebody enters about money that a statement has brought already.</summary>
public sealed record Announcement(
    string? ProcessorReference, Payer Payer, IReadOnlyList<string> Remittance, string? CheckNumber, Guid? CustomerId);

/// <summary>What a processor kept of the receipts that it settled.</summary>
/// <param name="Amount">More than zero.</param>
/// <param name="Account">Ledger account of such fees.</param>
public sealed record SettlementFee(Money Amount, string Account);

public static partial class ReceiptDecider
{
    /// <summary>
    /// The bank's statement shows money that was entered: it is the same money, from the clearing account to the bank.
    /// </summary>
    public static Decision Clear(Receipt receipt, Guid receiptId, Clearing clearing, DateOnly postingDate) =>
        receipt switch
        {
            { Exists: false } => ReceiptRefusals.NotFound(receiptId),
            { Balance.IsReversed: true } => ReceiptRefusals.Reversed,
            { Source: not null } => ReceiptRefusals.AlreadyCleared(receipt.Number),
            _ when !receipt.Balance.Reversed.IsZero || !receipt.Balance.StillOwed.IsZero =>
                ReceiptRefusals.PartIsGone(receipt.Number),
            _ when AreTwoCustomers(receipt.Balance.CustomerId, clearing.CustomerId) =>
                ReceiptRefusals.OtherCustomers(receipt.Number),
            _ => Decision.Of(new ReceiptCleared(
                receipt.LegalEntity, clearing.Account.Code, clearing.Account.LedgerAccount, clearing.Source,
                Told(receipt.Payer, clearing.Payer), Together(receipt.Remittance, clearing.Remittance),
                receipt.BankAccount is null
                    ? JournalEntry.Cleared(receiptId, receipt, postingDate, clearing.Account.LedgerAccount)
                    : null,
                receipt.CheckNumber ?? clearing.CheckNumber, receipt.ProcessorReference,
                clearing.Documents is { Count: > 0 } documents ? documents : null)),
        };

    /// <summary>
    /// Somebody enters money that a statement has brought already: it is the same money, and better known now. A
    /// pending payment may have told it before; entered it is once. What is held of a file stays held.
    /// </summary>
    public static Decision Announce(
        Receipt receipt, Guid receiptId, Announcement told, Deadlines deadlines, Guid decisionId,
        bool wasPending = false)
    {
        if (receipt.IsEntered || receipt.IsAnnounced || receipt.Balance.IsReversed)
            return ReceiptRefusals.AlreadyCleared(receipt.Number);
        if (AreTwoCustomers(receipt.Balance.CustomerId, told.CustomerId))
            return ReceiptRefusals.OtherCustomers(receipt.Number);
        var story = new Story(receiptId, receipt).Add(new ReceiptAnnounced(
            told.ProcessorReference, Told(told.Payer, receipt.Payer), Together(receipt.Remittance, told.Remittance),
            receipt.CheckNumber ?? told.CheckNumber, receipt.BankAccount, wasPending));
        if (told.CustomerId is { } customer && receipt.Balance.CustomerId is null
            && Identified(story, customer, "caller", deadlines.Today, decisionId) is { } refusal)
        {
            return refusal;
        }

        if (receipt.Balance.CustomerId is null && told.CustomerId is not null
            && receipt.Aside?.Reason != AsideReasons.Held)
        {
            SetAside(story, deadlines.Aside(
                AsideReasons.Unexplained, "The customer is known, what the money is for is not."));
        }

        return Decision.Of(story.Events);
    }

    /// <summary>
    /// A receipt of a statement turns out to be money that was entered: those receipts have it, this one is void.
    /// Nothing of it may be decided yet. What a processor kept of them is booked as its fee.
    /// </summary>
    public static Decision ReverseAsEntered(
        Receipt receipt, Guid receiptId, IReadOnlyList<Guid> entered, DateOnly postingDate,
        SettlementFee? fee = null)
    {
        if (!receipt.Exists)
            return ReceiptRefusals.NotFound(receiptId);
        if (receipt.Balance.IsReversed)
            return ReceiptRefusals.Reversed;
        if (receipt.Balance.Free != receipt.Balance.Amount)
            return ReceiptRefusals.StillApplied;
        if (receipt.IsEntered || receipt.IsAnnounced || receipt.Source is null)
            return ReceiptRefusals.NotOfStatement(receipt.Number);
        var story = new Story(receiptId, receipt).Add(new ReceiptReversed(
            receipt.LegalEntity, "error", null, postingDate,
            JournalEntry.Reversed(receiptId, receipt, postingDate), receipt.Balance.Reverse(), entered));
        if (fee is not null)
        {
            story.Add(new SettlementFeeBooked(
                receipt.LegalEntity, receipt.BankAccount!, fee.Amount,
                JournalEntry.SettlementFee(receiptId, receipt, postingDate, fee.Amount, fee.Account)));
        }

        return Decision.Of(story.Events);
    }

    private static bool AreTwoCustomers(Guid? one, Guid? other) => one is not null && other is not null && one != other;

    private static Payer Told(Payer first, Payer second) =>
        new(first.Name ?? second.Name, first.Account ?? second.Account,
            first.Bank ?? (first.Account is null || first.Account == second.Account ? second.Bank : null));

    private static string[] Together(IReadOnlyList<string> first, IReadOnlyList<string> second) =>
        [.. first.Concat(second).Distinct(StringComparer.Ordinal)];
}
