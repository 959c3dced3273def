using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using OrderToCash.Collections.Forecasts;
using OrderToCash.Kernel;
using OrderToCash.TestKit;

namespace OrderToCash.Collections.Tests.Rules;

/// <summary>The method by itself, on books whose future is known.</summary>
public sealed class ForecastingCash
{
    private static readonly DateOnly Today = new(2026, 4, 1);

    /// <summary>
    /// Four forecasts in the second year, seven weeks apart, each held against what came of the invoices open then.
    /// </summary>
    [Fact]
    public void on_forty_thousand_invoices_of_late_payers_it_beats_due_date_plus_average_delay()
    {
        var book = new ForecastBook(20_261_129);
        var scores = new List<ForecastScore>();
        foreach (var round in Enumerable.Range(0, 4))
        {
            var asOf = ForecastBook.Start.AddDays(430 + (49 * round));
            var seen = book.Seen(asOf);
            var rows = ForecastCalibration.Widen(
                CashForecaster.Make(asOf, book.Open(asOf), PaymentBehaviour.Learn(seen), seed: 1),
                ForecastCalibration.Factors(asOf, seen, seed: 1));
            var came = book.Came(asOf);
            scores.Add(Score(ForecastGrain.Week, 56)!);
            Say($"{asOf:yyyy-MM-dd} week 8  {Text(scores[^1])}");
            Say($"{asOf:yyyy-MM-dd} day 28  {Text(Score(ForecastGrain.Day, 28)!)}");
            Say($"{asOf:yyyy-MM-dd} month 3 {Text(Score(ForecastGrain.Month, 100)!)}");

            ForecastScore? Score(ForecastGrain grain, int days) =>
                ForecastScore.Of(rows.Where(row => row.Grain == grain), came, asOf.AddDays(days));
        }

        var all = new
        {
            Mape = scores.Average(one => one.Mape),
            NaiveMape = scores.Average(one => one.NaiveMape),
            Bias = scores.Average(one => Math.Abs(one.Bias)),
            NaiveBias = scores.Average(one => Math.Abs(one.NaiveBias)),
            Coverage = scores.Average(one => one.Coverage),
            ByAgeMape = scores.Average(one => one.ByAgeMape!.Value),
            ByAgeBias = scores.Average(one => Math.Abs(one.ByAgeBias!.Value)),
        };
        Say($"all weeks: {all}");
        all.Mape.ShouldBeLessThan(all.NaiveMape);
        all.Bias.ShouldBeLessThan(all.NaiveBias);
        all.Mape.ShouldBeLessThan(all.ByAgeMape);
        scores.ShouldAllBe(one => one.Mape < one.NaiveMape);
        all.Coverage.ShouldBeInRange(65, 98);
    }

    /// <summary>Nothing is invented: every grain has the same money, at most what is open; bounds in order.</summary>
    [Fact]
    public void however_the_book_looks_the_rows_agree_with_each_other_and_with_it() =>
        Prop.ForAll(
            (from item in
                 from due in Gen.Choose(-200, 200)
                 from cents in Gen.Choose(1, 1_000_000)
                 from customer in Gen.Choose(1, 3)
                 from disputed in Gen.Choose(0, 4)
                 from promised in Gen.Choose(-5, 60)
                 select new ExpectedItem(
                     Ids.From("c", customer.ToString("D", null)), null, Some.Usd(cents / 100m), Today.AddDays(due),
                     disputed == 0 ? Today.AddDays(10) : null, disputed == 0 ? 0.5m : 0,
                     promised > 0 ? new PromisedPart(Some.Usd(cents / 200), Today.AddDays(promised), 0.7m) : null)
             select item).ArrayOf().ToArbitrary(),
            items =>
            {
                var rows = CashForecaster.Make(Today, items, PaymentBehaviour.Learn([]), 7);
                var open = items.Sum(item => item.Open.Amount);
                var sums = rows.GroupBy(row => row.Grain).Select(grain => grain.Sum(row => row.Expected.Amount))
                    .ToList();
                return sums.TrueForAll(sum => sum <= open + 1 && Math.Abs(sum - sums[0]) < 1)
                    && rows.All(row => row.Low <= row.Median && row.Median <= row.High && !row.Low.IsNegative)
                    && rows.GroupBy(row => row.Grain).All(grain =>
                        grain.Zip(grain.Skip(1)).All(pair => pair.First.To.AddDays(1) == pair.Second.From));
            }).QuickCheckThrowOnFailure();

    /// <summary>REP-11: three are open for ten days to the due date, when one is paid; another is five days later.
    /// </summary>
    [Fact]
    public void by_age_the_same_share_of_a_bucket_comes_every_day()
    {
        PaymentObservation[] seen =
        [
            Paid("a", null, 0) with { Entered = -9 }, Paid("b", null, 5) with { Entered = -9 },
            Paid("c", null, 5) with { Entered = -9, Paid = false },
        ];

        var rates = AgeRates.Learn(seen);

        (rates.At(-3), rates.At(0)).ShouldBe((1 / 30m, 1 / 30m));
        (rates.At(1), rates.At(30), rates.At(31), rates.At(500)).ShouldBe((0.1m, 0.1m, 0, 0));
        var rows = CashForecaster.Make(Today, [Item(100, 0)], PaymentBehaviour.Learn(seen), seed: 1)
            .Where(row => row.Grain == ForecastGrain.Day).ToList();
        rows.Take(2).Select(row => row.ByAge!.Value).ShouldBe([Some.Usd(10), Some.Usd(9)]);
        rows.Sum(row => row.ByAge!.Value.Amount).ShouldBeInRange(95.7m, 95.8m);
    }

