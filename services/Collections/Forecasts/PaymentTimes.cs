using OrderToCash.Collections.Policies;

namespace OrderToCash.Collections.Forecasts;

/// <summary>What kind of payer a customer is.</summary>
public enum PayerRating
{
    /// <summary>Its money comes in time.</summary>
    Good,

    /// <summary>Too much of its money comes late.</summary>
    Average,

    /// <summary>Too much of its money comes very late.</summary>
    Bad,
}

/// <summary>
/// When a customer's money comes: shares of what it owes, of four decimals each, that add up to 1. Read from the same
/// curve that forecasts go by (<see cref="PaymentBehaviour"/>).
/// </summary>
/// <param name="OnTime">By the end of the due date.</param>
/// <param name="Late">After it, by the end of the day from which on the policy calls it very late.</param>
/// <param name="VeryLate">Later, or never.</param>
public sealed record PaymentTimes(decimal OnTime, decimal Late, decimal VeryLate)
{
    private const int Decimals = 4;

    /// <summary>The chance, 0 to 1, that what falls due is not paid in time.</summary>
    public decimal ChanceOfLate => Late + VeryLate;

    /// <summary>The shares of a curve.</summary>
    public static PaymentTimes Of(PaymentCurve curve, PayerBenchmarks benchmarks)
    {
        ArgumentNullException.ThrowIfNull(curve);
        ArgumentNullException.ThrowIfNull(benchmarks);
        var onTime = decimal.Round(curve.PaidBy(0), Decimals);
        var byThen = decimal.Round(curve.PaidBy(benchmarks.VeryLateDays), Decimals);
        return new PaymentTimes(onTime, byThen - onTime, 1 - byThen);
    }

    /// <summary>
    /// The rating, each by its benchmark, the worst first: a customer of whose money enough comes very late is a bad
    /// payer however the rest comes.
    /// </summary>
    public PayerRating Rate(PayerBenchmarks benchmarks)
    {
        ArgumentNullException.ThrowIfNull(benchmarks);
        return VeryLate * 100 >= benchmarks.VeryLatePercent ? PayerRating.Bad
            : ChanceOfLate * 100 >= benchmarks.LatePercent ? PayerRating.Average
            : PayerRating.Good;
    }
}
