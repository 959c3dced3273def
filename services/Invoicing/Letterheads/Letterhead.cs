using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Letterheads;

/// <summary>What stands on the documents of a legal entity.</summary>
public sealed record Letterhead
{
    public static readonly Letterhead Initial = new();

    /// <summary>As it was defined last; null before that.</summary>
    public LetterheadDefined? Definition { get; init; }

    public static Letterhead Evolve(Letterhead letterhead, object e) => e switch
    {
        LetterheadDefined defined => letterhead with { Definition = defined },
        _ => letterhead,
    };
}

public static class LetterheadStream
{
    public static readonly StreamType<Letterhead> Type = new("letterhead", Letterhead.Initial, Letterhead.Evolve);

    /// <summary>One per legal entity.</summary>
    public static Guid Id(string legalEntity) => Ids.From("letterhead", legalEntity);
}
