namespace OrderToCash.Credit.CreditAccounts;

/// <summary>Days of the calendar, which has a first and a last one.</summary>
internal static class Days
{
    /// <summary>The first day that a request may name: systems write <c>0001-01-01</c> for none.</summary>
    public static readonly DateOnly First = new(1900, 1, 1);

    /// <summary>
    /// The last day that an order may be needed on, or released until: systems write <c>9999-12-31</c> for none.
    /// </summary>
    public static readonly DateOnly Last = new(2999, 12, 31);

    /// <summary>So many days later, or the last day there is.</summary>
    public static DateOnly Plus(this DateOnly day, int days) =>
        day.DayNumber > DateOnly.MaxValue.DayNumber - days ? DateOnly.MaxValue : day.AddDays(days);
}
