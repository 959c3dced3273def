using OrderToCash.Kernel;

namespace OrderToCash.Collections.Activities;

/// <summary>What may be logged.</summary>
public static class ActivityDecider
{
    /// <summary>Clocks of callers run a little ahead.</summary>
    private static readonly TimeSpan Ahead = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Logs an activity as <paramref name="logged"/>, with the outcome that goes without saying where none is given.
    /// </summary>
    public static Decision Log(Activity activity, ActivityLogged logged, ContactOutcome? outcome, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(activity);
        ArgumentNullException.ThrowIfNull(logged);
        if (activity.Logged is not null)
            return Decision.Nothing;
        if (logged.OccurredAt > now + Ahead)
            return ActivityRefusals.InFuture();
        var allowed = OutcomesOf(logged.Channel);
        if (outcome is null && logged.Channel == ContactChannel.Call)
            return ActivityRefusals.OutcomeMissing();
        var settled = outcome ?? allowed[0];
        return allowed.Contains(settled)
            ? Decision.Of(logged with { Outcome = settled })
            : ActivityRefusals.OutcomeDoesNotFit(logged.Channel, settled);
    }

    /// <summary>What may come of a channel; the first goes without saying.</summary>
    public static IReadOnlyList<ContactOutcome> OutcomesOf(ContactChannel channel) => channel switch
    {
        ContactChannel.Email or ContactChannel.Letter or ContactChannel.Sms or ContactChannel.Whatsapp
            or ContactChannel.Portal =>
        [
            ContactOutcome.Sent, ContactOutcome.Failed, ContactOutcome.Replied, ContactOutcome.Disputed,
            ContactOutcome.Promised,
        ],
        ContactChannel.Call =>
        [
            ContactOutcome.Spoke, ContactOutcome.NoAnswer, ContactOutcome.LeftMessage, ContactOutcome.WrongNumber,
            ContactOutcome.Disputed, ContactOutcome.Promised,
        ],
        ContactChannel.Meeting => [ContactOutcome.Spoke, ContactOutcome.Disputed, ContactOutcome.Promised],
        _ => [ContactOutcome.Noted],
    };
}
