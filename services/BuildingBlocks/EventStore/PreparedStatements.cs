using Npgsql;

namespace OrderToCash.EventSourcing;

/// <summary>What the driver believes to have prepared on a connection, and when to doubt it.</summary>
public static class PreparedStatements
{
    /// <summary>
    /// True where a command was cancelled by its own limit of time, or a connection does not know what the driver says
    /// it does: whoever sees this gives up the connections (<see cref="NpgsqlDataSource.Clear"/>).
    /// </summary>
    public static bool Doubts(Exception error) => error is
        PostgresException { SqlState: PostgresErrorCodes.InvalidSqlStatementName or PostgresErrorCodes.QueryCanceled }
        or NpgsqlException { InnerException: TimeoutException { Message: GaveUpReading } };

    /// <summary>Of a command; of a pool that is exhausted, or a server that is away, the driver says other.</summary>
    private const string GaveUpReading = "Timeout during reading attempt";
}
