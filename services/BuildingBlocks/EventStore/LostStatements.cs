using Npgsql;

namespace OrderToCash.EventSourcing;

/// <summary>
/// After an error the driver can take a statement for prepared that the server has not: every use of it on that
/// connection is refused, and nothing of the transaction is kept. Such connections are given up, and the work is tried
/// again.
/// </summary>
public static class LostStatements
{
    /// <summary>True where this error says so.</summary>
    public static bool Are(Exception error) =>
        error is PostgresException { SqlState: PostgresErrorCodes.InvalidSqlStatementName };
}
