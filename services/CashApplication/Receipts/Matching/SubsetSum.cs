namespace OrderToCash.CashApplication.Receipts.Matching;

/// <summary>What a search for items that sum to an amount came to.</summary>
/// <param name="Found">Indexes of the first combination found, ascending; null for none.</param>
/// <param name="Second">Another one; null for none. Then the first is not the only one.</param>
/// <param name="IsComplete">False when the search ended by its limit: there may be more.</param>
/// <param name="Coincidences">
/// How many combinations of so many items would hit the amount by chance, as parts per million: what the find is worth.
/// </param>
public sealed record SubsetResult(
    IReadOnlyList<int>? Found, IReadOnlyList<int>? Second, bool IsComplete, long Coincidences)
{
    /// <summary>True when exactly one combination sums to the amount, and all were looked at.</summary>
    public bool IsUnique => Found is not null && Second is null && IsComplete;
}

/// <summary>
/// Looks for items that sum exactly to an amount. Bounded by the number of items, their combination's size and steps,
/// never by time, so that it finds the same on every machine. Small combinations are found first.
/// </summary>
public static class SubsetSum
{
    /// <summary>More items are not searched.</summary>
    public const int MaxItems = 200;

    /// <summary>Steps of one search; about two milliseconds.</summary>
    public const int MaxSteps = 200_000;

    /// <summary>
    /// Searches combinations of 2 to <paramref name="maxSize"/> items, and of all but so few.
    /// </summary>
    /// <param name="amounts">In minor units, above zero.</param>
    /// <param name="target">In minor units, above zero.</param>
    public static SubsetResult Find(IReadOnlyList<long> amounts, long target, int maxSize)
    {
        ArgumentNullException.ThrowIfNull(amounts);
        if (amounts.Count is < 2 or > MaxItems || target <= 0)
            return new SubsetResult(null, null, amounts.Count < 2, 0);
        var total = amounts.Sum();
        var search = new Search(amounts);
        for (var size = 2; size <= Math.Min(maxSize, amounts.Count - 1) && search.GoesOn; size++)
            search.Look(target, size, inverted: false);
        var leftOut = Math.Min(3, amounts.Count - 1 - Math.Min(maxSize, amounts.Count - 1));
        for (var size = 1; size <= leftOut && total > target && search.GoesOn; size++)
            search.Look(total - target, size, inverted: true);
        return search.Result(amounts, Math.Min(maxSize, amounts.Count - 1));
    }

    /// <summary>One search, its finds and its steps.</summary>
    private sealed class Search
    {
        /// <summary>So many are as good as more.</summary>
        private const decimal MostCombinations = 1_000_000_000_000;

        private readonly (long Amount, int Index)[] _items;
        private readonly long[] _suffix;
        private readonly List<int[]> _found = [];
        private int _steps;

        public Search(IReadOnlyList<long> amounts)
        {
            _items = [.. amounts.Select((amount, index) => (amount, index)).OrderByDescending(item => item.amount)
                .ThenBy(item => item.index)];
            _suffix = new long[_items.Length + 1];
            for (var index = _items.Length - 1; index >= 0; index--)
                _suffix[index] = _suffix[index + 1] + _items[index].Amount;
        }

        public bool GoesOn => _found.Count < 2 && _steps < MaxSteps;

        public void Look(long target, int size, bool inverted) =>
            Descend(target, size, 0, new int[size], size, inverted);

        public SubsetResult Result(IReadOnlyList<long> amounts, int maxSize)
        {
            var size = _found.Count > 0 ? Math.Min(_found[0].Length, amounts.Count - _found[0].Length) : maxSize;
            return new SubsetResult(
                _found.Count > 0 ? _found[0] : null, _found.Count > 1 ? _found[1] : null, _steps < MaxSteps,
                Coincidences(amounts, size));
        }

        /// <summary>
        /// Items in falling order: an item that is too large, or a rest that is too small, ends a branch.
        /// </summary>
        private void Descend(long rest, int left, int from, int[] chosen, int size, bool inverted)
        {
            for (var index = from; index <= _items.Length - left && GoesOn; index++)
            {
                _steps++;
                var amount = _items[index].Amount;
                if (amount * left < rest || _suffix[index] < rest)
                    return;
                if (amount > rest)
                    continue;
                chosen[size - left] = _items[index].Index;
                if (left > 1)
                    Descend(rest - amount, left - 1, index + 1, chosen, size, inverted);
                else if (amount == rest)
                    Keep(chosen, inverted);
            }
        }

        private void Keep(int[] chosen, bool inverted)
        {
            int[] found = inverted
                ? [.. Enumerable.Range(0, _items.Length).Except(chosen).Order()]
                : [.. chosen.Order()];
            if (!_found.Exists(known => known.AsSpan().SequenceEqual(found)))
                _found.Add(found);
        }

        /// <summary>
        /// Combinations of this size by the number of sums they may have: those are multiples of what all amounts have
        /// in common, up to the largest sum.
        /// </summary>
        private static long Coincidences(IReadOnlyList<long> amounts, int size)
        {
            var unit = amounts.Aggregate(0L, Gcd);
            var sums = Math.Max(1, amounts.OrderDescending().Take(size).Sum() / Math.Max(1, unit));
            decimal combinations = 1;
            for (var chosen = 0; chosen < size && combinations < MostCombinations; chosen++)
                combinations = combinations * (amounts.Count - chosen) / (chosen + 1);
            return (long)(Math.Min(combinations, MostCombinations) * 1_000_000 / sums);
        }

        private static long Gcd(long a, long b)
        {
            while (b != 0)
                (a, b) = (b, a % b);
            return a;
        }
    }
}
