using System.Text.Json.Serialization;
using OrderToCash.CashApplication.Remittances;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Receipts.Matching;

/// <summary>Money that looks for its purpose.</summary>
/// <param name="Amount">What is free to apply.</param>
/// <param name="PayerName">As the bank gave it, or null.</param>
/// <param name="PayerAccount">Without blanks, or null.</param>
/// <param name="Remittance">What the payer says, line by line, structured references among it.</param>
/// <param name="CustomerId">Whose money it is where that is settled already.</param>
/// <param name="ValueDate">Day the money counts at the bank; decides on cash discounts.</param>
/// <param name="CheckNumber">Number of the check, or null.</param>
/// <param name="Documents">What is told in fields beside the money: documents with their amounts. Null for
/// none.</param>
/// <param name="ReceiptId">The receipt it is of, where that is recorded; an advice it follows already counts.</param>
/// <param name="Charges">What banks kept of it on its way and can be booked, as the bank tells; null for
/// nothing.</param>
/// <param name="PayerBank">Which bank keeps the payer's account, where that is told beside it; or null.</param>
public sealed record Payment(
    Money Amount, string? PayerName, string? PayerAccount, IReadOnlyList<string> Remittance, Guid? CustomerId = null,
    DateOnly ValueDate = default, string? CheckNumber = null, IReadOnlyList<RemittanceLine>? Documents = null,
    Guid? ReceiptId = null, BankCharges? Charges = null, string? PayerBank = null)
{
    /// <summary>
    /// What the payer's account may be known by: with its bank, where that is told, and then by its number alone, as
    /// profiles may have it and as it was learned before banks were.
    /// </summary>
    public IReadOnlyList<string> AccountKeys => (PayerAccount, PayerBank) switch
    {
        (null, _) => [],
        ({ } account, null) => [account],
        ({ } account, { } bank) => [$"{bank}/{account}", account],
    };

    /// <summary>What the payer sent, as far as the bank tells: the amount, and what banks kept of it.</summary>
    public Money Sent => Charges is { } kept ? Amount + kept.Amount : Amount;
}

/// <summary>A cash discount that an item offers.</summary>
/// <param name="Rate">Share of what is settled; 0.02 is 2 %.</param>
/// <param name="Until">Last value date of money that earns it, grace included.</param>
/// <param name="UnearnedUntil">Last value date of money beside which it is accepted without being earned; null for not
/// at all.</param>
/// <param name="UnearnedLeft">So much of it is accepted then; null for no bound.</param>
public sealed record OfferedDiscount(
    decimal Rate, DateOnly Until, DateOnly? UnearnedUntil = null, Money? UnearnedLeft = null)
{
    /// <summary>The same where so much of what is accepted without being earned is taken already.</summary>
    public OfferedDiscount Less(Money unearned) => UnearnedLeft is { } left
        ? this with { UnearnedLeft = Money.Max(left - unearned, Money.Zero(left.Currency)) }
        : this;

    /// <summary>What of so much that is settled by money of this day is earned.</summary>
    public Money EarnedOn(Money settled, DateOnly valueDate) =>
        valueDate <= Until ? settled.Times(Rate) : Money.Zero(settled.Currency);

    /// <summary>What is accepted where the payer takes it: all that is earned, and later what is agreed on.</summary>
    public Money DeductibleOn(Money settled, DateOnly valueDate) =>
        valueDate <= Until ? EarnedOn(settled, valueDate)
        : valueDate > (UnearnedUntil ?? Until) ? Money.Zero(settled.Currency)
        : UnearnedLeft is { } left ? Money.Min(left, settled.Times(Rate))
        : settled.Times(Rate);
}

