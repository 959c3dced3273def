using Microsoft.Extensions.Logging;
using OrderToCash.EventSourcing;

namespace OrderToCash.ServiceDefaults;

/// <summary>
/// Does a part of some work that must not keep the rest waiting; whether it went well. What fails is told by whoever
/// gives this: recurring work in its log and metrics, a request that asks for the same in the log beside its answer.
/// </summary>
/// <param name="part">What it is, in words.</param>
/// <param name="run">The part.</param>
/// <param name="cancellation">What then ends the part is no failure, and ends the whole.</param>
public delegate Task<bool> Attempt(string part, Func<Task> run, CancellationToken cancellation);

/// <summary>What there is of <see cref="Attempt"/> beside recurring work.</summary>
public static partial class Attempts
{
    /// <summary>
    /// What fails and has left nothing behind is told, and the others go on; one that others write to all the time is
    /// such a one. What may have been written, as where the database is away, is thrown: the others would fail, too.
    /// </summary>
    public static Attempt Telling(Action<string, Exception> tell)
    {
        ArgumentNullException.ThrowIfNull(tell);
        return async (part, run, cancellation) =>
        {
            ArgumentNullException.ThrowIfNull(run);
            try
            {
                await run();
                return true;
            }
            catch (Exception error) when (
                !cancellation.IsCancellationRequested && CommitResult.MayBePassedOver(error))
            {
                tell(part, error);
                return false;
            }
        };
    }

    /// <summary>The same for what somebody asks for: its answer says what is not done, and the log why.</summary>
    public static Attempt Logged(ILogger log) => Telling((part, error) => LogFailed(log, part, error));

    [LoggerMessage(Level = LogLevel.Error, EventName = "attempt.failed",
        Message = "{Part} failed; the rest went on")]
    private static partial void LogFailed(ILogger log, string part, Exception error);
}
