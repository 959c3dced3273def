using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Automation;

/// <summary>What a payment costs its payer that did not hold.</summary>
/// <param name="Reason"><c>nsf</c>, <c>return</c>, <c>chargeback</c> (of a card) or <c>stop</c>.</param>
/// <param name="Currency">Of the customer's account: one who is billed in another is not charged by this one.</param>
/// <param name="Amount">Above zero, in that currency, without tax.</param>
/// <param name="Since">What was returned before this day, by its posting date, costs nothing.</param>
public sealed record ReturnedPaymentFee(string Reason, string Currency, decimal Amount, DateOnly Since);

/// <summary>Whoever pays with money that does not hold is billed a fee for it, by itself and once.</summary>
/// <param name="Fees">What is not among them costs nothing; at most one per reason and currency.</param>
public sealed record ReturnedPaymentFees(IReadOnlyList<ReturnedPaymentFee> Fees)
{
    private const int MaxFees = 200;

    private static readonly string[] Reasons = ["nsf", "return", "chargeback", "stop"];

    /// <summary>
    /// Codes that name an error of a bank or of ours, whatever the reason is called: NACHA's for a request of our own
    /// bank, an entry that is not as it was authorised, a faulty file and an entry made twice; ISO 20022's for wrong
    /// operation, duplicate, a bank that cannot be reached, failed settlement, a faulty file, a cancellation that was
    /// asked for, and data of the creditor that lack.
    /// </summary>
    private static readonly HashSet<string> NotThePayers = new(
        ["R06", "R11", "R17", "R24", "AG02", "AM05", "CNOR", "DNOR", "ED05", "FF01", "FOCR", "RR03"],
        StringComparer.Ordinal);

    /// <summary>
    /// What a customer is billed whose payment was returned; null for nothing. An error of a bank or of ours costs
    /// nothing.
    /// </summary>
    /// <param name="reason">Why it was returned.</param>
    /// <param name="code">The bank's code, or null.</param>
    /// <param name="postedOn">Accounting date of the return.</param>
    /// <param name="currency">Of the customer's account.</param>
    public Money? For(string reason, string? code, DateOnly postedOn, Currency currency)
    {
        if (code is not null && NotThePayers.Contains(code))
            return null;
        var fee = Find(reason, currency.Code);
        return fee is null || postedOn < fee.Since ? null : Money.Of(fee.Amount, currency);
    }

    /// <summary>
    /// These fees, each since the day on which it was first among them without a break: nobody is charged for times in
    /// which it was not.
    /// </summary>
    internal ReturnedPaymentFees After(ReturnedPaymentFees? before, DateOnly today) => new(
        [.. Fees.Select(fee => fee with { Since = before?.Find(fee.Reason, fee.Currency)?.Since ?? today })]);

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
