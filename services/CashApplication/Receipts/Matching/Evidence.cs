namespace OrderToCash.CashApplication.Receipts.Matching;

/// <summary>
/// What tells who paid, or what for. What a piece of it is worth, 0 to 1, is data of a rule set
/// (<see cref="RuleSet.Weights"/>); where that says nothing, <see cref="StandardWeights"/> do.
/// </summary>
public enum Evidence
{
    /// <summary>The customer came with the payment, or is settled.</summary>
    KnownCustomer,

    /// <summary>The payer names a customer's number.</summary>
    CustomerNumber,

    /// <summary>It comes from an account that a customer has paid from.</summary>
    PayerAccount,

    /// <summary>A customer has paid under this name, or it is an alias.</summary>
    PayerName,

    /// <summary>The same, and other customers have just this name.</summary>
    SharedPayerName,

    /// <summary>One customer has the payer's name.</summary>
    SameName,

    /// <summary>Several customers have it.</summary>
    SharedName,

    /// <summary>One customer's name is much like it.</summary>
    LikeName,

    /// <summary>One customer's name is somewhat like it.</summary>
    SomewhatLikeName,

    /// <summary>The payer names the invoice.</summary>
    InvoiceNumber,

    /// <summary>The payer names the order that it bills.</summary>
    OrderNumber,

    /// <summary>The payer writes its number in part, or with a slip.</summary>
    PartOfNumber,

    /// <summary>The payment tells documents and amounts in fields.</summary>
    DocumentsOfPayment,

    /// <summary>An advice has the payment's reference and amount.</summary>
    AdviceByReference,

    /// <summary>An advice has the payment's reference and another amount.</summary>
    AdviceOfOtherAmount,

    /// <summary>An advice of this payer has this amount.</summary>
    AdviceOfPayer,

    /// <summary>What is named comes to the amount: balances, earned discounts and named credit memos.</summary>
    WholeAmount,

    /// <summary>The same but for a small difference.</summary>
    SmallDifference,

    /// <summary>What is named, and what is named in part.</summary>
    WithNumbersInPart,

    /// <summary>Some of what is named.</summary>
    SomeOfNamed,

    /// <summary>What is named less credit memos that are not.</summary>
    UnnamedCredits,

    /// <summary>One installment of what is named.</summary>
    OneInstallment,

    /// <summary>What is named, and other items for the rest.</summary>
    NamedAndOthers,

    /// <summary>What is named less a discount that came too late.</summary>
    LateDiscount,

    /// <summary>What is named less a deduction whose amount the payer tells.</summary>
    ToldDeduction,

    /// <summary>The amount is more or less than what it is for.</summary>
    PartOfAmount,

    /// <summary>Which of several is short is not told.</summary>
    UnclearShort,

    /// <summary>One item of the customer has this amount.</summary>
    OnlyItem,

    /// <summary>Several items have it.</summary>
    OneOfEqualItems,

    /// <summary>It clears all that is open.</summary>
    WholeAccount,

    /// <summary>It clears all that is past due, or past due by the same terms.</summary>
    AllPastDue,

    /// <summary>The only items that sum to it, of few that could by chance.</summary>
    OnlyCombination,

    /// <summary>The only items that sum to it, of more.</summary>
    OnlyOfMany,

    /// <summary>The only items that sum to it, of very many.</summary>
    OnlyOfVeryMany,

    /// <summary>The only items that sum to it, and it may well be chance.</summary>
    OnlyByChance,

    /// <summary>Other items sum to it too, or may.</summary>
    OneOfCombinations,

    /// <summary>One item, or all, but for a small difference.</summary>
    WithinTolerance,

    /// <summary>Several items but for a small difference.</summary>
    OneOfSeveralWithinTolerance,

    /// <summary>The rule set pays the oldest first.</summary>
    OldestFirst,

    /// <summary>It is just the next installments of a payment plan.</summary>
    PlanInstallments,

    /// <summary>Installments of a payment plan are due.</summary>
    PlanDue,

    /// <summary>The customer promised this amount.</summary>
    Promise,

    /// <summary>The customer promised what was found by a rule.</summary>
    AlsoPromised,

    /// <summary>The payer writes what a customer's profile names.</summary>
    PayerText,

    /// <summary>The amount is what it is for without its tax.</summary>
    WithoutTax,
}

/// <summary>What a piece of evidence is worth by a rule set.</summary>
/// <param name="Of">The evidence.</param>
/// <param name="Weight">0 to 0.99: the chance that it does not mislead.</param>
public sealed record EvidenceWeight(Evidence Of, decimal Weight);

/// <summary>By what an explanation was weighed.</summary>
/// <param name="RuleSet">Code of the rule set.</param>
/// <param name="Version">How often it had been defined by then, as its history tells; 0 for the built-in one.</param>
/// <param name="Weights">What each of the reasons is worth, in their order; 0 for one that only tells more, or speaks
/// against it. Reasons after them add nothing.</param>
public sealed record Scoring(string RuleSet, int Version, IReadOnlyList<decimal> Weights);

/// <summary>What evidence is worth where no rule set says otherwise.</summary>
internal static class StandardWeights
{
    /// <summary>The most that a piece of evidence may be worth: none is certain by itself.</summary>
    public const decimal Most = 0.99m;

    /// <summary>Of one piece.</summary>
    public static decimal Of(Evidence evidence) => evidence switch
    {
        Evidence.DocumentsOfPayment or Evidence.AdviceByReference => 0.95m,
        Evidence.InvoiceNumber or Evidence.WholeAmount => 0.90m,
        Evidence.OrderNumber or Evidence.SmallDifference or Evidence.PlanInstallments => 0.85m,
        Evidence.AdviceOfPayer or Evidence.WithNumbersInPart or Evidence.OnlyItem or Evidence.WholeAccount
            or Evidence.OnlyCombination or Evidence.OldestFirst or Evidence.PlanDue => 0.80m,
        Evidence.AllPastDue => 0.76m,
        Evidence.SomeOfNamed or Evidence.UnnamedCredits or Evidence.OnlyOfMany => 0.75m,
        Evidence.KnownCustomer or Evidence.AdviceOfOtherAmount or Evidence.OneInstallment or Evidence.NamedAndOthers
            or Evidence.LateDiscount or Evidence.Promise or Evidence.WithoutTax => 0.70m,
        Evidence.CustomerNumber or Evidence.PayerAccount or Evidence.PayerName or Evidence.PayerText
            or Evidence.PartOfNumber or Evidence.ToldDeduction or Evidence.OnlyOfVeryMany
            or Evidence.WithinTolerance => 0.60m,
        Evidence.SameName => 0.55m,
        Evidence.LikeName or Evidence.OneOfEqualItems => 0.50m,
        Evidence.SharedPayerName or Evidence.SomewhatLikeName or Evidence.OnlyByChance
            or Evidence.OneOfSeveralWithinTolerance => 0.40m,
        Evidence.SharedName or Evidence.PartOfAmount or Evidence.OneOfCombinations or Evidence.AlsoPromised => 0.30m,
        Evidence.UnclearShort => 0m,
        _ => throw new ArgumentOutOfRangeException(nameof(evidence), evidence, "It has no weight."),
    };
}
