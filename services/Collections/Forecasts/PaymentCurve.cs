namespace OrderToCash.Collections.Forecasts;

/// <summary>
/// When money comes, in whole days from the due date: for each day the chance that what is still open is paid on it (a
/// discrete hazard). Read like a mortality table: it also answers for an item that has been open for a while.
/// </summary>
public sealed class PaymentCurve
{
    /// <summary>Earliest day looked at; what is paid earlier counts as paid on it.</summary>
    public const int First = -60;

    /// <summary>Latest day looked at; what is open longer goes on as on this day.</summary>
    public const int Last = 180;

    internal const int Days = Last - First + 1;

    private readonly decimal[] _hazards;

    internal PaymentCurve(decimal[] hazards) => _hazards = hazards;

    /// <summary>One for each day from the first to the last; see <see cref="HazardAt"/>.</summary>
    public IReadOnlyList<decimal> Hazards => _hazards;

    /// <summary>The curve with these <see cref="Hazards"/>; null where they are of other days than are looked at now.
    /// </summary>
    public static PaymentCurve? Of(decimal[] hazards) => hazards?.Length == Days ? new PaymentCurve(hazards) : null;

    /// <summary>The chance, 0 to 1, that what is open at the start of this day is paid on it.</summary>
    public decimal HazardAt(int day) => day < First ? 0 : _hazards[Math.Min(day, Last) - First];

    /// <summary>The share, 0 to 1, that is paid by the end of this day.</summary>
    public decimal PaidBy(int day)
    {
        var open = 1m;
        for (var at = First; at <= Math.Min(day, Last); at++)
            open *= 1 - HazardAt(at);
        return 1 - open;
    }

    /// <summary>The first day by whose end at least this share is paid; null when that is after the last day.</summary>
    public int? DayBy(decimal share)
    {
        var open = 1m;
        for (var at = First; at <= Last; at++)
        {
            open *= 1 - HazardAt(at);
            if (1 - open >= share)
                return at;
        }

        return null;
    }
}
