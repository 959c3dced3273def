using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.LegalEntities;

/// <summary>Where the tax of an invoice is rounded to the currency's minor units.</summary>
public enum TaxRounding
{
    /// <summary>Each line by itself.</summary>
    Line,

    /// <summary>Once per tax code and rate; the lines share the result without losing a unit.</summary>
    Document,
}

/// <summary>The selling company: its currency, its calendar, its accounts.</summary>
public sealed record LegalEntity
{
    public static readonly LegalEntity Initial = new();

    /// <summary>As it was defined last; null before that.</summary>
    public LegalEntityDefined? Definition { get; init; }

    public static LegalEntity Evolve(LegalEntity entity, object e) => e switch
    {
        LegalEntityDefined defined => entity with { Definition = defined },
        _ => entity,
    };
}

public static class LegalEntityStream
{
    public static readonly StreamType<LegalEntity> Type = new("legal_entity", LegalEntity.Initial, LegalEntity.Evolve);

    /// <summary>The code is the natural key: the same code is always the same stream.</summary>
    public static Guid Id(string code) => Ids.From("legal-entity", code);
}
