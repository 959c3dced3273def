namespace OrderToCash.CashApplication.Statements;

/// <summary>
/// What follows from a file beyond the books: its receipts are matched and applied, what comes back takes receipts back
/// and stops debits, what the bank has not booked yet keeps customers from being dunned. Of a historical file it may be
/// held, and armed later (GW-14, B-20).
/// </summary>
public static class StatementEffects
{
    /// <summary>Nothing follows until somebody arms the file.</summary>
    public const string Held = "held";

    /// <summary>It was held, and follows now.</summary>
    public const string Armed = "armed";
}
