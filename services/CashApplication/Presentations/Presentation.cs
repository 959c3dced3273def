using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Presentations;

/// <summary>
/// What was done about the payments that a customer is to be asked for again in one currency. Every decision on it goes
/// through this one stream: no two are presented at once.
/// </summary>
public sealed record Presentation
{
    /// <summary>Before anything was presented.</summary>
    public static readonly Presentation Initial = new();

    /// <summary>Stored name, initial state and fold.</summary>
    public static readonly StreamType<Presentation> Type = new("presentation", Initial, Evolve);

    /// <summary>Whose receivables; null before anything was presented or refused.</summary>
    public string? LegalEntity { get; init; }

    /// <summary>Collections' newest asking that was answered; 0 before any was.</summary>
    public long Answered { get; init; }

    /// <summary>What was presented last, or null.</summary>
    public PresentationTaken? Last { get; init; }

    /// <summary>What became of it, where the bank or the processor declined it; or null.</summary>
    public PresentationDeclined? Declined { get; init; }

    /// <summary>One for each customer and currency.</summary>
    public static Guid IdOf(Guid customerId, string currency) =>
        Ids.From("presentation", customerId.ToString("N"), currency);

    /// <summary>State and event in, next state out.</summary>
    public static Presentation Evolve(Presentation presentation, object fact) => fact switch
    {
        PresentationTaken e => presentation with
        {
            LegalEntity = e.LegalEntity,
            Answered = e.Asked,
            Last = e,
            Declined = null,
        },
        PresentationRefused e => presentation with { LegalEntity = e.LegalEntity, Answered = e.Asked },
        PresentationDeclined e => presentation with { Declined = e },
        _ => throw new InvalidOperationException($"{fact.GetType().Name} is no event of a presentation."),
    };
}
