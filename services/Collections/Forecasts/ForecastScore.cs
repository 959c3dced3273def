namespace OrderToCash.Collections.Forecasts;

/// <summary>How well forecasts foresaw what came, over times that are over. Percents; 5 is 5 %.</summary>
/// <param name="Buckets">Times compared; those in which nothing came are left out of the errors.</param>
/// <param name="Mape">Mean absolute error, each in percent of what came.</param>
/// <param name="NaiveMape">The same of the rule of due date plus average delay.</param>
/// <param name="Bias">All that was expected less all that came, in percent of what came; above zero it was too
/// hopeful.</param>
/// <param name="NaiveBias">The same of the rule.</param>
/// <param name="Coverage">Of 100 times, so many were between the bounds; 80 is what they promise.</param>
/// <param name="ByAgeMape">Mean absolute error of the method of aging buckets; null where it was not kept yet.</param>
/// <param name="ByAgeBias">The bias of that method; null where it was not kept yet.</param>
public sealed record ForecastScore(
    int Buckets, decimal Mape, decimal NaiveMape, decimal Bias, decimal NaiveBias, decimal Coverage,
    decimal? ByAgeMape = null, decimal? ByAgeBias = null)
{
    /// <summary>Compares rows with what came; null where there is nothing to compare.</summary>
    /// <param name="rows">Rows of one currency and grain.</param>
    /// <param name="came">What came on a day, in major units.</param>
    /// <param name="through">Last day of which all is known.</param>
    public static ForecastScore? Of(
        IEnumerable<ForecastRow> rows, IReadOnlyDictionary<DateOnly, decimal> came, DateOnly through)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(came);
        var over = rows.Where(row => row.To <= through).Select(row => (Row: row, Came: Sum(came, row))).ToList();
        var compared = over.Where(pair => pair.Came > 0).ToList();
        if (compared.Count == 0)
            return null;
        var total = over.Sum(pair => pair.Came);
        var isKept = over.TrueForAll(pair => pair.Row.ByAge is not null);
        return new ForecastScore(
            over.Count,
            Percent(compared.Average(pair => Math.Abs(pair.Row.Expected.Amount - pair.Came) / pair.Came)),
            Percent(compared.Average(pair => Math.Abs(pair.Row.Naive.Amount - pair.Came) / pair.Came)),
            Percent((over.Sum(pair => pair.Row.Expected.Amount) - total) / total),
            Percent((over.Sum(pair => pair.Row.Naive.Amount) - total) / total),
            Percent(over.Count(pair => pair.Came >= pair.Row.Low.Amount && pair.Came <= pair.Row.High.Amount)
                / (decimal)over.Count),
            isKept
                ? Percent(compared.Average(pair => Math.Abs(pair.Row.ByAge!.Value.Amount - pair.Came) / pair.Came))
                : null,
            isKept ? Percent((over.Sum(pair => pair.Row.ByAge!.Value.Amount) - total) / total) : null);
    }

    private static decimal Sum(IReadOnlyDictionary<DateOnly, decimal> came, ForecastRow row)
    {
        var sum = 0m;
        for (var day = row.From; day <= row.To; day = day.AddDays(1))
            sum += came.GetValueOrDefault(day);
        return sum;
    }

    private static decimal Percent(decimal share) => decimal.Round(100 * share, 2);
}
