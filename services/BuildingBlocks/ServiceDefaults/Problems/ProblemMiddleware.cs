using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Npgsql;
using OrderToCash.EventSourcing;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace OrderToCash.ServiceDefaults;

/// <summary>Turns whatever ends a request badly, an exception or a bare status, into problem details.</summary>
internal sealed partial class ProblemMiddleware(RequestDelegate next, ILogger<ProblemMiddleware> log)
{
    public async Task InvokeAsync(HttpContext http)
    {
        var caller = http.RequestAborted;
        try
        {
            // No text of ours may hold a NUL, and PostgreSQL's refusal of one can leave a half-prepared statement.
            if (http.Request.QueryString.Value?.Contains("%00", StringComparison.Ordinal) == true)
                throw new ProblemException(NotStorable());
            await next(http);
            var response = http.Response;
            if (response.StatusCode >= 400 && !response.HasStarted && response.ContentType is null
                && response.ContentLength is null or 0)
                await Problems.ForStatus(response.StatusCode).ExecuteAsync(http);
        }
        catch (Exception error) when (
            caller.IsCancellationRequested && error is OperationCanceledException or IOException)
        {
            // The caller has gone; nobody reads an answer. The status is for the log and the metrics alone.
            if (!http.Response.HasStarted)
                http.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
        }
        catch (Exception error) when (!http.Response.HasStarted)
        {
            var problem = Explain(error);
            Log(problem, error);
            http.Response.Clear();
            await problem.ExecuteAsync(http);
        }
    }

    internal static Problem Explain(Exception error) => error switch
    {
        ProblemException known => known.Problem,
        BadHttpRequestException bad => BadRequests.Explain(bad),
        ContentionException => Problems.Unavailable("Too many changes meet here at the moment. Try again shortly."),
        UnknownEventTypeException =>
            Problems.Unavailable("A newer version of the service is being rolled out. Try again."),
        PostgresException refused => Explain(refused),
        NpgsqlException or SocketException or TimeoutException or TimeoutRejectedException or BrokenCircuitException
            or HttpRequestException => Problems.Unavailable(),

        // The driver lost its place in the protocol, which it tells by no type of its own: it has closed the
        // connection, and the next attempt has another.
        { Source: "Npgsql" } when error.GetType() == typeof(Exception) => Problems.Unavailable(),
        _ => Problems.Unexpected(),
    };

    private static Problem Explain(PostgresException refused) => refused.SqlState switch
    {
        // Texts with a NUL or broken characters, and values beyond what a column holds: input, not a defect.
        PostgresErrorCodes.CharacterNotInRepertoire or PostgresErrorCodes.UntranslatableCharacter => NotStorable(),
        PostgresErrorCodes.StringDataRightTruncation or PostgresErrorCodes.NumericValueOutOfRange
            or PostgresErrorCodes.DatetimeFieldOverflow =>
            Problems.Malformed("A value is too long, too large or too far away to be stored."),

        // Cancelled by the server's time limit; a read-only server is a standby about to be promoted.
        PostgresErrorCodes.QueryCanceled or PostgresErrorCodes.ReadOnlySqlTransaction => Problems.Unavailable(),

        // The driver has lost count of what it has prepared; the next attempt has another connection.
        PostgresErrorCodes.InvalidSqlStatementName => Problems.Unavailable(),
        _ => refused.IsTransient ? Problems.Unavailable() : Problems.Unexpected(),
    };

    private static Problem NotStorable() => Problems.Malformed("A text holds a character that cannot be stored.");

    private void Log(Problem problem, Exception error)
    {
        if (problem.Status == StatusCodes.Status500InternalServerError)
            LogDefect(log, error);
        else if (problem.Status == StatusCodes.Status503ServiceUnavailable)
            LogUnavailable(log, error.GetType().Name, $"{error.Message} {error.InnerException?.Message}");
    }

    [LoggerMessage(Level = LogLevel.Error, EventName = "http.defect", Message = "A request failed")]
    private static partial void LogDefect(ILogger log, Exception error);

    [LoggerMessage(Level = LogLevel.Warning, EventName = "http.unavailable",
        Message = "A request was answered 503: {Kind}: {Reason}")]
    private static partial void LogUnavailable(ILogger log, string kind, string reason);
}