    [Fact]
    public void the_same_seed_gives_the_same_forecast()
    {
        ExpectedItem[] items = [Item(100, 5), Item(200, -20), Item(300, 40)];

        Make(items).ShouldBe(Make(items));
    }

    [Fact]
    public void who_has_paid_little_is_judged_by_its_kind_and_who_has_paid_much_by_itself()
    {
        var slow = Enumerable.Range(0, 200).Select(index => Paid($"s{index % 20}", "small", 40));
        var own = Enumerable.Range(0, 3).Select(_ => Paid("few", "small", 0));
        var many = Enumerable.Range(0, 200).Select(_ => Paid("many", "small", 0));
        var behaviour = PaymentBehaviour.Learn([.. slow, .. own, .. many]);

        var (few, often, kind) = (Median("few"), Median("many"), Median("unknown"));
        often.ShouldBeInRange(-2, 2);
        few.ShouldBeGreaterThanOrEqualTo(often);
        few.ShouldBeLessThanOrEqualTo(kind);
        behaviour.Of(Ids.From("many"), "small").AverageDays.ShouldBe(0);

        int Median(string name) => behaviour.Of(Ids.From(name), "small").Curve.DayBy(0.5m)!.Value;
    }

    /// <summary>Slow money that has not come yet counts as open, not as unheard of.</summary>
    [Fact]
    public void open_items_make_a_payer_slower()
    {
        PaymentObservation[] paid = [.. Enumerable.Range(0, 20).Select(_ => Paid("c", null, 5))];
        PaymentObservation[] open =
            [.. Enumerable.Range(0, 20).Select(_ => Paid("c", null, 60) with { Paid = false })];

        PaidByDay10([.. paid, .. open]).ShouldBeLessThan(PaidByDay10(paid) - 0.2m);

        static decimal PaidByDay10(PaymentObservation[] seen) =>
            PaymentBehaviour.Learn(seen).Of(Ids.From("c"), null).Curve.PaidBy(10);
    }

    [Fact]
    public void promises_disputes_and_money_that_never_comes_are_laid_over()
    {
        var day = Today.AddDays(9);
        var promised = Make(Item(100, -100) with { Promise = new PromisedPart(Some.Usd(100), day, 1) });
        On(promised, day).ShouldBe(Some.Usd(100));
        promised.Where(row => row.Grain == ForecastGrain.Day).Sum(row => row.Expected.Amount).ShouldBe(100);

        var disputed = Make(Item(100, -30) with { NotBefore = Today.AddDays(20), NeverShare = 0.5m });
        disputed.Where(row => row.To < Today.AddDays(20)).ShouldAllBe(row => row.Expected.IsZero && row.High.IsZero);
        disputed.Where(row => row.Grain == ForecastGrain.Day).Sum(row => row.Expected.Amount).ShouldBeInRange(30, 50);
    }

    [Fact]
    public void a_score_says_what_was_wrong()
    {
        ForecastRow[] rows = [Row(0, 110, 90, 120, 200), Row(1, 80, 70, 90, 50), Row(2, 10, 0, 20, 10)];
        var came = new Dictionary<DateOnly, decimal> { [Today] = 100, [Today.AddDays(1)] = 100 };

        ForecastScore.Of(rows, came, Today.AddDays(2))
            .ShouldBe(new ForecastScore(3, 15, 75, 0, 30, 66.67m));
        ForecastScore.Of(rows, came, Today.AddDays(-1)).ShouldBeNull();

        static ForecastRow Row(int day, decimal expected, decimal low, decimal high, decimal naive) => new(
            ForecastGrain.Day, Today.AddDays(day), Today.AddDays(day), Some.Usd(expected), Some.Usd(low),
            Some.Usd(expected), Some.Usd(high), Some.Usd(naive));
    }

    [Fact]
    public void the_first_forecast_of_a_day_is_kept()
    {
        var spec = new DeciderSpec<Forecast>(Forecast.Initial, Forecast.Evolve);
        var made = new ForecastMade("US01", Today, Today.AddDays(120), 0, []);

        spec.Given().When(forecast => ForecastDecider.Make(forecast, made)).Then(made);
        spec.Given(made).When(forecast => ForecastDecider.Make(forecast, made with { Items = 5 })).ThenNothing();
    }

    private static Money On(IReadOnlyList<ForecastRow> rows, DateOnly day) =>
        rows.Single(row => row.Grain == ForecastGrain.Day && row.From == day).Expected;

    private static IReadOnlyList<ForecastRow> Make(params ExpectedItem[] items) =>
        CashForecaster.Make(Today, items, PaymentBehaviour.Learn([]), 3);

    private static ExpectedItem Item(decimal amount, int due) =>
        new(Ids.From("payer"), null, Some.Usd(amount), Today.AddDays(due));

    private static PaymentObservation Paid(string customer, string? segment, int days) =>
        new(Ids.From(customer), segment, "USD", 100, Today, -30, days, true);

    private static string Text(ForecastScore score) => string.Create(
        CultureInfo.InvariantCulture,
        $"MAPE {score.Mape} % (naive {score.NaiveMape} %, by age {score.ByAgeMape} %), bias {score.Bias} % " +
        $"(naive {score.NaiveBias} %, by age {score.ByAgeBias} %), " +
        $"within bounds {score.Coverage} %");

    private static void Say(string text) => TestContext.Current.TestOutputHelper!.WriteLine(text);
}
