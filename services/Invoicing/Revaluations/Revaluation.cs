using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Periods;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Revaluations;

/// <summary>What was posted as unrealised for one legal entity and period.</summary>
public sealed record Revaluation
{
    public static readonly Revaluation Initial = new();

    /// <summary>Whose it is; null where nothing was posted.</summary>
    public string? LegalEntity { get; init; }

    /// <summary>What all entries together come to, by currency.</summary>
    public IReadOnlyList<RevaluedCurrency> Posted { get; init; } = [];

    public static Revaluation Evolve(Revaluation revaluation, object e) => e switch
    {
        PeriodRevalued revalued => revaluation with
        {
            LegalEntity = revalued.LegalEntity,
            Posted = revalued.Currencies,
        },
        _ => revaluation,
    };
}

public static class RevaluationStream
{
    public static readonly StreamType<Revaluation> Type =
        new("revaluation", Revaluation.Initial, Revaluation.Evolve);

    /// <summary>The revaluation of a legal entity and period: there is one.</summary>
    public static Guid Id(string legalEntity, Period period) => Ids.From("revaluation", legalEntity, $"{period}");
}
