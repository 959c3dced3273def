using System.Collections.Immutable;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.ReferenceRates;

/// <summary>A published rate was set for a half-year; what was charged by another one before stays charged.</summary>
/// <param name="Name">What people call it, e.g. <c>ecb</c>.</param>
/// <param name="ValidFrom">1 January or 1 July.</param>
/// <param name="Percent">A year; below zero where it was published so.</param>
public sealed record ReferenceRateSet(string LegalEntity, string Name, DateOnly ValidFrom, decimal Percent);

/// <summary>
/// A published rate of one legal entity over the half-years. The one of 1 January holds for the first half of a year,
/// that of 1 July for the second (Directive 2011/7/EU, Article 3(3)).
/// </summary>
public sealed record ReferenceRate
{
    public static readonly ReferenceRate Initial = new();

    /// <summary>Whose it is; null before it was set.</summary>
    public string? LegalEntity { get; init; }

    /// <summary>Percent a year by the first day of each half-year.</summary>
    public ImmutableSortedDictionary<DateOnly, decimal> Percents { get; init; } =
        ImmutableSortedDictionary<DateOnly, decimal>.Empty;

    /// <summary>The first day of the half-year that a day is in.</summary>
    public static DateOnly HalfYearOf(DateOnly day) => new(day.Year, day.Month <= 6 ? 1 : 7, 1);

    public static ReferenceRate Evolve(ReferenceRate rate, object e) => e switch
    {
        ReferenceRateSet set => rate with
        {
            LegalEntity = set.LegalEntity,
            Percents = rate.Percents.SetItem(set.ValidFrom, set.Percent),
        },
        _ => rate,
    };
}

public static class ReferenceRateStream
{
    public static readonly StreamType<ReferenceRate> Type =
        new("reference_rate", ReferenceRate.Initial, ReferenceRate.Evolve);

    /// <summary>The rate of this name of a legal entity.</summary>
    public static Guid Id(string legalEntity, string name) => Ids.From("reference-rate", legalEntity, name);
}
