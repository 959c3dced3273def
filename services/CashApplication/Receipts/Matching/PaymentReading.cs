namespace OrderToCash.CashApplication.Receipts.Matching;

/// <summary>What a payment's text says: read once for all who look at it.</summary>
/// <param name="payment">The payment.</param>
/// <param name="rules">What the legal entity's payers add to its numbers; null for nothing.</param>
public sealed class PaymentReading(Payment payment, ReferenceRules? rules)
{
    private readonly Lazy<IReadOnlySet<string>> _written = new(() => ReferenceKeys.Candidates(payment.Remittance));
    private readonly Lazy<IReadOnlySet<string>> _serials = new(() => ReferenceKeys.Serials(payment.Remittance));

    /// <summary>The payment.</summary>
    public Payment Payment => payment;

    /// <summary>Every key that a document named in it may have.</summary>
    public IReadOnlySet<string> Keys { get; } = ReferenceKeys.Candidates(payment.Remittance, rules);

    /// <summary>
    /// The same without what the rules leave of a number that is written, and that a document has as it stands: it is
    /// that document which is named, and none that has what is left as its number.
    /// </summary>
    public IReadOnlySet<string> KeysBy(MatchFacts facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        if (rules is null)
            return Keys;
        var numbers = _written.Value.SelectMany(facts.NumbersNamed).ToHashSet(StringComparer.Ordinal);
        var left = numbers.Select(rules.Strip).Where(number => !numbers.Contains(number))
            .SelectMany(number => (string[])[ReferenceKeys.Compact(number), ReferenceKeys.Loose(number)])
            .Except(_written.Value).ToHashSet(StringComparer.Ordinal);
        return left.Count == 0 ? Keys : Keys.Where(key => !left.Contains(key)).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>The ends of numbers in it, without leading zeros.</summary>
    public IReadOnlySet<string> Serials => _serials.Value;
}
