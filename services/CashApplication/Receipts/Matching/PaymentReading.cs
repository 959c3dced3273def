namespace OrderToCash.CashApplication.Receipts.Matching;

/// <summary>What a payment's text says: read once for all who look at it.</summary>
/// <param name="payment">The payment.</param>
/// <param name="rules">What the legal entity's payers add to its numbers; null for nothing.</param>
public sealed class PaymentReading(Payment payment, ReferenceRules? rules)
{
    private readonly Lazy<IReadOnlySet<string>> _serials = new(() => ReferenceKeys.Serials(payment.Remittance));

    /// <summary>The payment.</summary>
    public Payment Payment => payment;

    /// <summary>Every key that a document named in it may have.</summary>
    public IReadOnlySet<string> Keys { get; } = ReferenceKeys.Candidates(payment.Remittance, rules);

    /// <summary>The ends of numbers in it, without leading zeros.</summary>
    public IReadOnlySet<string> Serials => _serials.Value;
}
