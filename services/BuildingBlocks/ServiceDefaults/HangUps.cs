using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;
using Npgsql;

namespace OrderToCash.ServiceDefaults;

/// <summary>
/// Who hangs up stops nothing that the database does for him: what he asked for is done to its end, within the limit
/// of time that every request has. The driver loses count of what a connection has prepared when a command is cancelled
/// just then; the next who uses that connection gets an error or, rarely, finds nothing where there is something. When
/// the limit of time, or somebody at the server, has cancelled a command, no connection of before is used again. (One
/// that meets its own time limit, whoever had it, takes its connection along:
/// <see cref="EventSourcing.EventStoreRegistration.DataSource"/>.)
/// </summary>
internal sealed class HangUps(RequestDelegate next, NpgsqlDataSource database)
{
    public async Task InvokeAsync(HttpContext http)
    {
        http.RequestAborted = http.Features.Get<IHttpRequestTimeoutFeature>()?.RequestTimeoutToken
            ?? CancellationToken.None;
        try
        {
            await next(http);
        }
        catch (Exception error) when (http.RequestAborted.IsCancellationRequested
            || error is PostgresException
            {
                SqlState: PostgresErrorCodes.InvalidSqlStatementName or PostgresErrorCodes.QueryCanceled,
            })
        {
            database.Clear();
            throw;
        }
    }
}
