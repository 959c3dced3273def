using System.Collections.Immutable;
using OrderToCash.EventSourcing;

namespace OrderToCash.CashApplication.Statements;

/// <summary>
/// A file that a bank sent, and what became of it. A refused one may be imported later, by itself or anew.
/// </summary>
public sealed record StatementImport
{
    /// <summary>Before it comes in.</summary>
    public static readonly StatementImport Initial = new();

    /// <summary>Stored name, initial state and fold.</summary>
    public static readonly StreamType<StatementImport> Type = new("statement_import", Initial, Evolve);

    public StatementFileImported? Imported { get; init; }

    /// <summary>The last refusal; of the past once the file is imported.</summary>
    public StatementFileRefused? Refused { get; init; }

    /// <summary>Lines booked so far.</summary>
    public int Lines { get; init; }

    /// <summary>Of the line that follows, the receipts or pending payments that are recorded already.</summary>
    public ImmutableList<Guid> Begun { get; init; } = [];

    /// <summary>Returned payments of which it is known what they are: statement, entry, payment.</summary>
    public ImmutableHashSet<(int Statement, int Entry, int Detail)> Found { get; init; } = [];

    /// <summary>Fees that are in the books, by statement and line.</summary>
    public ImmutableDictionary<(int Statement, int Entry), BankFee> Fees { get; init; } =
        ImmutableDictionary<(int Statement, int Entry), BankFee>.Empty;

    /// <summary>Fees that were taken back, as they were booked last and how often; they may be in the books again.
    /// </summary>
    public ImmutableDictionary<(int Statement, int Entry), (BankFee Fee, int Times)> FeesTakenBack { get; init; } =
        ImmutableDictionary<(int Statement, int Entry), (BankFee Fee, int Times)>.Empty;

    /// <summary>Notices of change that a person has acted on, by statement and line.</summary>
    public ImmutableHashSet<(int Statement, int Entry)> ActedOn { get; init; } = [];

    /// <summary>True once all lines are booked.</summary>
    public bool IsBooked { get; init; }

    /// <summary><c>held</c> or <c>armed</c>; null where what follows from the file followed at once.</summary>
    public string? Effects { get; init; }

    /// <summary>True while nothing may follow from what is booked of it.</summary>
    public bool HoldsEffects => Effects == StatementEffects.Held;

    /// <summary><c>refused</c>, <c>waiting</c>, <c>booking</c> or <c>imported</c>.</summary>
    public string Status => this switch
    {
        { IsBooked: true } => "imported",
        { Imported: not null } => "booking",
        { Refused.WaitsFor: not null } => "waiting",
        _ => "refused",
    };

    /// <summary>State and event in, next state out.</summary>
    public static StatementImport Evolve(StatementImport import, object fact) => fact switch
    {
        StatementFileImported e => import with { Imported = e, IsBooked = e.Reading is null },
        StatementFileRefused e => import with { Refused = e },
        StatementLinesBooked { Begun: { } begun } => import with { Begun = import.Begun.AddRange(begun) },
        StatementLinesBooked e => import with
        {
            Begun = [],
            Lines = import.Lines + e.Statements.Sum(statement => statement.Lines.Count),
            IsBooked = e.IsLast,
        },
        ReturnedPaymentFound e => import with { Found = import.Found.Add((e.Statement, e.Entry, e.Detail)) },
        ReturnedPaymentClosed e => import with { Found = import.Found.Add((e.Statement, e.Entry, e.Detail)) },
        ReturnedPaymentReviewed => import,
        NoticeOfChangeActedOn e => import with { ActedOn = import.ActedOn.Add((e.Statement, e.Entry)) },
        BankFeesBooked e => import with
        {
            Fees = import.Fees.SetItems(e.Fees.Select(fee => KeyValuePair.Create((fee.Statement, fee.Entry), fee))),
        },
        BankFeeReversed e => import.TakeBack((e.Statement, e.Entry)),
        StatementEffectsHeld => import with { Effects = StatementEffects.Held },
        StatementEffectsArmed => import with { Effects = StatementEffects.Armed },
        _ => throw new InvalidOperationException($"{fact.GetType().Name} is no event of a statement import."),
    };

    private StatementImport TakeBack((int Statement, int Entry) line) => this with
    {
        Fees = Fees.Remove(line),
        FeesTakenBack = FeesTakenBack.SetItem(
            line, (Fees[line], FeesTakenBack.TryGetValue(line, out var before) ? before.Times + 1 : 1)),
    };
}
