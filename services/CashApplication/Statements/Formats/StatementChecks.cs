namespace OrderToCash.CashApplication.Statements.Formats;

/// <summary>
/// What a file must satisfy before any of it is booked. Pure: a model in, null or the first refusal out.
/// Continuity with the account's history is <see cref="StatementContinuity"/>'s.
/// </summary>
public static class StatementChecks
{
    /// <summary>Every statement of a file: it is a booked statement and its control totals hold.</summary>
    public static StatementRefusal? Check(BankStatementFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        return file.Statements.Select(statement => CheckKind(statement.Kind, file.Format) ?? Check(statement))
            .FirstOrDefault(refusal => refusal is not null);
    }

    /// <summary>
    /// Only booked statements become receipts: reports and notifications tell of the same money earlier, and
    /// booking both would count it twice.
    /// </summary>
    public static StatementRefusal? CheckKind(StatementKind kind, string format) =>
        kind is StatementKind.Statement or StatementKind.Collection
        ? null
        : new StatementRefusal(StatementRefusals.UnsupportedStatementType, 0, "Document",
            $"{format} is not a booked statement (camt.053); its money is booked with the statement of the day.");

    /// <summary>The control totals of one statement.</summary>
    public static StatementRefusal? Check(BankStatement statement)
    {
        ArgumentNullException.ThrowIfNull(statement);
        var totals = new ControlTotals(statement);
        foreach (var entry in statement.Entries)
            totals.Add(entry);
        return totals.Check();
    }
}
