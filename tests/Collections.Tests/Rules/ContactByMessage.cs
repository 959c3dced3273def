using OrderToCash.Collections.Activities;
using OrderToCash.Collections.Contacts;
using OrderToCash.Collections.Holds;
using OrderToCash.Collections.Policies;

namespace OrderToCash.Collections.Tests.Rules;

/// <summary>I-13 for text messages, WhatsApp and the portal, whoever sends them.</summary>
public sealed class ContactByMessage
{
    private static readonly Guid Customer = Some.Id();

    /// <summary>Noon of a Wednesday in UTC.</summary>
    private static readonly DateTimeOffset Now = new(2026, 4, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>COL-06: each channel has its own caps, its own no, and its own addresses that fail.</summary>
    [Fact]
    public void messages_are_contacts_of_their_own_channels()
    {
        var rules = StandardPolicy.Contact with { Caps = [new ContactCap(CapScope.Contact, ContactChannel.Sms, 1, 7)] };
        object[] sent = [Attempted(-6, "+1 555", ContactChannel.Sms)];
        var (sms, whatsapp) = (
            Moment("+1555", ContactChannel.Sms, rules), Moment("+1555", ContactChannel.Whatsapp, rules));

        Suppressed(sent, sms).ShouldBe((ContactRule.Cap, At(1)));
        Suppressed(sent, whatsapp).Rule.ShouldBeNull();
        Suppressed([Attempted(-6, null, ContactChannel.Sms)], sms).Rule.ShouldBe(
            ContactRule.Cap, "nobody knows to which number");
        object[] no = [new ConsentStated(sms.Point, false, Today, "STOP")];
        Suppressed(no, sms).Rule.ShouldBe(ContactRule.OptedOut);
        Suppressed(no, whatsapp).Rule.ShouldBeNull();
        Suppressed(no, Moment("+1555", ContactChannel.Call, rules)).Rule.ShouldBeNull();
        object[] failed = [new AddressFailed(whatsapp.Point, "no such user", null)];
        Suppressed(failed, whatsapp).Rule.ShouldBe(ContactRule.AddressFailed);
        Suppressed(failed, sms).Rule.ShouldBeNull();
        Suppressed([.. failed, new AddressRestored(whatsapp.Point)], whatsapp).Rule.ShouldBeNull();
        foreach (var moment in new[] { sms, whatsapp, Moment(Some.Id().ToString(), ContactChannel.Portal, rules) })
        {
            Suppressed([], moment with { Holds = [HoldKind.DoNotContact] }).Rule.ShouldBe("do-not-contact");
            Suppressed([], moment with { Agrees = false }).Rule.ShouldBe(ContactRule.OptedOut);
            Suppressed([], moment with { Rules = rules with { ConsentFor = [moment.Point.Channel] } }).Rule
                .ShouldBe(ContactRule.ConsentMissing);
        }
    }

    /// <summary>A telephone rings for a message, too; in the portal there is nothing to hear.</summary>
    [Fact]
    public void the_hours_of_calls_are_those_of_messages_until_something_else_is_said()
    {
        var night = Now.AddHours(10);

        Rule(ContactChannel.Call).ShouldBe(ContactRule.QuietHours);
        Rule(ContactChannel.Sms).ShouldBe(ContactRule.QuietHours);
        Rule(ContactChannel.Whatsapp).ShouldBe(ContactRule.QuietHours);
        Rule(ContactChannel.Portal).ShouldBeNull();
        Rule(ContactChannel.Sms, new QuietHours(ContactChannel.Sms, new(0, 0), new(23, 0), [])).ShouldBeNull();
        Rule(ContactChannel.Portal, new QuietHours(null, new(0, 0), new(20, 0), [])).ShouldBe(ContactRule.QuietHours);

        string? Rule(ContactChannel channel, params QuietHours[] said) => Suppressed([], Moment("+1", channel) with
        {
            Now = night,
            Rules = StandardPolicy.Contact with { QuietHours = [.. StandardPolicy.Contact.QuietHours, .. said] },
        }).Rule;
    }

    private static DateOnly Today => DateOnly.FromDateTime(Now.UtcDateTime);

    private static DateTimeOffset At(int day) => new(Today.AddDays(day), TimeOnly.MinValue, TimeSpan.Zero);

    private static ContactMoment Moment(string? address, ContactChannel channel, ContactRules? rules = null) => new(
        new ContactPoint("US01", Customer, channel, address, "Ana Ruiz"), "UTC", Now, rules ?? StandardPolicy.Contact,
        []);

    private static ContactAttempted Attempted(int day, string? address, ContactChannel channel) => new(
        Moment(address, channel).Point, Today.AddDays(day), Now.AddDays(day), false, false, null, null);

    private static (string? Rule, DateTimeOffset? Until) Suppressed(object[] past, ContactMoment moment)
    {
        var profile = past.Aggregate(ContactProfile.Initial, ContactProfile.Evolve);
        return ContactDecider.Suppress(profile, moment) is { } no ? (no.Rule, no.Until) : (null, null);
    }
}
