using FsCheck;
using FsCheck.Fluent;
using OrderToCash.Collections.Activities;
using OrderToCash.Collections.Contacts;
using OrderToCash.Collections.Holds;
using OrderToCash.Collections.Policies;

namespace OrderToCash.Collections.Tests.Rules;

/// <summary>
/// I-13 over several contacts and channels in zones from −11 to +14: caps of any kind, consent, addresses that fail,
/// silence, hours and holds, against the same rules said the long way round over all that has happened.
/// </summary>
public sealed class ContactAroundTheWorld
{
    private static readonly Guid Customer = Some.Id();
    private static readonly DateTimeOffset Start = new(2026, 3, 20, 0, 0, 0, TimeSpan.Zero);
    private static readonly ContactChannel[] Channels =
    [
        ContactChannel.Email, ContactChannel.Call, ContactChannel.Letter, ContactChannel.Meeting, ContactChannel.Sms,
        ContactChannel.Whatsapp, ContactChannel.Portal,
    ];

    private static readonly Guid[] Invoices = [Some.Id(), Some.Id(), Some.Id()];

    private static readonly string[] Addresses = ["ana@globex.example", "bo@globex.example", "+15550100"];

    [Fact]
    public void i13_contact_takes_place_exactly_where_every_rule_allows_it() => Prop.ForAll(
        Life.Lives.ToArbitrary(), life =>
        {
            var profile = ContactProfile.Initial;
            var log = new Log(life);
            foreach (var act in life.Acts)
            {
                var moment = life.Moment(act);
                switch (act.What)
                {
                    case What.Consent or What.OptOut:
                        profile = Evolve(profile, ContactDecider.State(profile, new ConsentStated(
                            moment.Point, act.What == What.Consent, moment.LocalDate, "call")).Events);
                        break;
                    case What.Fail:
                        profile = Evolve(profile, ContactDecider.Fail(
                            profile, new AddressFailed(moment.Point, "550", null)).Events);
                        break;
                    case What.Restore:
                        profile = Evolve(profile, ContactDecider.Restore(
                            profile, new AddressRestored(moment.Point)).Events);
                        break;
                    default:
                        var decision = ContactDecider.Attempt(profile, moment, null);
                        if (decision.Events[0] is ContactAttempted != log.Allows(act))
                            return false;
                        if (decision.Events[0] is not ContactAttempted)
                            continue;
                        profile = Evolve(profile, act.What == What.Talk
                            ? ContactDecider.Note(profile, moment, true, Some.Id()).Events
                            : decision.Events);
                        break;
                }

                log.Note(act);
            }

            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    private static ContactProfile Evolve(ContactProfile profile, IReadOnlyList<object> events) =>
        events.Aggregate(profile, ContactProfile.Evolve);

    private enum What
    {
        Try,
        Talk,
        Consent,
        OptOut,
        Fail,
        Restore,
    }

    /// <summary>Something that happens; without invoices it is about all that is owed.</summary>
    private sealed record Act(
        What What, DateTimeOffset At, ContactChannel Channel, string Address, HoldKind? Hold, Guid[]? About);

    /// <summary>Where contacts live, what the rules are, and what happens to them.</summary>
    private sealed record Life(string Zone, ContactRules Rules, Act[] Acts)
    {
        private static readonly string[] Zones =
        [
            "Pacific/Pago_Pago", "Pacific/Honolulu", "America/Chicago", "America/St_Johns", "UTC", "Europe/Paris",
            "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Chatham", "Pacific/Kiritimati",
        ];

        private static readonly Gen<ContactChannel?> AnyChannel = Gen.Frequency(
            (1, Gen.Constant((ContactChannel?)null)),
            (2, Gen.Elements(Channels).Select(channel => (ContactChannel?)channel)));

        private static readonly Gen<ContactCap> Caps =
            from per in Gen.Elements(CapScope.Contact, CapScope.Customer, CapScope.Invoice)
            from channel in AnyChannel
            from attempts in Gen.Choose(0, 3)
            from days in Gen.Choose(1, 9)
            select new ContactCap(per, channel, attempts, days);

        private static readonly Gen<QuietHours> Hours =
            from channel in AnyChannel
            from start in Gen.Choose(0, 9)
            from end in Gen.Choose(16, 23)
            from off in Gen.Elements(DayOfWeek.Saturday, DayOfWeek.Sunday, DayOfWeek.Tuesday).ArrayOf(1)
            select new QuietHours(channel, new TimeOnly(start, 0), new TimeOnly(end, 0), off);

        private static readonly Gen<ContactRules> AllRules =
            from caps in Caps.ArrayOf(2)
            from silence in Gen.Choose(0, 7)
            from silent in Gen.Elements(Channels).ArrayOf(1)
            from everywhere in Gen.Elements(true, false)
            from hours in Hours.ArrayOf(1)
            from asked in Gen.Elements(Channels).ArrayOf(1)
            from asks in Gen.Elements(true, false, false)
            select new ContactRules(caps, silence, everywhere ? [] : silent, hours, asks ? asked : []);

        private static readonly Gen<(What, int, ContactChannel, string, HoldKind?, Guid[]?)> Steps =
            from what in Gen.Frequency(
                (8, Gen.Constant(What.Try)), (1, Gen.Constant(What.Talk)), (1, Gen.Constant(What.Consent)),
                (1, Gen.Constant(What.OptOut)), (1, Gen.Constant(What.Fail)), (1, Gen.Constant(What.Restore)))
            from gap in Gen.Choose(1, 40)
            from channel in Gen.Elements(Channels)
            from address in Gen.Elements(Addresses)
            from hold in Gen.Frequency(
                (9, Gen.Constant((HoldKind?)null)),
                (1, Gen.Elements(Enum.GetValues<HoldKind>()).Select(kind => (HoldKind?)kind)))
            from about in Gen.Frequency(
                (1, Gen.Constant((Guid[]?)null)),
                (3, Gen.Elements(Invoices).NonEmptyListOf().Select(some => (Guid[]?)[.. some.Distinct()])))
            select (what, gap, channel, address, hold, about);

        public static readonly Gen<Life> Lives =
            from zone in Gen.Elements(Zones)
            from rules in AllRules
            from steps in Steps.ArrayOf()
            select new Life(zone, rules, Timed(steps));

        public ContactMoment Moment(Act act) => new(
            new ContactPoint("US01", Customer, act.Channel, act.Address, "Ana Ruiz"), Zone, act.At, Rules,
            act.Hold is { } hold ? [hold] : [], InvoiceIds: act.About);

        public DateTime Wall(Act act) =>
            TimeZoneInfo.ConvertTime(act.At, TimeZoneInfo.FindSystemTimeZoneById(Zone)).DateTime;

        private static Act[] Timed(
            (What What, int Gap, ContactChannel Channel, string Address, HoldKind? Hold, Guid[]? About)[] steps)
        {
            var hours = 0;
            return
            [
                .. steps.Select(step => new Act(
                    step.What, Start.AddHours(hours += step.Gap), step.Channel, step.Address, step.Hold,
                    step.About)),
            ];
        }
    }

    /// <summary>All that has happened, and the rules read from it one by one.</summary>
    private sealed class Log(Life life)
    {
        private readonly List<(DateTime Day, Act Act, bool Wanted)> _contacts = [];
        private readonly Dictionary<(string, ContactChannel), (bool Granted, DateTime Day)> _consents = [];
        private readonly HashSet<(string, ContactChannel)> _failed = [];

        public void Note(Act act)
        {
            var day = life.Wall(act).Date;
            switch (act.What)
            {
                case What.Consent or What.OptOut:
                    _consents[(act.Address, act.Channel)] = (act.What == What.Consent, day);
                    break;
                case What.Fail:
                    _failed.Add((act.Address, act.Channel));
                    break;
                case What.Restore:
                    _failed.Remove((act.Address, act.Channel));
                    break;
                default:
                    var wanted = _consents.TryGetValue((act.Address, act.Channel), out var said)
                        && said.Granted && said.Day >= day.AddDays(-7);
                    _contacts.Add((day, act, wanted));
                    break;
            }
        }

        public bool Allows(Act act) =>
            act.Hold is null or HoldKind.DunningBlock && MayBe(act) && IsOpen(act) && IsOver(act)
            && life.Rules.Caps.All(cap => HasRoom(cap, act));

        private bool MayBe(Act act)
        {
            if (_failed.Contains((act.Address, act.Channel)))
                return false;
            return _consents.TryGetValue((act.Address, act.Channel), out var said)
                ? said.Granted
                : !life.Rules.ConsentFor.Contains(act.Channel);
        }

        private bool IsOpen(Act act)
        {
            var wall = life.Wall(act);
            var ringing = act.Channel is ContactChannel.Sms or ContactChannel.Whatsapp
                && life.Rules.QuietHours.All(hours => hours.Channel != act.Channel);
            return life.Rules.QuietHours
                .Where(hours => hours.Channel is null || hours.Channel == act.Channel
                    || (ringing && hours.Channel == ContactChannel.Call))
                .All(hours => wall.Hour >= hours.From.Hour && wall.Hour < hours.To.Hour
                    && !hours.DaysOff.Contains(wall.DayOfWeek));
        }

        private bool IsOver(Act act)
        {
            if (life.Rules.SilentChannels.Count > 0 && !life.Rules.SilentChannels.Contains(act.Channel))
                return true;
            var day = life.Wall(act).Date;
            return Enumerable.Range(0, life.Rules.SilenceDays)
                .All(back => !_contacts.Exists(one => one.Act.What == What.Talk && one.Day == day.AddDays(-back)));
        }

        private bool HasRoom(ContactCap cap, Act act)
        {
            if (cap.Channel is { } only && only != act.Channel)
                return true;
            return cap.Per == CapScope.Invoice
                ? (act.About ?? Invoices).All(invoice => Count(one => one.About?.Contains(invoice) != false))
                : Count(one => cap.Per == CapScope.Customer || one.Address == act.Address);

            bool Count(Func<Act, bool> counts) => Enumerable.Range(0, cap.Days).Sum(back => _contacts.Count(one =>
                !one.Wanted && one.Day == life.Wall(act).Date.AddDays(-back)
                && (cap.Channel is null || one.Act.Channel == cap.Channel) && counts(one.Act))) < cap.Attempts;
        }
    }
}
