using OrderToCash.Kernel;

namespace OrderToCash.Collections.Forecasts;

/// <summary>
/// How far bounds must be drawn so that they hold what they promise. Scenarios know of chance alone, not of how wrong
/// the curves are; so the same method is played from two days in the past, on what was known then, and held against
/// what came since. The bounds of each grain are widened, never narrowed, until they would have held in 80 of 100 cases
/// (split conformal prediction with scaled errors; Lei and others, Distribution-Free Predictive Inference for
/// Regression, JASA 113, 2018).
/// </summary>
public static class ForecastCalibration
{
    /// <summary>Where there is no past to learn from.</summary>
    private const decimal Unknown = 1.5m;

    private const decimal Most = 6;
    private const int Enough = 5;

    /// <summary>Days ago from which the past is played; long enough ago that some months are over.</summary>
    private static readonly int[] DaysAgo = [120, 60];

    /// <summary>The factors by which to widen bounds, per grain.</summary>
    /// <param name="asOf">Today.</param>
    /// <param name="observations">What is known today.</param>
    /// <param name="seed">Of the scenarios.</param>
    public static IReadOnlyDictionary<ForecastGrain, decimal> Factors(
        DateOnly asOf, IReadOnlyList<PaymentObservation> observations, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(observations);
        var errors = DaysAgo.SelectMany(days => Errors(asOf.AddDays(-days), asOf, observations, seed)).ToLookup(
            error => error.Grain, error => error.Error);
        return Enum.GetValues<ForecastGrain>()
            .ToDictionary(grain => grain, grain => Factor([.. errors[grain].Order()]));
    }

    /// <summary>The rows with bounds that far from the median.</summary>
    public static IReadOnlyList<ForecastRow> Widen(
        IReadOnlyList<ForecastRow> rows, IReadOnlyDictionary<ForecastGrain, decimal> factors)
    {
        ArgumentNullException.ThrowIfNull(factors);
        return
        [
            .. rows.Select(row => row with
            {
                Low = Money.Max(
                    row.Median - (row.Median - row.Low).Times(factors[row.Grain]), Money.Zero(row.Low.Currency)),
                High = row.Median + (row.High - row.Median).Times(factors[row.Grain]),
            }),
        ];
    }

    private static decimal Factor(decimal[] errors) => errors.Length < Enough
        ? Unknown
        : Math.Clamp(errors[Math.Min((int)Math.Ceiling((errors.Length + 1) * 0.8m), errors.Length) - 1], 1, Most);

    /// <summary>Each error over the distance of the bound on its side from the median.</summary>
    private static IEnumerable<(ForecastGrain Grain, decimal Error)> Errors(
        DateOnly then, DateOnly asOf, IReadOnlyList<PaymentObservation> observations, ulong seed)
    {
        var known = observations.Where(seen => DayOf(seen, seen.Entered) <= then).ToList();
        var behaviour = PaymentBehaviour.Learn([.. known.Select(seen => AsOf(seen, then))]);
        var open = known.Where(seen => DayOf(seen, seen.Left) > then).ToList();
        var items = open.ConvertAll(seen => new ExpectedItem(
            seen.CustomerId, seen.Segment, Money.Round(seen.Amount, Currency.Of(seen.Currency)), seen.DueDate));
        var came = open.Where(seen => seen.Paid)
            .GroupBy(seen => (seen.Currency, DayOf(seen, seen.Left)))
            .ToDictionary(group => group.Key, group => group.Sum(seen => seen.Amount));
        foreach (var row in CashForecaster.Make(then, items, behaviour, seed).Where(row => row.To < asOf))
        {
            var sum = 0m;
            for (var day = row.From; day <= row.To; day = day.AddDays(1))
                sum += came.GetValueOrDefault((row.Median.Currency.Code, day));
            var side = sum > row.Median.Amount ? row.High - row.Median : row.Median - row.Low;
            if (sum > 0 || row.High.IsPositive)
                yield return (row.Grain, side.IsZero ? Most : Math.Abs(sum - row.Median.Amount) / side.Amount);
        }
    }

    private static DateOnly DayOf(PaymentObservation seen, int days) => seen.DueDate.AddDays(days);

    private static PaymentObservation AsOf(PaymentObservation seen, DateOnly then) => DayOf(seen, seen.Left) <= then
        ? seen
        : seen with { Left = then.DayNumber - seen.DueDate.DayNumber, Paid = false };
}
