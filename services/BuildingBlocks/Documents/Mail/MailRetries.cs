namespace OrderToCash.Documents;

/// <summary>
/// What becomes of a mail that was not taken, one rule for all that is mailed. What the server says no to is final.
/// What may pass by itself is put off, longer each time, each mail for itself; where and how often is kept with the
/// mail, so that it outlives a restart. What follows the log keeps its place while the server has only just gone away.
/// </summary>
public static class MailRetries
{
    /// <summary>Times that a mail is put off: a weekend without the mail server, two days and a half in all.</summary>
    public const int Most = 20;

    /// <summary>Mail servers answer in tens of milliseconds; a few mails at once hide that.</summary>
    private const int AtOnce = 4;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(4);

    /// <summary>
    /// So long mails wait for a server that starts anew, without a word of it in their histories. One that makes the
    /// server hang up each time keeps the others waiting no longer.
    /// </summary>
    private static readonly TimeSpan AtItsPlace = TimeSpan.FromMinutes(5);

    /// <summary>All pauses together, in round numbers: who sends nothing gives a mail up no sooner.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromDays(3);

    /// <summary>When to try again: after 5, 10, 20, … minutes and then every 4 hours; null for never again.</summary>
    /// <param name="putOff">How often it was put off already.</param>
    /// <param name="now">The time of the try that failed.</param>
    public static DateTimeOffset? Next(int putOff, DateTimeOffset now)
    {
        if (putOff >= Most)
            return null;
        var pause = FirstPause * Math.Pow(2, putOff);
        return now + (pause < LongestPause ? pause : LongestPause);
    }

    /// <summary>When to try again after this failure; null where it is final.</summary>
    public static DateTimeOffset? Next(MailFailure failure, int putOff, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(failure);
        return failure.IsOfServer || failure.IsPassing ? Next(putOff, now) : null;
    }

    /// <summary>As the other, for what follows the log and was found there.</summary>
    /// <param name="failure">What was said.</param>
    /// <param name="putOff">How often it was put off already.</param>
    /// <param name="wantedAt">The time of the event in the log that wants it sent.</param>
    /// <param name="now">The time of the try that failed.</param>
    /// <exception cref="MailServerAwayException">It waits at its place in the log.</exception>
    public static DateTimeOffset? NextInLog(
        MailFailure failure, int putOff, DateTimeOffset wantedAt, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(failure);
        return failure.IsOfServer && putOff == 0 && now - wantedAt < AtItsPlace
            ? throw new MailServerAwayException(failure.Reason)
            : Next(failure, putOff, now);
    }

    /// <summary>
    /// Does this with each in turn, a few at once. While the server is away for all of a few, those that follow are
    /// left; none that is on its way is broken off.
    /// </summary>
    /// <exception cref="MailServerAwayException">
    /// Some wait for the server: the place in the log is kept, and all are gone through again.
    /// </exception>
    public static async Task EachAsync<T>(IEnumerable<T> wanted, Func<T, Task> send)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        ArgumentNullException.ThrowIfNull(send);
        MailServerAwayException? away = null;
        foreach (var few in wanted.Chunk(AtOnce))
        {
            var faults = await Task.WhenAll(few.Select(WaitingAsync));
            away ??= Array.Find(faults, fault => fault is not null);
            if (Array.TrueForAll(faults, fault => fault is not null))
                break;
        }

        if (away is not null)
            throw away;

        async Task<MailServerAwayException?> WaitingAsync(T one)
        {
            try
            {
                await send(one);
                return null;
            }
            catch (MailServerAwayException fault)
            {
                return fault;
            }
        }
    }
}

/// <summary>The mail server takes no mail at all; nothing is said about any one of them.</summary>
public sealed class MailServerAwayException(string reason) : Exception($"The mail server takes no mail: {reason}");
