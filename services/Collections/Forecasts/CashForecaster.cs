using OrderToCash.Kernel;

namespace OrderToCash.Collections.Forecasts;

/// <summary>
/// What cash comes when, of what is open today. Every item is paid by its customer's curve
/// (<see cref="PaymentBehaviour"/>), from the age it has reached; promises come on their day with the chance that they
/// are kept, announced payments on theirs, disputed amounts not before they are to be decided, installments of payment
/// plans on their own dates. The mean is exact; the bounds come from scenarios (Monte Carlo): in each, half of a
/// customer's items share its luck, because customers pay in runs. What will be invoiced later is not in it.
/// </summary>
public static class CashForecaster
{
    /// <summary>Days it looks ahead.</summary>
    public const int Horizon = 120;

    private const int Trials = 200;
    private const decimal MostPerDay = 0.95m;

    /// <summary>The forecast: rows of all currencies and grains.</summary>
    /// <param name="asOf">Today; it begins with the day after.</param>
    /// <param name="items">What is open.</param>
    /// <param name="behaviour">How customers pay.</param>
    /// <param name="seed">Of the scenarios: the same seed gives the same bounds.</param>
    public static IReadOnlyList<ForecastRow> Make(
        DateOnly asOf, IReadOnlyList<ExpectedItem> items, PaymentBehaviour behaviour, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(behaviour);
        return
        [
            .. items.Where(item => item.Open.IsPositive)
                .GroupBy(item => item.Open.Currency)
                .OrderBy(group => group.Key.Code, StringComparer.Ordinal)
                .SelectMany(group => new Book(asOf, group.Key, behaviour, new Scenarios(seed)).Rows([.. group])),
        ];
    }

    /// <summary>One currency.</summary>
    private sealed class Book(DateOnly asOf, Currency currency, PaymentBehaviour behaviour, Scenarios chance)
    {
        private readonly decimal[] _expected = new decimal[Horizon];
        private readonly decimal[] _naive = new decimal[Horizon];
        private readonly decimal[] _byAge = new decimal[Horizon];
        private readonly decimal[][] _trials =
            [.. Enumerable.Range(0, Trials).Select(_ => new decimal[Horizon])];

        public IEnumerable<ForecastRow> Rows(IReadOnlyList<ExpectedItem> items)
        {
            foreach (var customer in items.GroupBy(item => item.CustomerId).OrderBy(group => group.Key))
            {
                var luck = Draw();
                var promises = Draw();
                foreach (var item in customer)
                    Add(item, luck, promises);
            }

            return Enum.GetValues<ForecastGrain>().SelectMany(Buckets);
        }

        private uint[] Draw()
        {
            var drawn = new uint[Trials];
            for (var trial = 0; trial < Trials; trial++)
                drawn[trial] = chance.Next();
            return drawn;
        }

        private void Add(ExpectedItem item, uint[] luck, uint[] promises)
        {
            var known = behaviour.Of(item.CustomerId, item.Segment);
            AddNaive(item, known.AverageDays ?? behaviour.AverageDays);
            AddByAge(item);
            var byDay = Chances(item, known.Curve);
            var promise = item.Promise is { } made && DayOf(made.PromisedFor) is { } day
                ? (Day: day, Amount: Math.Min(made.Amount.Amount, item.Open.Amount), made.Chance)
                : (Day: 0, Amount: 0m, Chance: 0m);
            var comes = 1 - item.NeverShare;
            var rest = item.Open.Amount - (promise.Chance * promise.Amount);
            _expected[promise.Day] += promise.Chance * promise.Amount * comes;
            var (sum, bounds) = (0m, new uint[Horizon]);
            for (var at = 0; at < Horizon; at++)
            {
                _expected[at] += rest * comes * byDay[at];
                sum += byDay[at];
                bounds[at] = Scenarios.Bound(sum);
            }

            Play(item.Open.Amount, promise, Scenarios.Bound(item.NeverShare), bounds, luck, promises);
        }

