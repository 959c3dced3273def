namespace OrderToCash.CashApplication.Statements.Formats;

/// <summary>
/// What a statement must satisfy by itself before any of it is booked. Pure: a model in, null or the first refusal out.
/// Its place in the account's history is <see cref="StatementChain"/>'s.
/// </summary>
public static class StatementChecks
{
    /// <summary>The control totals of one statement with its entries.</summary>
    public static StatementRefusal? Check(BankStatement statement)
    {
        ArgumentNullException.ThrowIfNull(statement);
        var totals = new ControlTotals(statement);
        foreach (var entry in statement.Entries)
            totals.Add(entry);
        return totals.Check();
    }
}
