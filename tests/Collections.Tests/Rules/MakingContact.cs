using FsCheck;
using FsCheck.Fluent;
using OrderToCash.Collections.Activities;
using OrderToCash.Collections.Contacts;
using OrderToCash.Collections.Holds;
using OrderToCash.Collections.Policies;
using OrderToCash.TestKit;

namespace OrderToCash.Collections.Tests.Rules;

/// <summary>I-13: what may not be is found at the moment of contact, whoever makes it.</summary>
public sealed class MakingContact
{
    private static readonly Guid Customer = Some.Id();
    private static readonly DeciderSpec<ContactProfile> Spec = new(ContactProfile.Initial, ContactProfile.Evolve);

    /// <summary>Noon of a Wednesday in UTC.</summary>
    private static readonly DateTimeOffset Now = new(2026, 4, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void it_takes_place_and_counts()
    {
        Spec.Given().When(profile => ContactDecider.Attempt(profile, Moment(), null))
            .Then(new ContactAttempted(Moment().Point, Today, Now, false, false, null, null));
        Spec.Given(Attempted(-6), Attempted(-5), Attempted(-4), Attempted(-3), Attempted(-2), Attempted(-1))
            .When(profile => ContactDecider.Attempt(profile, Moment(), null))
            .ThenState(profile => profile.Attempts.Count.ShouldBe(7));
    }

    [Fact]
    public void the_eighth_in_seven_days_is_suppressed_until_the_first_of_them_is_a_week_ago()
    {
        var days = new[] { -6, -6, -5, -4, -3, -2, -1 };

        Suppressed([.. days.Select(day => Attempted(day))], Moment()).ShouldBe(
            (ContactRule.Cap, At(1)));
        Suppressed([.. days.Select(day => Attempted(day - 1))], Moment()).Rule.ShouldBeNull();
    }

    /// <summary>The example of 12 CFR 1006.14(b)(2): after a conversation on day 1 the next call is on day 8.</summary>
    [Fact]
    public void after_a_conversation_there_is_silence_for_seven_days_its_own_the_first()
    {
        Suppressed([Attempted(-6, talked: true)], Moment()).ShouldBe((ContactRule.Silence, At(1)));
        Suppressed([Attempted(-7, talked: true)], Moment()).Rule.ShouldBeNull();
        Suppressed([Attempted(0, talked: true)], Moment()).ShouldBe((ContactRule.Silence, At(7)));
    }

    /// <summary>COL-05: seven in seven days about each debt; what names none is about all of them.</summary>
    [Fact]
    public void a_cap_may_count_each_invoice_by_itself()
    {
        var (one, other) = (Some.Id(), Some.Id());
        var rules = StandardPolicy.Contact with { Caps = [new ContactCap(CapScope.Invoice, null, 2, 7)] };
        object[] once = [About(-6, one), About(-1, one, other)];

        Suppressed(once, With(one)).ShouldBe((ContactRule.Cap, At(1)));
        Suppressed(once, With(other)).Rule.ShouldBeNull();
        Suppressed(once, With(one, other)).Rule.ShouldBe(ContactRule.Cap);
        Suppressed(once, With()).Rule.ShouldBe(ContactRule.Cap, "it is about the one, too");
        Suppressed(once, With(Some.Id())).Rule.ShouldBeNull();
        Suppressed([.. once, Attempted(0)], With(other)).ShouldBe((ContactRule.Cap, At(6)));
        Suppressed([Attempted(-2), Attempted(-1)], With(Some.Id())).ShouldBe((ContactRule.Cap, At(5)));

        // It is stored only where it counts, and an entry of the log is about what its attempt was about.
        var asked = Some.Id();
        Spec.Given().When(profile => ContactDecider.Attempt(profile, With(one), null, asked))
            .ThenState(profile => profile.Attempts.Single().InvoiceIds.ShouldBe([one]));
        Spec.Given(About(0, one) with { ActivityId = asked })
            .When(profile => ContactDecider.Note(profile, With(), conversation: false, asked))
            .ThenState(profile => profile.Attempts.Single().InvoiceIds.ShouldBe([one]));
        Spec.Given()
            .When(profile => ContactDecider.Attempt(
                profile, With(one) with { Rules = StandardPolicy.Contact }, null))
            .ThenState(profile => profile.Attempts.Single().InvoiceIds.ShouldBeNull());

        ContactAttempted About(int day, params Guid[] invoices) => Attempted(day) with { InvoiceIds = invoices };

        ContactMoment With(params Guid[] invoices) => Moment() with
        {
            Rules = rules,
            InvoiceIds = invoices.Length == 0 ? null : invoices,
        };
    }

    [Fact]
    public void regulation_f_counts_calls_per_person_and_leaves_mail_alone()
    {
        object[] calls = [.. Enumerable.Range(0, 7).Select(_ => Attempted(0, "+1", ContactChannel.Call))];
        var rules = StandardPolicy.RegulationF;

        Suppressed(calls, Moment("+1", ContactChannel.Call, rules)).Rule.ShouldBe(ContactRule.Cap);
        Suppressed(calls, Moment("+2", ContactChannel.Call, rules)).Rule.ShouldBeNull();
        Suppressed(calls, Moment("a@b.example", ContactChannel.Email, rules)).Rule.ShouldBeNull();
        object[] talked = [Attempted(0, "+1", ContactChannel.Call, talked: true)];
        Suppressed(talked, Moment("+1", ContactChannel.Call, rules)).Rule.ShouldBe(ContactRule.Silence);
        Suppressed(talked, Moment("a@b.example", ContactChannel.Email, rules)).Rule.ShouldBeNull();
    }

    [Fact]
    public void a_call_that_the_contact_asked_for_within_seven_days_does_not_count()
    {
        var asked = new ConsentStated(Moment("+1", ContactChannel.Call).Point, true, Today, "asked to be called");
        var calls = Enumerable.Range(0, 9).Aggregate(
            ContactProfile.Evolve(ContactProfile.Initial, asked),
            (profile, _) => ContactDecider.Attempt(
                profile, Moment("+1", ContactChannel.Call, StandardPolicy.RegulationF), null).Events
                .Aggregate(profile, ContactProfile.Evolve));

        calls.Attempts.Count.ShouldBe(9);
        calls.Attempts.ShouldAllBe(attempt => attempt.Consented);
    }

    [Fact]
    public void who_opted_out_is_left_alone_on_that_channel_at_that_address()
    {
        var no = new ConsentStated(Moment().Point, false, Today, "unsubscribe link");

        Suppressed([no], Moment()).ShouldBe((ContactRule.OptedOut, null));
        Suppressed([no], Moment("AP@globex.example")).Rule.ShouldBe(ContactRule.OptedOut);
        Suppressed([no], Moment("other@globex.example")).Rule.ShouldBeNull();
        Suppressed([no], Moment("+1", ContactChannel.Call)).Rule.ShouldBeNull();
        Suppressed([no, no with { Granted = true }], Moment()).Rule.ShouldBeNull();
    }

    /// <summary>I-13: of what is said here and what Invoicing says the newer word counts.</summary>
    [Fact]
    public void who_does_not_agree_to_be_written_to_is_not_until_they_say_otherwise()
    {
        var (told, here) = (Moment() with { Agrees = false }, Moment().Point);
        var noted = new ConsentStated(here, false, Today, "Invoicing", ByInvoicing: true);
        var yes = new ConsentStated(here, true, Today, "call");

        Suppressed([], told).Rule.ShouldBe(ContactRule.OptedOut);
        Suppressed([noted], told).Rule.ShouldBe(ContactRule.OptedOut);
        Suppressed([noted, yes], told).Rule.ShouldBeNull();
        Suppressed([yes], told).Rule.ShouldBe(ContactRule.OptedOut);
        Suppressed([noted], told with { Agrees = true }).Rule.ShouldBeNull();
        var own = noted with { ByInvoicing = false };
        Suppressed([own], told with { Agrees = true }).Rule.ShouldBe(ContactRule.OptedOut);
        Suppressed([noted, own], told with { Agrees = true }).Rule.ShouldBe(ContactRule.OptedOut);

        Spec.Given().When(profile => ContactDecider.Hear(profile, here, false, Today)).Then(noted);
        Spec.Given(noted).When(profile => ContactDecider.Hear(profile, here, false, Today)).ThenNothing();
        Spec.Given(noted, yes).When(profile => ContactDecider.Hear(profile, here, false, Today)).ThenNothing();
        Spec.Given(noted).When(profile => ContactDecider.Hear(profile, here, true, Today))
            .Then(noted with { Granted = true });
        Spec.Given().When(profile => ContactDecider.Hear(profile, here, true, Today)).ThenNothing();
        Spec.Given(noted).When(profile => ContactDecider.Hear(profile, here, null, Today)).ThenNothing();
        Spec.Given(noted, own).When(profile => ContactDecider.Hear(profile, here, true, Today)).ThenNothing();
        Spec.Given(own).When(profile => ContactDecider.Hear(profile, here, false, Today)).ThenNothing();
    }

    [Fact]
    public void an_agreement_to_be_written_to_is_consent_and_no_request_to_be_contacted()
    {
        var rules = StandardPolicy.Contact with { ConsentFor = [ContactChannel.Email] };
        var agrees = Moment(rules: rules) with { Agrees = true };
        var lifted = new ConsentStated(agrees.Point, true, Today, "Invoicing", ByInvoicing: true);

        Suppressed([], agrees with { Agrees = null }).Rule.ShouldBe(ContactRule.ConsentMissing);
        Suppressed([], agrees).Rule.ShouldBeNull();
        ContactDecider.Attempt(ContactProfile.Evolve(ContactProfile.Initial, lifted), agrees, null).Events
            .ShouldHaveSingleItem().ShouldBeOfType<ContactAttempted>().Consented.ShouldBeFalse();
    }

    /// <summary>A telephone number is the same however it is written down.</summary>
    [Theory]
    [InlineData("+1 512 555 0100", "+15125550100")]
    [InlineData("001-512-555.0100", "+1 (512) 555 0100")]
    [InlineData("+44 (0)20 5550 0100", "+442055500100")]
    [InlineData("AP@Globex.example ", "ap@globex.example")]
    public void caps_and_opt_outs_of_an_address_hold_however_it_is_written(string one, string other)
    {
        ContactProfile.Key(one).ShouldBe(ContactProfile.Key(other));
        object[] calls = [.. Enumerable.Range(0, 7).Select(_ => Attempted(0, one, ContactChannel.Call))];
        var no = new ConsentStated(Moment(one, ContactChannel.Call).Point, false, Today, "call");

        Suppressed(calls, Moment(other, ContactChannel.Call, StandardPolicy.RegulationF)).Rule
            .ShouldBe(ContactRule.Cap);
        Suppressed([no], Moment(other, ContactChannel.Call)).Rule.ShouldBe(ContactRule.OptedOut);
        ContactProfile.Key("0512 555 0100").ShouldNotBe(ContactProfile.Key("+512 555 0100"));
    }

    [Fact]
    public void a_call_to_a_number_that_nobody_wrote_down_counts_for_everybody()
    {
        var unknown = new ContactAttempted(
            Moment(channel: ContactChannel.Call).Point with { Address = null }, Today, Now, false, false, null, null);
        object[] calls = [.. Enumerable.Repeat(unknown, 7)];

        Suppressed(calls, Moment("+1", ContactChannel.Call, StandardPolicy.RegulationF)).Rule
            .ShouldBe(ContactRule.Cap);
    }

    /// <summary>Of merged customers one company is left: one cap, and a no to one is a no to all.</summary>
    [Fact]
    public void what_was_said_and_tried_at_a_merged_customer_counts_for_its_survivor()
    {
        var no = new ConsentStated(Moment().Point, false, Today, "call");
        var yes = no with { Granted = true };
        var duplicate = Profile([.. Enumerable.Range(0, 4).Select(_ => Attempted(0)), no]);

        Profile([.. Enumerable.Range(0, 3).Select(_ => Attempted(-1))]).With(duplicate).Attempts.Count.ShouldBe(7);
        Profile([]).With(duplicate).ConsentOf(no.Point.Address, ContactChannel.Email)!.Granted.ShouldBeFalse();
        Profile([yes]).With(duplicate).ConsentOf(no.Point.Address, ContactChannel.Email)!.Granted.ShouldBeFalse();
        Profile([yes with { On = Today.AddDays(1) }]).With(duplicate)
            .ConsentOf(no.Point.Address, ContactChannel.Email)!.Granted.ShouldBeTrue();

        static ContactProfile Profile(object[] past) =>
            past.Aggregate(ContactProfile.Initial, ContactProfile.Evolve);
    }

    [Fact]
    public void where_consent_is_needed_first_nobody_is_contacted_without_it()
    {
        var rules = StandardPolicy.Contact with { ConsentFor = [ContactChannel.Call] };
        var yes = new ConsentStated(Moment("+1", ContactChannel.Call).Point, true, Today.AddDays(-90), "contract");

        Suppressed([], Moment("+1", ContactChannel.Call, rules)).Rule.ShouldBe(ContactRule.ConsentMissing);
        Suppressed([yes], Moment("+1", ContactChannel.Call, rules)).Rule.ShouldBeNull();
        Suppressed([], Moment(rules: rules)).Rule.ShouldBeNull();
    }

    [Theory]
    [InlineData(HoldKind.LegalHold, "legal-hold")]
    [InlineData(HoldKind.DoNotContact, "do-not-contact")]
    [InlineData(HoldKind.CeaseAndDesist, "cease-and-desist")]
    [InlineData(HoldKind.Bankruptcy, "bankruptcy")]
    [InlineData(HoldKind.InternalParty, "internal-party")]
    [InlineData(HoldKind.DunningBlock, null)]
    public void a_hold_forbids_it_by_every_channel(HoldKind kind, string? rule)
    {
        foreach (var channel in new[] { ContactChannel.Email, ContactChannel.Call, ContactChannel.Letter })
            Suppressed([], Moment(channel: channel) with { Holds = [kind] }).Rule.ShouldBe(rule);
    }

    [Fact]
    public void mail_to_a_failed_address_is_suppressed_until_it_is_good_again()
    {
        var failed = new AddressFailed(Moment().Point, "550 no such mailbox", null);

        Suppressed([failed], Moment()).Rule.ShouldBe(ContactRule.AddressFailed);
        Suppressed([failed, new AddressRestored(Moment().Point)], Moment()).Rule.ShouldBeNull();
        Spec.Given(failed).When(profile => ContactDecider.Fail(profile, failed)).ThenNothing();
    }

    [Fact]
    public void what_has_happened_is_noted_and_so_is_the_rule_it_broke()
    {
        var activity = Some.Id();
        var night = Moment("+1", ContactChannel.Call) with { Now = Now.AddHours(11) };

        Spec.Given().When(profile => ContactDecider.Note(profile, night, true, activity)).Then(
            new ContactAttempted(night.Point, Today, night.Now, true, false, null, activity),
            new ContactRuleBroken(
                night.Point, ContactRule.QuietHours, "It is Wed 23:00 where the contact is.", activity));
    }

    [Fact]
    public void an_attempt_that_was_allowed_counts_once_when_its_outcome_is_logged()
    {
        var activity = Some.Id();
        var allowed = new ContactAttempted(Moment().Point, Today, Now, false, false, null, activity);

        Spec.Given(allowed).When(profile => ContactDecider.Note(profile, Moment(), true, activity))
            .ThenState(profile => profile.Attempts.ShouldHaveSingleItem().Conversation.ShouldBeTrue());
    }

    /// <summary>
    /// I-13 over random calendars and zones from −11 to +14: contact takes place exactly where a count over all that
    /// went before, day by day on the contact's own wall, allows it.
    /// </summary>
    [Fact]
    public void i13_caps_silence_and_hours_hold_in_every_zone_whatever_was_tried_before() => Prop.ForAll(
        Story.Stories.ToArbitrary(), story =>
        {
            var profile = ContactProfile.Initial;
            var done = new List<(DateTime Local, bool Talked)>();
            foreach (var (hours, talked) in story.Attempts)
            {
                var moment = Moment(zone: story.Zone, rules: story.Rules) with { Now = Now.AddHours(hours) };
                var local = moment.LocalNow;
                var allowed = story.Allows(local, done);
                var decision = ContactDecider.Attempt(profile, moment, null);
                if (decision.Events[0] is ContactAttempted != allowed)
                    return false;
                if (decision.Events[0] is ContactSuppressed { Until: { } until } && !story.OpensAt(until, done))
                    return false;
                if (allowed)
                {
                    done.Add((local, talked));
                    profile = ContactDecider.Note(profile, moment, talked, Some.Id()).Events
                        .Aggregate(profile, ContactProfile.Evolve);
                }
            }

            return true;
        }).QuickCheckThrowOnFailure();

    private static DateOnly Today => DateOnly.FromDateTime(Now.UtcDateTime);

    private static DateTimeOffset At(int day) => new(Today.AddDays(day), TimeOnly.MinValue, TimeSpan.Zero);

    private static ContactMoment Moment(
        string address = "ap@globex.example", ContactChannel channel = ContactChannel.Email,
        ContactRules? rules = null, string zone = "UTC") => new(
            new ContactPoint("US01", Customer, channel, address, "Ana Ruiz"), zone, Now,
            rules ?? StandardPolicy.Contact, []);

    private static ContactAttempted Attempted(
        int day, string address = "ap@globex.example", ContactChannel channel = ContactChannel.Email,
        bool talked = false) => new(
            Moment(address, channel).Point, Today.AddDays(day), Now.AddDays(day), talked, false, null, null);

    private static (string? Rule, DateTimeOffset? Until) Suppressed(object[] past, ContactMoment moment)
    {
        var profile = past.Aggregate(ContactProfile.Initial, ContactProfile.Evolve);
        return ContactDecider.Suppress(profile, moment) is { } no ? (no.Rule, no.Until) : (null, null);
    }

    /// <summary>
    /// Rules of some kind, a place, and attempts at growing hours; the rules said the long way round.
    /// </summary>
    private sealed record Story(
        string Zone, int Cap, int Days, int Silence, int From, int To, DayOfWeek[] Off,
        (int Hours, bool Talked)[] Attempts)
    {
        private static readonly string[] Zones =
        [
            "Pacific/Pago_Pago", "Pacific/Honolulu", "America/Los_Angeles", "America/Chicago", "America/St_Johns",
            "America/Sao_Paulo", "UTC", "Europe/Paris", "Africa/Cairo", "Asia/Kathmandu", "Asia/Tokyo",
            "Australia/Lord_Howe", "Pacific/Chatham", "Pacific/Apia", "Pacific/Kiritimati",
        ];

        public static readonly Gen<Story> Stories =
            from zone in Gen.Elements(Zones)
            from cap in Gen.Choose(1, 4)
            from days in Gen.Choose(1, 10)
            from silence in Gen.Choose(0, 9)
            from fromHour in Gen.Choose(0, 12)
            from toHour in Gen.Choose(13, 23)
            from off in Gen.Elements(DayOfWeek.Saturday, DayOfWeek.Sunday, DayOfWeek.Wednesday).ArrayOf()
            from attempts in (from gap in Gen.Choose(1, 60)
                              from talked in Gen.Frequency((4, Gen.Constant(false)), (1, Gen.Constant(true)))
                              select (gap, talked)).ArrayOf()
            select new Story(zone, cap, days, silence, fromHour, toHour, [.. off.Distinct()], Sums(attempts));

        public ContactRules Rules => new(
            [new ContactCap(CapScope.Customer, null, Cap, Days)], Silence, [],
            [new QuietHours(null, new TimeOnly(From, 0), new TimeOnly(To, 0), Off)], []);

        public bool Allows(DateTime local, List<(DateTime Local, bool Talked)> done)
        {
            if (local.Hour < From || local.Hour >= To || Off.Contains(local.DayOfWeek))
                return false;
            return AllowsDay(local.Date, done);
        }

        /// <summary>What a suppression promises: from then on the rule that suppressed is out of the way.</summary>
        public bool OpensAt(DateTimeOffset until, List<(DateTime Local, bool Talked)> done)
        {
            var local = LocalTime.Of(until, Zone);
            return Allows(local, done) || local.TimeOfDay < TimeSpan.FromHours(3) || !AllowsDay(local.Date, done);
        }

        private bool AllowsDay(DateTime day, List<(DateTime Local, bool Talked)> done)
        {
            for (var back = 0; back < Silence; back++)
            {
                if (done.Exists(one => one.Talked && one.Local.Date == day.AddDays(-back)))
                    return false;
            }

            var count = 0;
            for (var back = 0; back < Days; back++)
                count += done.Count(one => one.Local.Date == day.AddDays(-back));
            return count < Cap;
        }

        private static (int, bool)[] Sums((int Gap, bool Talked)[] attempts)
        {
            var hours = 0;
            return [.. attempts.Select(attempt => (hours += attempt.Gap, attempt.Talked))];
        }
    }
}
