using System.Globalization;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Controls;

/// <summary>
/// A day of a bank account: open while something is missing, balanced while bank, receipts and ledger say the same,
/// closed by a person. What is booked on a closed day later opens it again.
/// </summary>
public sealed record CashDay
{
    /// <summary>Before it is closed.</summary>
    public static readonly CashDay Initial = new();

    /// <summary>Stored name, initial state and fold.</summary>
    public static readonly StreamType<CashDay> Type = new("cash_day", Initial, Evolve);

    /// <summary>As it was closed last; null before that.</summary>
    public CashDayClosed? Closed { get; init; }

    /// <summary>The stream of a day.</summary>
    public static Guid IdOf(string bankAccount, DateOnly day) =>
        Ids.From("cash-day", bankAccount, day.ToString("O", CultureInfo.InvariantCulture));

    /// <summary>Closes it with these figures; with the same again it is nothing.</summary>
    public static Decision Close(CashDay day, CashDayClosed wish)
    {
        ArgumentNullException.ThrowIfNull(day);
        ArgumentNullException.ThrowIfNull(wish);
        if (!wish.Figures.Ties)
        {
            var (bank, receipts, ledger) = (wish.Figures.Credits, wish.Figures.Receipts, wish.Figures.Ledger);
            var fees = wish.Figures.Fees is { } charged ? $" less fees of {charged}" : "";
            return Refusal.State(
                "day-open", $"The day does not balance: bank {bank}, receipts {receipts}{fees}, ledger {ledger}.");
        }

        return day.Closed?.Figures == wish.Figures ? Decision.Nothing : Decision.Of(wish);
    }

    /// <summary>State and event in, next state out.</summary>
    public static CashDay Evolve(CashDay day, object fact) => fact switch
    {
        CashDayClosed e => day with { Closed = e },
        _ => throw new InvalidOperationException($"{fact.GetType().Name} is no event of a cash day."),
    };
}
