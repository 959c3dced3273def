using Dapper;
using Npgsql;
using OrderToCash.EventSourcing;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.ReadModels;

/// <summary>
/// The moments up to which reports know. What was recorded until then is told the same for ever: a moment is told to
/// all writers first, so that nothing is recorded at it or before it any more, and then those are waited for who had
/// begun to write. It rests on no clock: a writer whose clock is slow, or who was held up, is recorded after what was
/// told; one whose clock is fast is known from the moment its clock says.
/// </summary>
public sealed class ReportMoments(EventStore store, TimeProvider clock)
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(5);

    /// <summary>A large batch takes a second.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private const string Read = "select least(@at::timestamptz, clock_timestamp()) as at, settled from report_moments";

    private const string Tell = "update report_moments set told = @at where told < @at";

    private const string Writers = "select * from moment_writers()";

    private const string Settled = "update report_moments set settled = @at where settled < @at";

    /// <summary>An append is of a moment that no report was told.</summary>
    public static NpgsqlBatchCommand? Check(IReadOnlyList<StoredEvent> events)
    {
        ArgumentNullException.ThrowIfNull(events);
        if (events.Count == 0)
            return null;
        var command = new NpgsqlBatchCommand("select check_recorded_at($1)");
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = events[0].At });
        return command;
    }

    /// <summary>The moment that was asked for, as it can be reported; null where none was asked for.</summary>
    public async Task<DateTimeOffset?> KnownAsync(DateTimeOffset? asked, CancellationToken cancellation) =>
        asked is null ? null : await TellAsync(asked, cancellation);

    /// <summary>
    /// The moment, in UTC, once all is there that was recorded until then; without one it is now by the database's
    /// clock, as is one to come: what is recorded until then is not known. 503 where somebody writes for longer than
    /// one waits.
    /// </summary>
    public async Task<DateTimeOffset> TellAsync(DateTimeOffset? moment, CancellationToken cancellation)
    {
        await using var connection = await store.Database.OpenConnectionAsync(cancellation);
        var (known, settled) = await connection.QuerySingleAsync<(DateTime At, DateTime Settled)>(new CommandDefinition(
            Read, new { at = moment?.ToUniversalTime() }, cancellationToken: cancellation));
        var at = new DateTimeOffset(known, TimeSpan.Zero);
        if (known <= settled)
            return at;
        await connection.ExecuteAsync(new CommandDefinition(Tell, new { at }, cancellationToken: cancellation));
        var writing = await WritersAsync(connection, cancellation);
        for (var since = clock.GetTimestamp(); writing.Count > 0;)
        {
            if (clock.GetElapsedTime(since) > Patience)
            {
                throw new ProblemException(Problems.Unavailable(
                    "Something is being written for long that may belong to the report. Try again shortly."));
            }

            await Task.Delay(LookAgain, clock, cancellation);
            writing.IntersectWith(await WritersAsync(connection, cancellation));
        }

        await connection.ExecuteAsync(new CommandDefinition(Settled, new { at }, cancellationToken: cancellation));
        return at;
    }

    private static async Task<HashSet<string>> WritersAsync(
        NpgsqlConnection connection, CancellationToken cancellation) =>
        (await connection.QueryAsync<string>(new CommandDefinition(Writers, cancellationToken: cancellation)))
        .ToHashSet();
}
