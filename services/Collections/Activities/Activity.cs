using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Activities;

/// <summary>An entry of the contact log.</summary>
public sealed record Activity
{
    public static readonly Activity Initial = new();

    /// <summary>What was logged; null before that.</summary>
    public ActivityLogged? Logged { get; init; }

    public static Activity Evolve(Activity activity, object e) => e switch
    {
        ActivityLogged logged => activity with { Logged = logged },
        _ => activity,
    };
}

public static class ActivityStream
{
    public static readonly StreamType<Activity> Type = new("activity", Activity.Initial, Activity.Evolve);
}

/// <summary>Why an entry may be refused.</summary>
public static class ActivityRefusals
{
    public static Refusal OutcomeMissing() => new(
        "outcome-missing", "Say what came of the call.", Field: "/outcome");

    public static Refusal OutcomeDoesNotFit(ContactChannel channel, ContactOutcome outcome) => new(
        "outcome-does-not-fit", $"{outcome} is not what comes of {channel}.", Field: "/outcome");

    public static Refusal UnknownAttempt(Guid attemptId) => new(
        "unknown-attempt", $"No contact with this customer was allowed as {attemptId} in the last 60 days.",
        Field: "/attemptId");

    public static Refusal InFuture() => new(
        "activity-in-future", "The contact log holds what has happened, not what is planned.", Field: "/occurredAt");
}
