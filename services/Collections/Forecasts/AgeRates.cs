namespace OrderToCash.Collections.Forecasts;

/// <summary>
/// The method of aging buckets: of what is open in each bucket of age, the same share comes every day, whoever owes it;
/// an item goes from one bucket to the next as it gets older. Kept beside each forecast, as the rule of due date plus
/// average delay is, to be compared with.
/// </summary>
public sealed class AgeRates
{
    /// <summary>Last day of each bucket, from the due date: not due, to 30, 60 and 90 days late, older.</summary>
    private static readonly int[] Ends = [0, 30, 60, 90, int.MaxValue];

    private readonly decimal[] _rates;

    private AgeRates(decimal[] rates) => _rates = rates;

    /// <summary>
    /// The share of the money in each bucket that came per day in it: what was paid over what was open, by amount and
    /// day, each currency by itself.
    /// </summary>
    public static AgeRates Learn(IReadOnlyList<PaymentObservation> observations)
    {
        ArgumentNullException.ThrowIfNull(observations);
        var averages = observations.GroupBy(seen => seen.Currency)
            .ToDictionary(group => group.Key, group => group.Average(seen => seen.Amount), StringComparer.Ordinal);
        var (paid, open) = (new decimal[Ends.Length], new decimal[Ends.Length]);
        foreach (var seen in observations.Where(seen => seen.Amount > 0))
        {
            var weight = seen.Amount / averages[seen.Currency];
            var from = Math.Min(seen.Entered, seen.Left);
            for (var bucket = Of(from); bucket <= Of(seen.Left); bucket++)
            {
                var first = bucket == 0 ? from : Math.Max(from, Ends[bucket - 1] + 1);
                open[bucket] += weight * (Math.Min(seen.Left, Ends[bucket]) - first + 1);
            }

            if (seen.Paid)
                paid[Of(seen.Left)] += weight;
        }

        return new AgeRates([.. paid.Zip(open, (came, was) => was == 0 ? 0 : came / was)]);
    }

    /// <summary>The share, 0 to 1, of what is open at the start of a day that is paid on it.</summary>
    /// <param name="day">In days from the due date.</param>
    public decimal At(int day) => _rates[Of(day)];

    private static int Of(int day) => Array.FindIndex(Ends, end => day <= end);
}
