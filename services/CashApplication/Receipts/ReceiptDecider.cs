using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Receipts;

/// <summary>Money that came in, with everything known about it.</summary>
/// <param name="ReceiptId">The receipt to be.</param>
/// <param name="Number">The number drawn for it.</param>
public sealed record RecordReceipt(
    Guid ReceiptId, string Number, string LegalEntity, string Method, string? BankAccount, LedgerAccounts Accounts,
    Money Amount, DateOnly ValueDate, DateOnly PostingDate, Payer Payer, IReadOnlyList<string> Remittance,
    string? CheckNumber, ReceiptSource? Source, Guid? CustomerId, string? IdentifiedBy);

/// <summary>Money meant for one installment.</summary>
public sealed record AllocationOrder(
    Guid AllocationId, Guid InvoiceId, string InvoiceNumber, int Installment, Money Amount, string Rule,
    decimal Confidence, IReadOnlyList<string> Reasons);

/// <summary>
/// The rules of receipts. Wishes of people may be refused. Answers of Invoicing are facts: they are taken once, in
/// whatever order and however often they come; only one that contradicts what is known is refused.
/// </summary>
public static class ReceiptDecider
{
    private const int MaxReasonLength = 500;

    private static readonly HashSet<string> Methods = ["wire", "ach", "card", "check", "cash", "lockbox"];

    private static readonly HashSet<string> ReversalReasons = ["nsf", "return", "chargeback", "stop", "error"];

    /// <summary>Records a receipt and asks Invoicing to apply what its match says.</summary>
    public static Decision Record(Receipt receipt, RecordReceipt command, IReadOnlyList<AllocationOrder> orders)
    {
        if (receipt.Exists)
            return Decision.Nothing;
        if (!Methods.Contains(command.Method))
            return ReceiptRefusals.UnknownMethod(command.Method);
        if (!command.Amount.IsPositive)
            return ReceiptRefusals.AmountNotPositive();
        var entry = JournalEntry.Booked(command.ReceiptId, command.Number, command.LegalEntity, command.PostingDate,
            command.Accounts, command.CustomerId, command.Amount, command.ValueDate);
        var story = new Story(receipt).Add(new ReceiptRecorded(
            command.Number, command.LegalEntity, command.Method, command.BankAccount, command.Accounts,
            command.ValueDate, command.PostingDate, command.Payer, command.Remittance, command.CheckNumber,
            command.Source, command.IdentifiedBy, entry, ReceiptBalance.Of(command.Amount, command.CustomerId)));
        return Ask(story, orders);
    }

    /// <summary>Says whose money it is.</summary>
    public static Decision Identify(
        Receipt receipt, Guid receiptId, Guid customerId, string identifiedBy, DateOnly postingDate) =>
        Identified(receipt, receiptId, customerId, identifiedBy, postingDate, out var story) is { } refusal
            ? refusal
            : Decision.Of(story.Events);

    /// <summary>
    /// Asks Invoicing to apply money of the receipt; an unidentified receipt becomes the customer's first.
    /// </summary>
    public static Decision Request(
        Receipt receipt, Guid receiptId, Guid customerId, IReadOnlyList<AllocationOrder> orders, DateOnly postingDate)
    {
        if (Identified(receipt, receiptId, customerId, "allocation", postingDate, out var story) is { } refusal)
            return refusal;
        return orders.Count == 0 ? ReceiptRefusals.NothingToApply : Ask(story, orders);
    }

    /// <summary>Invoicing has applied an allocation.</summary>
    public static Decision Confirm(Receipt receipt, Guid allocationId, Money amount)
    {
        if (receipt.Find(allocationId) is not { } allocation)
            return ReceiptRefusals.AllocationNotFound(allocationId);
        switch (allocation.Status)
        {
            case AllocationStatus.Pending when allocation.Amount == amount:
                break;
            case AllocationStatus.Confirmed or AllocationStatus.ReversalPending or AllocationStatus.Reversed:
                return Decision.Nothing;
            default:
                return ReceiptRefusals.Contradiction(allocationId, $"applied {amount}", allocation.Status);
        }

        var story = new Story(receipt);
        story.Add(new AllocationConfirmed(
            allocation.Id, allocation.InvoiceId, allocation.Installment, amount, story.Balance.Confirm(amount)));

        // The receipt was reversed while the answer was on its way: what has just been applied is not there any more.
        if (receipt.Balance.IsReversed)
            TakeBack(story, allocation, "receipt reversed");
        return Decision.Of(story.Events);
    }

    /// <summary>Invoicing has refused an allocation.</summary>
    public static Decision Reject(Receipt receipt, Guid allocationId, Money amount, string code, string detail)
    {
        if (receipt.Find(allocationId) is not { } allocation)
            return ReceiptRefusals.AllocationNotFound(allocationId);
        return allocation.Status switch
        {
            AllocationStatus.Pending when allocation.Amount == amount => Decision.Of(new AllocationRejected(
                allocation.Id, allocation.InvoiceId, allocation.Installment, amount, code, detail,
                receipt.Balance.Release(amount))),
            AllocationStatus.Rejected => Decision.Nothing,
            _ => ReceiptRefusals.Contradiction(allocationId, $"rejected {amount}", allocation.Status),
        };
    }

