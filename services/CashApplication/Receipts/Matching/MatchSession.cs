using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Receipts.Matching;

/// <summary>
/// Matches payments one after the other against the same candidates: what one has taken is not there for the next. Each
/// payment is compared only with what its references or its amount point to, so that a long statement stays quick.
/// </summary>
public sealed class MatchSession
{
    private readonly Candidates _candidates;
    private readonly MatchPolicy _policy;
    private readonly ILookup<string, Candidate> _byCompactKey;
    private readonly ILookup<string, Candidate> _byLooseKey;
    private readonly ILookup<Money, Candidate> _byAmount;
    private readonly ILookup<string, CustomerCandidate> _customers;
    private readonly Dictionary<(Guid, int), Money> _taken = [];

    /// <summary>Starts with everything available.</summary>
    public MatchSession(Candidates candidates, MatchPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(candidates);
        (_candidates, _policy) = (candidates, policy);
        _byCompactKey = candidates.Items.ToLookup(item => ReferenceKeys.Compact(item.InvoiceNumber));
        _byLooseKey = candidates.Items.ToLookup(item => ReferenceKeys.Loose(item.InvoiceNumber));
        _byAmount = candidates.Items.ToLookup(item => item.Available);
        _customers = candidates.Customers
            .SelectMany(customer =>
                new[] { ReferenceKeys.Compact(customer.Number), ReferenceKeys.Loose(customer.Number) }
                .Distinct().Select(key => (key, customer)))
            .ToLookup(pair => pair.key, pair => pair.customer);
    }

    /// <summary>Explains the next payment and takes what its chosen explanation uses.</summary>
    public MatchResult Match(Payment payment)
    {
        ArgumentNullException.ThrowIfNull(payment);
        var keys = ReferenceKeys.Candidates(payment.Remittance);
        var items = keys
            .SelectMany(key => _byCompactKey[key].Concat(_byLooseKey[key]))
            .Concat(_byAmount[payment.Amount])
            .Distinct()
            .Select(item => _taken.TryGetValue((item.InvoiceId, item.Installment), out var taken)
                ? item with { Available = item.Available - taken }
                : item);
        var result = Matcher.Match(payment, _candidates with
        {
            Items = [.. items],
            Customers = [.. keys.SelectMany(key => _customers[key]).Distinct()],
        }, _policy);
        foreach (var line in result.Chosen?.Lines ?? [])
        {
            var item = (line.InvoiceId, line.Installment);
            _taken[item] = _taken.TryGetValue(item, out var taken) ? taken + line.Amount : line.Amount;
        }

        return result;
    }
}
