using System.Text.Json.Serialization;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Receipts.Matching;

/// <summary>How a payment differs from what is due.</summary>
public enum ExceptionKind
{
    /// <summary>Less is paid.</summary>
    Under,

    /// <summary>More is paid.</summary>
    Over,
}

/// <summary>What becomes of a difference.</summary>
public enum ExceptionAction
{
    /// <summary>It is given up: of the item where less is paid, of the receipt where more is.</summary>
    WriteOff,

    /// <summary>What is paid too much is kept on account.</summary>
    OnAccount,

    /// <summary>What is paid too much waits in the queue of what is to be paid back.</summary>
    Refund,

    /// <summary>What is missing is a deduction, and so a dispute.</summary>
    Claim,

    /// <summary>A person decides.</summary>
    Person,
}

/// <summary>What becomes of payments too short or too long by so much; the first rule that fits holds.</summary>
/// <param name="Of">Too short or too long.</param>
/// <param name="UpTo">By so much at most; amount and percent of what is due must both hold.</param>
/// <param name="Action">What becomes of the difference.</param>
/// <param name="Review">Only a person carries it out: too short, it is a suggestion; too long, the rest waits.</param>
/// <param name="ReasonCode">Of a claim: one of <see cref="DeductionReasons.Codes"/>; null means <c>other</c>.</param>
public sealed record ExceptionRule(
    ExceptionKind Of, Tolerance UpTo, ExceptionAction Action, bool Review = false, string? ReasonCode = null)
{
    /// <summary>The most that a difference may be of what is due and still be given up; 10 %.</summary>
    public const decimal MostPercentGivenUp = 10m;

    /// <summary>True where a person decides about it.</summary>
    [JsonIgnore]
    public bool IsForPerson => Review || Action == ExceptionAction.Person;

    /// <summary>True where the action is one for this kind of difference.</summary>
    [JsonIgnore]
    public bool MakesSense => (Of, Action) is not ((ExceptionKind.Under, ExceptionAction.OnAccount)
        or (ExceptionKind.Under, ExceptionAction.Refund) or (ExceptionKind.Over, ExceptionAction.Claim));
}