    /// <summary>Asks Invoicing to take a confirmed allocation back.</summary>
    public static Decision ReverseAllocation(Receipt receipt, Guid receiptId, Guid allocationId, string reason)
    {
        if (!receipt.Exists)
            return ReceiptRefusals.NotFound(receiptId);
        if (receipt.Find(allocationId) is not { } allocation)
            return ReceiptRefusals.AllocationNotFound(allocationId);
        if (string.IsNullOrWhiteSpace(reason) || reason.Length > MaxReasonLength)
            return ReceiptRefusals.ReasonMissing;
        switch (allocation.Status)
        {
            case AllocationStatus.Pending:
                return ReceiptRefusals.AllocationPending;
            case AllocationStatus.Rejected:
                return ReceiptRefusals.AllocationNotApplied;
            case AllocationStatus.Confirmed:
                var story = new Story(receipt);
                TakeBack(story, allocation, reason);
                return Decision.Of(story.Events);
            default:
                return Decision.Nothing;
        }
    }

    /// <summary>
    /// Invoicing has taken an allocation back. It says so only of what it had applied, asked for or not.
    /// </summary>
    public static Decision ConfirmReversal(Receipt receipt, Guid allocationId, Money amount)
    {
        if (receipt.Find(allocationId) is not { } allocation)
            return ReceiptRefusals.AllocationNotFound(allocationId);
        if (allocation.Status == AllocationStatus.Reversed)
            return Decision.Nothing;
        if (allocation.Status == AllocationStatus.Rejected || allocation.Amount != amount)
            return ReceiptRefusals.Contradiction(allocationId, $"reversed {amount}", allocation.Status);

        // Answers may overtake each other: whatever was skipped is told first, so that the story stays whole.
        var story = new Story(receipt);
        if (allocation.Status == AllocationStatus.Pending)
        {
            story.Add(new AllocationConfirmed(
                allocation.Id, allocation.InvoiceId, allocation.Installment, amount, story.Balance.Confirm(amount)));
        }

        if (story.Receipt.Find(allocationId)!.Status == AllocationStatus.Confirmed)
            TakeBack(story, allocation, "taken back by Invoicing");
        story.Add(new AllocationReversed(
            allocation.Id, allocation.InvoiceId, allocation.Installment, amount, story.Balance.Release(amount)));
        return Decision.Of(story.Events);
    }

    /// <summary>
    /// Voids the receipt. Free money is gone at once, confirmed allocations are asked back, and those that wait for an
    /// answer are settled when it comes.
    /// </summary>
    public static Decision Reverse(
        Receipt receipt, Guid receiptId, string reason, string? returnCode, DateOnly postingDate)
    {
        if (!receipt.Exists)
            return ReceiptRefusals.NotFound(receiptId);
        if (!ReversalReasons.Contains(reason))
            return ReceiptRefusals.UnknownReason(reason);
        if (receipt.Balance.IsReversed)
            return Decision.Nothing;
        var story = new Story(receipt).Add(new ReceiptReversed(receipt.LegalEntity, reason, returnCode, postingDate,
            JournalEntry.Reversed(receiptId, receipt, postingDate), receipt.Balance.Reverse()));
        foreach (var allocation in receipt.Allocations.Where(a => a.Status == AllocationStatus.Confirmed))
            TakeBack(story, allocation, $"receipt reversed: {reason}");
        return Decision.Of(story.Events);
    }

    private static Refusal? Identified(
        Receipt receipt, Guid receiptId, Guid customerId, string identifiedBy, DateOnly postingDate, out Story story)
    {
        story = new Story(receipt);
        if (!receipt.Exists)
            return ReceiptRefusals.NotFound(receiptId);
        if (receipt.Balance.IsReversed)
            return ReceiptRefusals.Reversed;
        if (receipt.Balance.CustomerId == customerId)
            return null;
        if (receipt.Balance.CustomerId is not null)
            return ReceiptRefusals.AlreadyIdentified;
        story.Add(new ReceiptIdentified(receipt.LegalEntity, customerId, identifiedBy,
            JournalEntry.Identified(receiptId, receipt, postingDate, customerId),
            receipt.Balance with { CustomerId = customerId }));
        return null;
    }

    private static Decision Ask(Story story, IReadOnlyList<AllocationOrder> orders)
    {
        if (orders.Any(order => !order.Amount.IsPositive))
            return ReceiptRefusals.AmountNotPositive("/allocations");
        var currency = story.Balance.Amount.Currency;
        if (orders.FirstOrDefault(order => order.Amount.Currency != currency) is { } foreign)
            return ReceiptRefusals.OtherCurrency(foreign.InvoiceNumber, foreign.Amount.Currency, "/allocations");
        var asked = Money.Sum(orders.Select(order => order.Amount), currency);
        if (asked > story.Balance.Unapplied)
            return ReceiptRefusals.ExceedsUnapplied(asked, story.Balance.Unapplied);
        foreach (var order in orders)
        {
            story.Add(new AllocationRequested(
                order.AllocationId, story.Receipt.LegalEntity, order.InvoiceId, order.InvoiceNumber, order.Installment,
                order.Amount, story.Receipt.ValueDate, order.Rule, order.Confidence, order.Reasons,
                story.Receipt.Accounts.UnappliedCash, story.Balance.Request(order.Amount)));
        }

        return Decision.Of(story.Events);
    }

    private static void TakeBack(Story story, Allocation allocation, string reason) =>
        story.Add(new AllocationReversalRequested(allocation.Id, allocation.InvoiceId, allocation.Installment,
            allocation.Amount, reason, story.Balance.RequestReversal(allocation.Amount)));

    /// <summary>Events that follow on one another within one decision.</summary>
    private sealed class Story(Receipt receipt)
    {
        private readonly List<object> _events = [];

        public Receipt Receipt { get; private set; } = receipt;

        public ReceiptBalance Balance => Receipt.Balance;

        public IReadOnlyList<object> Events => _events;

        public Story Add(object fact)
        {
            _events.Add(fact);
            Receipt = Receipt.Evolve(Receipt, fact);
            return this;
        }
    }
}
