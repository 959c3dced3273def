using System.Collections.Immutable;
using OrderToCash.Kernel;

namespace OrderToCash.Credit.CreditAccounts;

/// <summary>
/// Open balances of one currency by due date, disputed parts aside: what is overdue on a day costs as many steps as
/// there are due dates behind it, however many items there are.
/// </summary>
public sealed record DueBalances
{
    /// <summary>Nothing is open.</summary>
    public static readonly DueBalances None = new();

    private ImmutableSortedDictionary<DateOnly, decimal> ByDay { get; init; } =
        ImmutableSortedDictionary<DateOnly, decimal>.Empty;

    /// <summary>What is due on each day.</summary>
    public IReadOnlyDictionary<DateOnly, decimal> Days => ByDay;

    /// <summary>So much is due on each of these days.</summary>
    public static DueBalances Of(IReadOnlyDictionary<DateOnly, decimal> days) =>
        new() { ByDay = ImmutableSortedDictionary.CreateRange(days) };

    /// <summary>With so much more, or less, due on a day.</summary>
    public DueBalances Add(DateOnly? due, decimal change)
    {
        if (due is not { } day || change == 0)
            return this;
        var after = ByDay.GetValueOrDefault(day) + change;
        return this with { ByDay = after == 0 ? ByDay.Remove(day) : ByDay.SetItem(day, after) };
    }

    /// <summary>What is overdue for more than so many days; a day that is not over counts for none.</summary>
    public decimal OverdueFor(int days, DateOnly today)
    {
        var sum = 0m;
        foreach (var (due, amount) in ByDay)
        {
            if (today.DayNumber - due.DayNumber <= days)
                break;
            sum += amount;
        }

        return sum;
    }

    /// <summary>Days since the oldest of them was due; 0 where nothing is overdue.</summary>
    public int OldestDays(DateOnly today)
    {
        // The first key: enumerating a sorted dictionary begins with it.
        foreach (var (due, _) in ByDay)
            return Math.Max(0, today.DayNumber - due.DayNumber);
        return 0;
    }
}
