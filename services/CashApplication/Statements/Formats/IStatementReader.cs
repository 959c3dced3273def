namespace OrderToCash.CashApplication.Statements.Formats;

/// <summary>
/// Goes through a file of a bank once, forwards, statement by statement and entry by entry, and keeps nothing of what
/// it has handed out:
/// <code>
/// while (reader.NextStatement() is not null)
/// {
///     while (reader.NextEntry() is { } entry) { … }
///     var statement = reader.Statement; // now with everything that stands behind its entries
/// }
/// </code>
/// The first thing wrong ends it with <see cref="StatementRefused"/>; no content of a file causes any other exception.
/// The file is proved whole only when <see cref="NextStatement"/> has given null.
/// </summary>
public interface IStatementReader : IDisposable
{
    /// <summary>The exact format: <c>camt.053.001.08</c>, <c>mt940</c>, <c>bai2</c>, …</summary>
    string Format { get; }

    /// <summary>The bank's identification of the file, as far as it is known by now.</summary>
    string? MessageId { get; }

    /// <summary>
    /// The present statement without its entries, and with all that has been read of it: formats that close with the
    /// balance tell it only once <see cref="NextEntry"/> has given null.
    /// </summary>
    BankStatement Statement { get; }

    /// <summary>
    /// The next statement, or null at the end of the file. Entries not asked for are read and judged all the same.
    /// </summary>
    BankStatement? NextStatement();

    /// <summary>The next entry of the present statement, or null after its last one.</summary>
    StatementEntry? NextEntry();
}

/// <summary>What every reader can do.</summary>
public static class StatementReading
{
    /// <summary>The whole file; throws <see cref="StatementRefused"/> for the first thing wrong in it.</summary>
    public static BankStatementFile ReadAll(this IStatementReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var statements = new List<BankStatement>();
        while (reader.NextStatement() is not null)
        {
            var entries = new List<StatementEntry>();
            while (reader.NextEntry() is { } entry)
                entries.Add(entry);
            statements.Add(reader.Statement with { Entries = entries });
        }

        return new BankStatementFile
        {
            Format = reader.Format,
            MessageId = reader.MessageId,
            Statements = statements,
        };
    }
}
