using System.Numerics;

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
        if (weights.All(weight => weight == 0) || weights.Any(weight => weight < 0))
            throw new ArgumentException("Weights must be zero or more and sum to more than zero.", nameof(weights));

        // Whole numbers throughout: a quotient of decimals loses digits, and with them ties.
        var (currency, unit) = (Currency, Currency.Unit);
        var units = new BigInteger(Math.Abs(Amount) / unit);
        var parts = WholeNumbers(weights);
        var whole = parts.Aggregate(BigInteger.Add);
        var shares = Array.ConvertAll(parts, part => units * part / whole);
        var left = (int)(units - shares.Aggregate(BigInteger.Add));
        var largestRemainders = Enumerable.Range(0, parts.Length)
            .OrderByDescending(index => units * parts[index] % whole)
            .Take(left);
        foreach (var index in largestRemainders)
            shares[index]++;

        var sign = Math.Sign(Amount);
        return Array.ConvertAll(shares, share => Of(sign * (decimal)share * unit, currency));
    }

    /// <summary>The weights times the power of ten that makes all of them whole.</summary>
    private static BigInteger[] WholeNumbers(IReadOnlyList<decimal> weights)
    {
        var scale = weights.Max(weight => weight.Scale);
        return [.. weights.Select(weight => BigInteger.Pow(10, scale - weight.Scale) * Mantissa(weight))];
    }

    /// <summary>The digits of a number without its point: 1250 of 12.50.</summary>
    private static BigInteger Mantissa(decimal number)
    {
        var bits = decimal.GetBits(number);
        return new BigInteger(new decimal(bits[0], bits[1], bits[2], isNegative: false, scale: 0));
    }
}