/// <summary>An installment that the money may be for.</summary>
/// <param name="InvoiceId">The invoice.</param>
/// <param name="Installment">From 1.</param>
/// <param name="InvoiceNumber">What people call it.</param>
/// <param name="CustomerId">Who owes it.</param>
/// <param name="DueDate">Last day to pay.</param>
/// <param name="Available">What is open and not promised to another allocation; zero when it is paid.</param>
/// <param name="Discount">What may be deducted for paying early, or null.</param>
/// <param name="Disputed">True when some of it is disputed.</param>
/// <param name="IsLateCharge">True for late fees and interest.</param>
/// <param name="Terms">Payment terms, or null.</param>
/// <param name="PurchaseOrder">The buyer's order number, or null.</param>
/// <param name="OrderReference">The order it bills, or null.</param>
/// <param name="IsInterest">True for a late charge that is interest and no fee.</param>
/// <param name="ExternalNumber">Under which another system billed it, or null.</param>
/// <param name="Net">What is open of it without its tax, where nothing of it is settled or promised; else null, and
/// where that is not known.</param>
/// <param name="Paid">By which receipt it was paid, where nothing of it is open; null where that is not known.</param>
public sealed record Candidate(
    Guid InvoiceId, int Installment, string InvoiceNumber, Guid CustomerId, DateOnly DueDate, Money Available,
    OfferedDiscount? Discount = null, bool Disputed = false, bool IsLateCharge = false, string? Terms = null,
    string? PurchaseOrder = null, string? OrderReference = null, bool IsInterest = false,
    string? ExternalNumber = null, Money? Net = null, PaidBy? Paid = null)
{
    /// <summary>What kind of item it is, for rule sets that pay one before the other.</summary>
    public ItemKind Kind => !IsLateCharge ? ItemKind.Invoice : IsInterest ? ItemKind.Interest : ItemKind.Fee;

    /// <summary>What names the installment.</summary>
    public (Guid InvoiceId, int Installment) Id => (InvoiceId, Installment);

    /// <summary>What is earned when all that is available is settled by money of this day.</summary>
    public Money EarnedBy(DateOnly valueDate) =>
        Discount?.EarnedOn(Available, valueDate) ?? Money.Zero(Available.Currency);

    /// <summary>
    /// What the payer may deduct when all that is available is settled by money of this day: what is earned, or what is
    /// accepted without.
    /// </summary>
    public Money DeductibleBy(DateOnly valueDate) =>
        Discount?.DeductibleOn(Available, valueDate) ?? Money.Zero(Available.Currency);

    /// <summary>
    /// What is earned by a part that is paid on this day: the part is what is settled less its discount.
    /// </summary>
    public Money EarnedBeside(Money part, DateOnly valueDate) =>
        Discount?.EarnedOn(SettledBy(part), valueDate) ?? Money.Zero(Available.Currency);

    /// <summary>What the payer may deduct beside a part that is paid on this day.</summary>
    public Money DeductibleBeside(Money part, DateOnly valueDate) =>
        Discount?.DeductibleOn(SettledBy(part), valueDate) ?? Money.Zero(Available.Currency);

    private Money SettledBy(Money part) =>
        Money.Min(Available, Money.Round(part.Amount / (1 - Discount!.Rate), part.Currency));
}

/// <summary>The last receipt that paid an item.</summary>
/// <param name="On">Day its money counts.</param>
/// <param name="ReceiptNumber">What people call it.</param>
/// <param name="IsLastOfSeveral">Others paid of it, too.</param>
/// <param name="IsAll">Receipts paid all of it; else it is not known here when and by what the rest was closed.</param>
public sealed record PaidBy(DateOnly On, string ReceiptNumber, bool IsLastOfSeveral = false, bool IsAll = true)
{
    /// <summary>The same for people.</summary>
    public string Words => !IsAll
        ? $"paid in part, at last on {On:O} by receipt {ReceiptNumber}, and the rest of it closed otherwise"
        : IsLastOfSeveral
            ? $"paid, at last on {On:O} by receipt {ReceiptNumber}"
            : $"paid on {On:O} by receipt {ReceiptNumber}";
}

/// <summary>A credit memo that the payer may take off.</summary>
/// <param name="CreditMemoId">The credit memo.</param>
/// <param name="Number">What people call it.</param>
/// <param name="CustomerId">Who owes less.</param>
/// <param name="InvoiceId">The invoice that it credits, or null for one on account.</param>
/// <param name="Available">What is open and not promised with another allocation.</param>
public sealed record OpenCredit(
    Guid CreditMemoId, string Number, Guid CustomerId, Guid? InvoiceId, Money Available);

/// <summary>A customer that the money may be of.</summary>
/// <param name="CustomerId">The customer.</param>
/// <param name="Number">What people call it.</param>
/// <param name="Name">Registered name.</param>
/// <param name="ParentId">Whose group it belongs to, or null.</param>
/// <param name="Hold">Why nothing of it is applied without a person, or null.</param>
/// <param name="RuleSet">Rule set of its own, or null.</param>
/// <param name="MayPayFor">Customers beyond its group whose items it may pay.</param>
/// <param name="DeductionReasons">What its words and codes for deductions mean, before the policy's.</param>
/// <param name="Codings">How people coded its deductions.</param>
public sealed record CustomerCandidate(
    Guid CustomerId, string Number, string Name, Guid? ParentId = null, string? Hold = null, string? RuleSet = null,
    IReadOnlyList<Guid>? MayPayFor = null, IReadOnlyList<DeductionReason>? DeductionReasons = null,
    IReadOnlyList<DeductionCoding>? Codings = null)
{
    /// <summary>The reason that people gave its deductions before, with these words where they had any; or null.
    /// </summary>
    public LearnedReason? ReasonLearnedOf(string? customerReason) =>
        Codings is { Count: > 0 } codings ? LearnedReason.Of(codings, customerReason) : null;
}