        private void Play(
            decimal open, (int Day, decimal Amount, decimal Chance) promise, uint never, uint[] bounds, uint[] luck,
            uint[] promises)
        {
            var kept = Scenarios.Bound(promise.Chance);
            for (var trial = 0; trial < Trials; trial++)
            {
                var own = chance.Next();
                var drawn = (own & 1) == 0 ? luck[trial] : chance.Next();
                if (never > 0 && chance.Next() < never)
                    continue;
                var rest = open;
                if (promise.Amount > 0 && promises[trial] < kept)
                {
                    _trials[trial][promise.Day] += promise.Amount;
                    rest -= promise.Amount;
                }

                var found = Array.BinarySearch(bounds, drawn);
                var at = found < 0 ? ~found : found + 1;
                if (at < Horizon)
                    _trials[trial][at] += rest;
            }
        }

        /// <summary>The chance of each day that it is the day of payment.</summary>
        private decimal[] Chances(ExpectedItem item, PaymentCurve curve)
        {
            var (chances, open) = (new decimal[Horizon], 1m);
            var due = item.NotBefore is { } decided && decided > item.DueDate ? decided : item.DueDate;
            for (var at = 0; at < Horizon; at++)
            {
                var day = asOf.AddDays(at + 1);
                if (day < item.NotBefore)
                    continue;
                var hazard = curve.HazardAt(day.DayNumber - due.DayNumber) * behaviour.Factor(day.DayOfWeek);
                chances[at] = open * Math.Min(hazard, MostPerDay);
                open -= chances[at];
            }

            return chances;
        }

        /// <summary>Due date plus the average delay; what should have come already comes tomorrow.</summary>
        private void AddNaive(ExpectedItem item, decimal averageDays)
        {
            if (DayOf(item.DueDate.AddDays((int)decimal.Round(averageDays))) is { } day)
                _naive[day] += item.Open.Amount;
        }

        /// <summary>As it gets older.</summary>
        private void AddByAge(ExpectedItem item)
        {
            var open = item.Open.Amount;
            for (var at = 0; at < Horizon; at++)
            {
                var comes = open * behaviour.ByAge.At(asOf.DayNumber + at + 1 - item.DueDate.DayNumber);
                _byAge[at] += comes;
                open -= comes;
            }
        }

        /// <summary>Null after the horizon; what lies in the past is for tomorrow.</summary>
        private int? DayOf(DateOnly date)
        {
            var day = Math.Max(date.DayNumber - asOf.DayNumber - 1, 0);
            return day < Horizon ? day : null;
        }

        private IEnumerable<ForecastRow> Buckets(ForecastGrain grain)
        {
            for (var from = 0; from < Horizon;)
            {
                var to = Math.Min(EndOf(grain, asOf.AddDays(from + 1)).DayNumber - asOf.DayNumber - 1, Horizon - 1);
                var (first, length) = (from, to - from + 1);
                var sums = _trials.Select(trial => Sum(trial, first, length)).Order().ToList();
                yield return new ForecastRow(
                    grain, asOf.AddDays(from + 1), asOf.AddDays(to + 1), Money(Sum(_expected, first, length)),
                    Money(sums[Trials / 10]), Money(sums[Trials / 2]), Money(sums[Trials - (Trials / 10) - 1]),
                    Money(Sum(_naive, first, length)), Money(Sum(_byAge, first, length)));
                from = to + 1;
            }
        }

        private static DateOnly EndOf(ForecastGrain grain, DateOnly day) => grain switch
        {
            ForecastGrain.Day => day,
            ForecastGrain.Week => day.AddDays((7 - (int)day.DayOfWeek) % 7),
            _ => new DateOnly(day.Year, day.Month, DateTime.DaysInMonth(day.Year, day.Month)),
        };

        private static decimal Sum(decimal[] days, int first, int length)
        {
            var sum = 0m;
            for (var at = first; at < first + length; at++)
                sum += days[at];
            return sum;
        }

        private Money Money(decimal amount) => Kernel.Money.Round(amount, currency);
    }
}
