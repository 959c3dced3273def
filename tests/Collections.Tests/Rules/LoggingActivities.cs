using OrderToCash.Collections.Activities;
using OrderToCash.TestKit;

namespace OrderToCash.Collections.Tests.Rules;

public sealed class LoggingActivities
{
    private static readonly DeciderSpec<Activity> Spec = new(Activity.Initial, Activity.Evolve);
    private static readonly DateTimeOffset Now = new(2026, 4, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void a_call_needs_an_outcome_and_the_others_have_one_that_goes_without_saying()
    {
        Log(ContactChannel.Call, null).ThenRefused("outcome-missing");
        Log(ContactChannel.Call, ContactOutcome.LeftMessage)
            .Then(Entry(ContactChannel.Call, ContactOutcome.LeftMessage));
        Log(ContactChannel.Note, null).Then(Entry(ContactChannel.Note, ContactOutcome.Noted));
        Log(ContactChannel.Meeting, null).Then(Entry(ContactChannel.Meeting, ContactOutcome.Spoke));
        Log(ContactChannel.Email, null).Then(Entry(ContactChannel.Email, ContactOutcome.Sent));
        Log(ContactChannel.Sms, null).Then(Entry(ContactChannel.Sms, ContactOutcome.Sent));
        Log(ContactChannel.Whatsapp, ContactOutcome.Replied)
            .Then(Entry(ContactChannel.Whatsapp, ContactOutcome.Replied));
        Log(ContactChannel.Portal, ContactOutcome.Spoke).ThenRefused("outcome-does-not-fit");
        Log(ContactChannel.Note, ContactOutcome.Promised).ThenRefused("outcome-does-not-fit");
        Log(ContactChannel.Letter, ContactOutcome.NoAnswer).ThenRefused("outcome-does-not-fit");
    }

    [Fact]
    public void what_has_not_happened_yet_is_not_logged() =>
        Spec.Given().When(a => ActivityDecider.Log(
                a, Entry(ContactChannel.Note, default) with { OccurredAt = Now.AddHours(1) }, null, Now))
            .ThenRefused("activity-in-future");

    [Fact]
    public void an_entry_is_written_once() =>
        Spec.Given(Entry(ContactChannel.Note, ContactOutcome.Noted))
            .When(a => ActivityDecider.Log(a, Entry(ContactChannel.Note, default), null, Now)).ThenNothing();

    private static DeciderSpec<Activity>.Outcome Log(ContactChannel channel, ContactOutcome? outcome) =>
        Spec.Given().When(a => ActivityDecider.Log(a, Entry(channel, default), outcome, Now));

    private static ActivityLogged Entry(ContactChannel channel, ContactOutcome outcome) =>
        new(Guid.Empty, "US01", channel, outcome, "They will look into it", Now, null);
}
