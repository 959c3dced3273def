using OrderToCash.CashApplication.Receipts.Matching;
using OrderToCash.CashApplication.Remittances;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Receipts;

/// <summary>Money that came in, with everything known about it.</summary>
/// <param name="ReceiptId">The receipt to be.</param>
/// <param name="Number">The number drawn for it.</param>
/// <param name="Documents">What the payer tells in fields, or null.</param>
/// <param name="ProcessorReference">What the processor of the payment calls it, or null.</param>
/// <param name="Charges">What banks kept of it on its way, or null.</param>
public sealed record RecordReceipt(
    Guid ReceiptId, string Number, string LegalEntity, string Method, string? BankAccount, LedgerAccounts Accounts,
    Money Amount, DateOnly ValueDate, DateOnly PostingDate, Payer Payer, IReadOnlyList<string> Remittance,
    string? CheckNumber, ReceiptSource? Source, Guid? CustomerId, string? IdentifiedBy,
    IReadOnlyList<RemittanceLine>? Documents = null, string? ProcessorReference = null, BankCharges? Charges = null);

/// <summary>What is to become of money that nothing is decided about.</summary>
public enum RestTreatment
{
    /// <summary>It stays free and waits for a person.</summary>
    Unapplied,

    /// <summary>It is kept on account.</summary>
    OnAccount,

    /// <summary>It is given up.</summary>
    WriteOff,
}

/// <summary>One decision about money: what it is for, and why.</summary>
/// <param name="DecisionId">The decision; it is undone by this id.</param>
/// <param name="Rule">What found the match, or <c>manual</c>.</param>
/// <param name="Confidence">0 to 1.</param>
/// <param name="Reasons">Why, in words.</param>
/// <param name="IsAutomatic">True when no person decided.</param>
/// <param name="Allocations">What is meant for which item.</param>
/// <param name="Rest">What becomes of the free money that is left.</param>
/// <param name="RemittanceId">The advice it follows, or null.</param>
/// <param name="Scoring">By what it was weighed; null where a person decided without a suggestion.</param>
public sealed record AllocationDecision(
    Guid DecisionId, string Rule, decimal Confidence, IReadOnlyList<string> Reasons, bool IsAutomatic,
    IReadOnlyList<RequestedAllocation> Allocations, RestTreatment Rest = RestTreatment.Unapplied,
    Guid? RemittanceId = null, Scoring? Scoring = null);

/// <summary>
/// The rules of receipts. Wishes of people may be refused. Answers of Invoicing are facts: they are taken once, in
/// whatever order and however often they come; only one that contradicts what is known is refused.
/// </summary>
public static partial class ReceiptDecider
{
    internal static readonly HashSet<string> Methods = ["wire", "ach", "card", "check", "cash", "lockbox"];

    private static readonly HashSet<string> ReversalReasons = ["nsf", "return", "chargeback", "stop", "error"];

    /// <summary>
    /// Records a receipt, asks Invoicing to apply what its match says, and says why it waits where something is left.
    /// </summary>
    public static Decision Record(
        Receipt receipt, RecordReceipt command, AllocationDecision? match = null, ReceiptSetAside? aside = null)
    {
        if (receipt.Exists)
            return Decision.Nothing;
        if (!Methods.Contains(command.Method))
            return ReceiptRefusals.UnknownMethod(command.Method);
        if (!command.Amount.IsPositive)
            return ReceiptRefusals.AmountNotPositive();
        var entry = JournalEntry.Booked(command.ReceiptId, command.Number, command.LegalEntity, command.PostingDate,
            command.Accounts, command.CustomerId, command.Amount, command.ValueDate);
        var story = new Story(command.ReceiptId, receipt).Add(new ReceiptRecorded(
            command.Number, command.LegalEntity, command.Method, command.BankAccount, command.Accounts,
            command.ValueDate, command.PostingDate, command.Payer, command.Remittance, command.CheckNumber,
            command.Source, command.IdentifiedBy, entry, ReceiptBalance.Of(command.Amount, command.CustomerId),
            command.Documents is { Count: > 0 } documents ? documents : null, command.ProcessorReference,
            command.Charges));
        if (match is not null && Ask(story, match, command.PostingDate) is { } refusal)
            return refusal;
        SetAside(story, aside);
        return Decision.Of(story.Events);
    }

    /// <summary>Says whose money it is.</summary>
    public static Decision Identify(
        Receipt receipt, Guid receiptId, Guid customerId, string identifiedBy, Deadlines deadlines,
        Guid? decisionId = null, ReceiptSetAside? aside = null)
    {
        var story = new Story(receiptId, receipt);
        if (Identified(story, customerId, identifiedBy, deadlines.Today, decisionId) is { } refusal)
            return refusal;
        if (story.Events.Count > 0 && (aside is not null || receipt.Aside?.Reason == AsideReasons.Unidentified))
        {
            SetAside(story, aside ?? deadlines.Aside(
                AsideReasons.Unexplained, "The customer is known, what the money is for is not."));
        }

        return Decision.Of(story.Events);
    }

