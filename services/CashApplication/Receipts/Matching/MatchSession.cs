namespace OrderToCash.CashApplication.Receipts.Matching;

/// <summary>
/// Matches payments one after the other: what one has taken is not there for the next. Each payment is compared only
/// with what its references, its amount or its payer point to, so that a long statement stays quick.
/// </summary>
public sealed class MatchSession(MatchFacts facts, MatchSettings settings)
{
    private readonly Claims _claims = new();
    private MatchFacts _facts = facts;

    /// <summary>
    /// Explains the next payments by these facts, which were read anew while nothing of these payments was written;
    /// what was taken before stays taken.
    /// </summary>
    public void GoOnWith(MatchFacts facts) => _facts = facts;

    /// <summary>Explains the next payment and takes what its chosen explanation uses.</summary>
    public MatchResult Match(Payment payment) => Match(settings.Read(payment));

    /// <summary>The same of one whose text is read.</summary>
    public MatchResult Match(PaymentReading reading)
    {
        ArgumentNullException.ThrowIfNull(reading);
        var result = Matcher.Match(reading, _facts, settings, _claims);
        if (result.Chosen is { } chosen)
            _claims.Take(chosen, reading.Payment.ValueDate);
        return result;
    }

    /// <summary>The suggestion of this key for a payment, or null; nothing is taken by it.</summary>
    public Explanation? Suggestion(Payment payment, string key) =>
        Matcher.Match(settings.Read(payment), _facts, settings, _claims).Suggestions
            .FirstOrDefault(one => one.Key == key);

    /// <summary>Takes what an explanation uses that was chosen by somebody else.</summary>
    public void Take(Explanation explanation, DateOnly valueDate) => _claims.Take(explanation, valueDate);
}
