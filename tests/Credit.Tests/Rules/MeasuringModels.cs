using FsCheck;
using FsCheck.Fluent;
using OrderToCash.Credit.Scoring;

namespace OrderToCash.Credit.Tests.Rules;

/// <summary>CRD-18: whether scores tell those who pay from those who do not.</summary>
public sealed class MeasuringModels
{
    [Fact]
    public void a_score_that_separates_all_has_a_gini_of_one_and_splits_between_them()
    {
        var power = ModelPower.Of([new(20, 0, 5), new(40, 0, 5), new(60, 50, 0), new(90, 40, 0)])!;
        power.ShouldBe(new ModelPower(100, 10, 1m, 1m, 40));
    }

    /// <summary>
    /// Of the 4 × 6 pairs of a bad and a good one, the good one is higher in 3·4 + 1·1 = 13 and level in 3·2 + 1·3 = 9:
    /// AUC = (13 + 4.5) / 24.
    /// </summary>
    [Fact]
    public void a_worked_example()
    {
        var power = ModelPower.Of([new(30, 2, 3), new(50, 3, 1), new(80, 1, 0)])!;
        power.Gini.ShouldBe(decimal.Round((2 * 17.5m / 24) - 1, 4));
        power.KolmogorovSmirnov.ShouldBe(decimal.Round((3m / 4) - (2m / 6), 4));
        power.BestSplit.ShouldBe(30);
    }

    [Fact]
    public void one_score_for_all_tells_nothing() =>
        ModelPower.Of([new(50, 70, 30)])!.ShouldBe(new ModelPower(100, 30, 0m, 0m, null));

    [Fact]
    public void without_both_kinds_there_is_nothing_to_tell_apart()
    {
        ModelPower.Of([]).ShouldBeNull();
        ModelPower.Of([new(50, 70, 0)]).ShouldBeNull();
        ModelPower.Of([new(50, 0, 3)]).ShouldBeNull();
    }

    /// <summary>By counting every pair.</summary>
    [Fact]
    public void gini_is_what_counting_all_pairs_gives()
    {
        var customers = Gen.Choose(0, 20).Zip(Gen.Elements(true, false), (score, bad) => (Score: score, IsBad: bad));
        FsCheck.Check.One(Config.QuickThrowOnFailure, Prop.ForAll(customers.ListOf().ToArbitrary(), all =>
        {
            var goods = all.Where(one => !one.IsBad).Select(one => one.Score).ToList();
            var bads = all.Where(one => one.IsBad).Select(one => one.Score).ToList();
            var power = ModelPower.Of(all.Select(
                one => new ScoreOutcome(one.Score, one.IsBad ? 0 : 1, one.IsBad ? 1 : 0)));
            var pairs = from good in goods from bad in bads select Math.Sign(good - bad);
            return goods.Count == 0 || bads.Count == 0
                ? power is null
                : power!.Gini == decimal.Round(pairs.Sum() / ((decimal)goods.Count * bads.Count), 4);
        }));
    }
}