    /// <summary>
    /// Asks Invoicing to apply money of the receipt; an unidentified receipt becomes the customer's first.
    /// </summary>
    public static Decision Request(
        Receipt receipt, Guid receiptId, Guid customerId, string identifiedBy, AllocationDecision decision,
        DateOnly postingDate, ReceiptSetAside? aside = null)
    {
        var story = new Story(receiptId, receipt);
        var owner = receipt.Balance.CustomerId ?? customerId;
        if (Identified(story, owner, identifiedBy, postingDate, null) is { } unknown)
            return unknown;
        if (decision.Allocations.Count == 0)
            return ReceiptRefusals.NothingToApply;
        if (Ask(story, decision, postingDate) is { } refusal)
            return refusal;
        SetAside(story, aside);
        return Decision.Of(story.Events);
    }

    private static Refusal? Identified(
        Story story, Guid customerId, string identifiedBy, DateOnly postingDate, Guid? decisionId)
    {
        var receipt = story.Receipt;
        if (!receipt.Exists)
            return ReceiptRefusals.NotFound(story.ReceiptId);
        if (receipt.Balance.IsReversed)
            return ReceiptRefusals.Reversed;
        if (receipt.Balance.CustomerId == customerId)
            return null;
        if (receipt.Balance.CustomerId is not null)
            return ReceiptRefusals.AlreadyIdentified;
        story.Add(new ReceiptIdentified(receipt.LegalEntity, customerId, identifiedBy,
            JournalEntry.Identified(
                story.ReceiptId, receipt, postingDate, customerId, decisionId ?? receipt.LastIdentification),
            receipt.Balance with { CustomerId = customerId }, decisionId));
        return null;
    }

    /// <summary>Adds what a decision asks for, and what becomes of the rest; or says why not.</summary>
    private static Refusal? Ask(Story story, AllocationDecision decision, DateOnly postingDate)
    {
        var balance = story.Balance;
        var asked = new List<RequestedAllocation>(decision.Allocations.Count);
        foreach (var allocation in decision.Allocations)
        {
            if (Unfit(allocation, balance.Amount.Currency) is { } unfit)
                return unfit;
            var owner = balance.OwnerFor(allocation.CustomerId);
            if (allocation.Amount > balance.FreeOf(owner))
                return ReceiptRefusals.ExceedsUnapplied(allocation.Amount, balance.FreeOf(owner));
            balance = balance.Request(allocation.Amount, owner);
            asked.Add(allocation with { Owner = owner });
        }

        if (asked.Count > 0)
        {
            story.Add(new AllocationsRequested(
                decision.DecisionId, story.Receipt.LegalEntity, story.Receipt.ValueDate,
                story.Receipt.Accounts.UnappliedCash, decision.Rule, decision.Confidence, decision.Reasons,
                decision.IsAutomatic, asked, balance, decision.RemittanceId, decision.Scoring));
        }

        return Rest(story, decision, postingDate);
    }

    private static Refusal? Unfit(RequestedAllocation allocation, Currency currency)
    {
        Money?[] amounts =
        [
            allocation.Amount, allocation.Discount, allocation.Difference, allocation.Deduction?.Amount,
            allocation.Charges,
            .. (allocation.Credits ?? []).Select(credit => (Money?)credit.Amount),
        ];
        foreach (var amount in amounts.OfType<Money>())
        {
            if (amount.Currency != currency)
                return ReceiptRefusals.OtherCurrency(allocation.InvoiceNumber, amount.Currency, "/allocations");
            if (!amount.IsPositive)
                return ReceiptRefusals.AmountNotPositive("/allocations");
        }

        return null;
    }

    private static Refusal? Rest(Story story, AllocationDecision decision, DateOnly postingDate)
    {
        var free = story.Balance.Free;
        if (!free.IsPositive || decision.Rest == RestTreatment.Unapplied)
            return null;
        var id = RestOf(decision.DecisionId);
        if (decision.Rest == RestTreatment.OnAccount)
        {
            story.Add(new PutOnAccount(
                id, story.Receipt.LegalEntity, free, decision.IsAutomatic, story.Balance.KeepOnAccount(free)));
            return null;
        }

        GiveUp(story, id, free, "Too little to look after.", decision.IsAutomatic, postingDate);
        return null;
    }

    /// <summary>What becomes of a decision's rest is a decision of its own.</summary>
    private static Guid RestOf(Guid decisionId) => Ids.From("rest", decisionId.ToString("N"));

    /// <summary>Says why free money waits, unless it is said already or nothing is free.</summary>
    private static void SetAside(Story story, ReceiptSetAside? aside)
    {
        if (aside is not null && aside != story.Receipt.Aside && story.Balance.Free.IsPositive
            && !story.Balance.IsReversed)
        {
            story.Add(aside);
        }
    }

    /// <summary>Says why money waits that is another customer's share, or free.</summary>
    private static void SetAsideWaiting(Story story, ReceiptSetAside aside)
    {
        if (aside != story.Receipt.Aside && story.Balance.Waiting.IsPositive && !story.Balance.IsReversed)
            story.Add(aside);
    }

    /// <summary>Events that follow on one another within one decision.</summary>
    private sealed class Story(Guid receiptId, Receipt receipt)
    {
        private readonly List<object> _events = [];

        public Guid ReceiptId => receiptId;

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
