using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.MonthEnd;

/// <summary>The loss rate of one bucket of the provision matrix.</summary>
/// <param name="Percent">Of what is open, 0 to 100.</param>
/// <param name="UpTo">Last day overdue: 0 for what is not overdue; null for all that is overdue for longer.</param>
public sealed record LossRate(decimal Percent, int? UpTo = null);

/// <summary>From when on a change against the period before, or the year before, wants a comment.</summary>
/// <param name="Percent">Of the figure before; 10 is 10 %.</param>
/// <param name="Amount">In the books' currency. A change is large when it is above both.</param>
public sealed record FluxThreshold(decimal Percent, decimal Amount);

/// <summary>What a legal entity does at the end of a month was defined; the whole of it as it is now.</summary>
/// <param name="LossRates">The provision matrix, the first bucket first; none where nothing is provided for.</param>
/// <param name="Flux">Null where nobody comments on changes.</param>
/// <param name="UnappliedCash">So much of customers' money, in the books' currency, may be left unapplied when a period
/// is closed; null where nobody has said.</param>
public sealed record MonthEndPolicyDefined(
    string LegalEntity, IReadOnlyList<LossRate> LossRates, FluxThreshold? Flux = null, decimal? UnappliedCash = null);

/// <summary>What a legal entity does at the end of a month.</summary>
public sealed record MonthEndPolicy
{
    private const int MaxBuckets = 12;
    private const int MaxDays = 3650;

    /// <summary>Nothing was ever defined.</summary>
    public static readonly MonthEndPolicy Initial = new();

    /// <summary>As it was defined last; null before that.</summary>
    public MonthEndPolicyDefined? Definition { get; init; }

    /// <summary>State and event in, next state out.</summary>
    public static MonthEndPolicy Evolve(MonthEndPolicy policy, object e) =>
        e is MonthEndPolicyDefined defined ? policy with { Definition = defined } : policy;

    /// <summary>Defines it; saying the same again is nothing.</summary>
    public Decision Define(MonthEndPolicyDefined wish)
    {
        ArgumentNullException.ThrowIfNull(wish);
        if (Check(wish) is { } refusal)
            return refusal;
        return Definition is { } now && now.LossRates.SequenceEqual(wish.LossRates) && now.Flux == wish.Flux
            && now.UnappliedCash == wish.UnappliedCash
            ? Decision.Nothing
            : Decision.Of(wish);
    }

    private static Refusal? Check(MonthEndPolicyDefined wish)
    {
        var rates = wish.LossRates;
        for (var index = 0; index < rates.Count; index++)
        {
            var above = index == 0 ? -1 : rates[index - 1].UpTo ?? MaxDays;
            var isLast = index == rates.Count - 1;
            if (index >= MaxBuckets || (rates[index].UpTo is { } end ? end <= above || end > MaxDays : !isLast))
            {
                return Invalid(
                    $"/lossRates/{index}/upTo",
                    $"There are at most {MaxBuckets} buckets, each ends after the one before, the last one never.");
            }

            if (rates[index].Percent is < 0 or > 100 or { Scale: > 4 })
                return Invalid($"/lossRates/{index}/percent", "A loss rate is 0 to 100 %, with at most 4 decimals.");
        }

        if (rates.Count > 0 && rates[^1].UpTo is not null)
            return Invalid($"/lossRates/{rates.Count - 1}/upTo", "The last bucket never ends.");
        if (wish.UnappliedCash is < 0 or >= Money.Limit)
            return Invalid("/unappliedCash", "The amount is 0 or more.");
        return wish.Flux switch
        {
            { Percent: < 0 or > 1_000 } => Invalid("/flux/percent", "The percentage is 0 to 1,000."),
            { Amount: < 0 or >= Money.Limit } => Invalid("/flux/amount", "The amount is 0 or more."),
            _ => null,
        };
    }

    private static Refusal Invalid(string field, string detail) =>
        new("invalid-month-end-policy", detail, Field: field);
}

/// <summary>Policies by legal entity.</summary>
public static class MonthEndPolicyStream
{
    /// <summary>The kind of stream.</summary>
    public static readonly StreamType<MonthEndPolicy> Type =
        new("month_end_policy", MonthEndPolicy.Initial, MonthEndPolicy.Evolve);

    /// <summary>The policy of a legal entity.</summary>
    public static Guid Id(string legalEntity) => Ids.From("month-end-policy", legalEntity);
}
