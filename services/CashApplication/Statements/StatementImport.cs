using OrderToCash.EventSourcing;

namespace OrderToCash.CashApplication.Statements;

/// <summary>A file that a bank sent, and what became of it: imported or refused, once and for all.</summary>
public sealed record StatementImport
{
    /// <summary>Before it comes in.</summary>
    public static readonly StatementImport Initial = new();

    /// <summary>Stored name, initial state and fold.</summary>
    public static readonly StreamType<StatementImport> Type = new("statement_import", Initial, Evolve);

    public StatementFileImported? Imported { get; init; }

    public StatementFileRefused? Refused { get; init; }

    /// <summary>State and event in, next state out.</summary>
    public static StatementImport Evolve(StatementImport import, object fact) => fact switch
    {
        StatementFileImported e => import with { Imported = e },
        StatementFileRefused e => import with { Refused = e },
        _ => throw new InvalidOperationException($"{fact.GetType().Name} is no event of a statement import."),
    };
}