/// <summary>Part of an explanation: so much for this installment.</summary>
/// <param name="CustomerId">Who owes it.</param>
/// <param name="Amount">Of the payment.</param>
/// <param name="Discount">Cash discount beside it, or null.</param>
/// <param name="Difference">Small difference given up beside it, or null.</param>
/// <param name="Deduction">What the payer keeps back of it with a reason, or null.</param>
/// <param name="Credits">Credit memos that the payer takes off it; null for none.</param>
/// <param name="IsUnearned">The cash discount is given though the money came too late for it.</param>
/// <param name="Charges">What banks kept of the payment, which we bear: settled of the item beside the amount; or
/// null.</param>
public sealed record MatchLine(
    Guid InvoiceId, int Installment, string InvoiceNumber, Guid CustomerId, Money Amount, Money? Discount = null,
    Money? Difference = null, Deduction? Deduction = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<CreditPart>? Credits = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool IsUnearned = false,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Money? Charges = null)
{
    /// <summary>What the payer sent for it: the money, and what banks kept of it.</summary>
    [JsonIgnore]
    public Money Sent => Amount + (Charges ?? Zero);

    /// <summary>What the item is to be less by: money, charges, discount, difference and credit memos.</summary>
    [JsonIgnore]
    public Money Settled => Sent + (Discount ?? Zero) + (Difference ?? Zero)
        + Money.Sum((Credits ?? []).Select(credit => credit.Amount), Amount.Currency);

    private Money Zero => Money.Zero(Amount.Currency);
}

/// <summary>One explanation of a payment.</summary>
/// <param name="CustomerId">Whose money it then is.</param>
/// <param name="Rule">What found it; see <see cref="MatchRules"/>.</param>
/// <param name="Confidence">0 to 1.</param>
/// <param name="Reasons">Why, in words.</param>
/// <param name="Lines">What is paid; together at most the payment.</param>
/// <param name="Rest">What becomes of what is left.</param>
/// <param name="Blocker">Why only a person may choose it whatever the confidence, or null.</param>
/// <param name="RemittanceId">The advice it follows, or null.</param>
/// <param name="IsForPerson">Only a person may choose it whatever the confidence: something speaks against it, or the
/// policy leaves such a difference to a person.</param>
/// <param name="Scoring">By what it was weighed.</param>
public sealed record Explanation(
    Guid CustomerId, string Rule, decimal Confidence, IReadOnlyList<string> Reasons, IReadOnlyList<MatchLine> Lines,
    RestTreatment Rest = RestTreatment.Unapplied, Aside? Blocker = null, Guid? RemittanceId = null,
    bool IsForPerson = false, Scoring? Scoring = null)
{
    /// <summary>
    /// Names the explanation by what it applies and what becomes of the rest, so that a person accepts what they have
    /// seen.
    /// </summary>
    public string Key => _key ??= KeyOf(Lines, Rest);

    /// <summary>
    /// It is another one with a reason for what is missing that is only likely: for a person to choose, and no doubt
    /// that the other one is right about the money.
    /// </summary>
    internal bool IsCoded { get; init; }

    /// <summary>True where it is that of the other one: the money goes where it has it go.</summary>
    internal bool IsCodedOf(Explanation other) => IsCoded && !other.IsCoded
        && (Rule, RemittanceId) == (other.Rule, other.RemittanceId)
        && KeyOf(Uncoded(Lines), Rest) == KeyOf(Uncoded(other.Lines), other.Rest);

    private static MatchLine[] Uncoded(IReadOnlyList<MatchLine> lines) =>
        [.. lines.Select(line => line with { Deduction = null })];

    private string? _key;

    private static string KeyOf(IReadOnlyList<MatchLine> lines, RestTreatment rest) => Ids.From(
        [
            "explanation", rest.ToString(),
            .. lines.Select(line =>
                $"{line.InvoiceId:N}/{line.Installment}/{line.Amount}/{line.Discount}/{line.Difference}/" +
                $"{line.Deduction?.Amount}/{line.Deduction?.ReasonCode}" +
                string.Concat((line.Credits ?? []).Select(credit => $"/{credit.CreditMemoId:N}:{credit.Amount}")) +
                (line.Charges is { } charges ? $"/charges:{charges}" : "")),
        ]).ToString("N")[..16];
}

/// <summary>Why money waits for a person: the queue and the words.</summary>
public sealed record Aside(string Reason, string Detail);

/// <summary>What matching found.</summary>
/// <param name="CustomerId">Whose money it is, or null when nobody is known.</param>
/// <param name="IdentifiedBy">What told the customer, or null.</param>
/// <param name="Chosen">The explanation that is certain enough to be applied without a person, or null.</param>
/// <param name="Suggestions">Explanations worth showing, best first; the chosen one is the first.</param>
/// <param name="Aside">Why something waits for a person; null when the chosen explanation uses it all.</param>
/// <param name="Payers">Who may have paid, the likeliest first; null where that is certain.</param>
public sealed record MatchResult(
    Guid? CustomerId, string? IdentifiedBy, Explanation? Chosen, IReadOnlyList<Explanation> Suggestions, Aside? Aside,
    IReadOnlyList<LikelyPayer>? Payers = null);

/// <summary>Names of what finds a match.</summary>
public static class MatchRules
{
    public const string Remittance = "remittance";
    public const string InvoiceNumber = "invoice-number";
    public const string ExactAmount = "exact-amount";
    public const string ClearAccount = "clear-account";
    public const string ClearPastDue = "clear-past-due";
    public const string ClearPastDueByTerms = "clear-past-due-by-terms";
    public const string Combination = "combination";
    public const string WithinTolerance = "within-tolerance";
    public const string OldestFirst = "oldest-first";
    public const string PlanInstallment = "plan-installment";
    public const string Promise = "promise";
    public const string WithoutTax = "without-tax";
}
