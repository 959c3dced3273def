using System.Text.Json.Serialization;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Automation;

/// <summary>What a payment costs its payer that did not hold.</summary>
/// <param name="Reason"><c>nsf</c>, <c>return</c>, <c>chargeback</c> (of a card) or <c>stop</c>.</param>
/// <param name="Currency">Of the customer's account: one who is billed in another is not charged by this one.</param>
/// <param name="Amount">Above zero, in that currency, without tax.</param>
/// <param name="Since">What was returned before this day, by its posting date, costs nothing, or what it cost then.
/// </param>
/// <param name="Before">What it cost before it was raised last; null where it never was.</param>
public sealed record ReturnedPaymentFee(
    string Reason, string Currency, decimal Amount, DateOnly Since,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] FeeBefore? Before = null);

/// <summary>A lower fee, in the same currency, that held until it was raised.</summary>
/// <param name="Since">What was returned before this day costs nothing.</param>
public sealed record FeeBefore(decimal Amount, DateOnly Since);

/// <summary>Whoever pays with money that does not hold is billed a fee for it, by itself and once.</summary>
/// <param name="Fees">What is not among them costs nothing; at most one per reason and currency.</param>
public sealed record ReturnedPaymentFees(IReadOnlyList<ReturnedPaymentFee> Fees)
{
    private const int MaxFees = 200;

    private static readonly string[] Reasons = ["nsf", "return", "chargeback", "stop"];

    /// <summary>
    /// The codes that are the payer's own doing: NACHA's and ISO 20022's for too little money, an account that was
    /// closed, blocked or frozen, and a payment that was stopped. Whatever else a bank says may be its error or ours: a
    /// debit that nobody authorised, wrong data of an account, an entry made twice, a faulty file.
    /// </summary>
    private static readonly HashSet<string> ThePayers = new(
        ["R01", "R02", "R08", "R09", "R16", "AC04", "AC06", "AM04", "SL01"], StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// What a customer is billed whose payment was returned; null for nothing. It costs what it cost on the day of the
    /// return, and something only where the bank gives no code or one that is the payer's own doing.
    /// </summary>
    /// <param name="reason">Why it was returned.</param>
    /// <param name="code">The bank's code, or null.</param>
    /// <param name="postedOn">Accounting date of the return.</param>
    /// <param name="currency">Of the customer's account.</param>
    public Money? For(string reason, string? code, DateOnly postedOn, Currency currency)
    {
        if (code is not null && !ThePayers.Contains(code.Trim()))
            return null;
        return Find(reason, currency.Code) switch
        {
            { } fee when postedOn >= fee.Since => Money.Of(fee.Amount, currency),
            { Before: { } before } when postedOn >= before.Since => Money.Of(before.Amount, currency),
            _ => null,
        };
    }

    /// <summary>
    /// These fees, each since the day on which it was first among them without a break, or was raised: nobody is
    /// charged for times in which it was not, nor more than it was then.
    /// </summary>
    internal ReturnedPaymentFees After(ReturnedPaymentFees? before, DateOnly today) => new(
        [.. Fees.Select(fee => Held(fee, before?.Find(fee.Reason, fee.Currency), today))]);

    private static ReturnedPaymentFee Held(ReturnedPaymentFee fee, ReturnedPaymentFee? known, DateOnly today) =>
        known is null ? fee with { Since = today }
        : fee.Amount <= known.Amount || known.Since == today ? fee with { Since = known.Since, Before = known.Before }
        : fee with { Since = today, Before = new FeeBefore(known.Amount, known.Since) };

    /// <summary>Why these are no fees, or null.</summary>
    internal string? Fault() =>
        Fees.Count > MaxFees ? $"There are at most {MaxFees} fees."
        : Fees.FirstOrDefault(fee => !Reasons.Contains(fee.Reason)) is { } unknown
            ? $"'{unknown.Reason}' is none of {string.Join(", ", Reasons)}."
        : Fees.FirstOrDefault(fee => !IsAmount(fee)) is { } wrong
            ? $"The fee for {wrong.Reason} is an amount of a currency, above zero."
        : Fees.GroupBy(fee => (fee.Reason, fee.Currency)).FirstOrDefault(fees => fees.Count() > 1) is { } twice
            ? $"There are two fees for {twice.Key.Reason} in {twice.Key.Currency}."
        : null;

    private ReturnedPaymentFee? Find(string reason, string currency) =>
        Fees.FirstOrDefault(fee => fee.Reason == reason && fee.Currency == currency);

    private static bool IsAmount(ReturnedPaymentFee fee) =>
        Currency.TryOf(fee.Currency, out var currency) && Money.TryOf(fee.Amount, currency, out var amount)
        && amount.IsPositive;

    /// <inheritdoc/>
    public bool Equals(ReturnedPaymentFees? other) => other is not null && Fees.SequenceEqual(other.Fees);

    /// <inheritdoc/>
    public override int GetHashCode() => Fees.Count;
}
