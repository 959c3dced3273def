namespace OrderToCash.Kernel;

public readonly partial record struct Money
{
    /// <summary>
    /// Splits the amount in proportion to the weights without losing or making a minor unit: every share is rounded
    /// down towards zero and the units left over go one each to the largest remainders, ties to the first.
    /// (Largest-remainder method, Hamilton 1792.) The shares sum to the amount exactly and have its sign.
    /// Throws <see cref="ArgumentException"/> on no weights, a negative weight, or weights that sum to zero.
    /// </summary>
    public IReadOnlyList<Money> Split(params IReadOnlyList<decimal> weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        var sum = weights.Sum();
        if (weights.Count == 0 || sum <= 0 || weights.Any(weight => weight < 0))
            throw new ArgumentException("Weights must be zero or more and sum to more than zero.", nameof(weights));

        var unit = Currency.Unit;
        var units = decimal.Truncate(Amount / unit);
        var exact = weights.Select(weight => units / sum * weight).ToArray();
        var shares = exact.Select(decimal.Truncate).ToArray();
        var left = units - shares.Sum();

        // Division may leave the last digit off; the loop then runs the other way and still ends exact.
        var order = Enumerable.Range(0, weights.Count)
            .Where(index => weights[index] > 0)
            .OrderByDescending(index => Math.Abs(exact[index] - shares[index]))
            .ToArray();
        for (var next = 0; left != 0; next = (next + 1) % order.Length)
        {
            shares[order[next]] += Math.Sign(left);
            left -= Math.Sign(left);
        }

        var currency = Currency;
        return Array.ConvertAll(shares, share => Of(share * unit, currency));
    }
}
