using OrderToCash.Collections.Activities;
using OrderToCash.Collections.Holds;
using OrderToCash.Collections.Policies;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Contacts;

/// <summary>Why a contact may not take place now.</summary>
/// <param name="Rule">See <see cref="ContactRule"/>; or the kind of the hold.</param>
/// <param name="Detail">In words.</param>
/// <param name="Until">When it may be tried again; null where that depends on a person.</param>
public sealed record Suppression(string Rule, string Detail, DateTimeOffset? Until);

/// <summary>A contact that is about to take place, and what is known when it does.</summary>
/// <param name="Point">Whom.</param>
/// <param name="TimeZone">IANA zone of the contact.</param>
/// <param name="Now">The moment of contact.</param>
/// <param name="Rules">The rules for the customer's country.</param>
/// <param name="Holds">Kinds of the holds that the customer is under.</param>
/// <param name="Agrees">Whether the contact agrees to be written to, as Invoicing knows; null where it has not said,
/// and where nobody is written to.</param>
/// <param name="InvoiceIds">The invoices it is about; null for all that is owed.</param>
/// <param name="IsCopy">Another contact has just got the same: caps of this contact count, and others where the rules
/// say so (<see cref="ContactRules.CopiesCount"/>).</param>
public sealed record ContactMoment(
    ContactPoint Point, string TimeZone, DateTimeOffset Now, ContactRules Rules, IReadOnlyList<HoldKind> Holds,
    bool? Agrees = null, IReadOnlyList<Guid>? InvoiceIds = null, bool IsCopy = false)
{
    /// <summary>What the clock on the contact's wall says.</summary>
    public DateTime LocalNow => LocalTime.Of(Now, TimeZone);

    /// <summary>The day it is for the contact.</summary>
    public DateOnly LocalDate => DateOnly.FromDateTime(LocalNow);
}

/// <summary>
/// Decides at the moment of contact whether it may take place. Runs, people and other systems all come through here, on
/// one stream per customer, so caps hold over all of them together.
/// </summary>
public static class ContactDecider
{
    /// <summary>So long after a contact asked for contact, contact does not count: 12 CFR 1006.14(b)(3)(i).</summary>
    private const int ConsentDays = 7;

    /// <summary>Contact about more invoices than these is about all that is owed.</summary>
    private const int MostInvoices = 500;

    /// <summary>Contact takes place and counts, or does not and says why.</summary>
    public static Decision Attempt(
        ContactProfile profile, ContactMoment moment, Guid? noticeId, Guid? activityId = null)
    {
        ArgumentNullException.ThrowIfNull(moment);
        return Suppress(profile, moment) is { } no
            ? Decision.Of(new ContactSuppressed(moment.Point, no.Rule, no.Detail, no.Until, noticeId))
            : Decision.Of(Attempted(profile, moment, conversation: false, noticeId, activityId));
    }

    /// <summary>
    /// Notes a contact that has taken place. A fact is noted whatever the rules say; the first rule it broke is noted
    /// beside it.
    /// </summary>
    public static Decision Note(
        ContactProfile profile, ContactMoment moment, bool conversation, Guid activityId, Guid? noticeId = null)
    {
        ArgumentNullException.ThrowIfNull(profile);
        ArgumentNullException.ThrowIfNull(moment);
        var announced = profile.Attempts.Any(attempt => attempt.ActivityId == activityId);
        var broken = announced ? null : Suppress(profile, moment);
        var attempted = Attempted(profile, moment, conversation, noticeId, activityId);
        return broken is null
            ? Decision.Of(attempted)
            : Decision.Of(attempted, new ContactRuleBroken(moment.Point, broken.Rule, broken.Detail, activityId));
    }

    /// <summary>Notes what a contact says about a channel; saying the same again is nothing.</summary>
    public static Decision State(ContactProfile profile, ConsentStated stated)
    {
        ArgumentNullException.ThrowIfNull(profile);
        ArgumentNullException.ThrowIfNull(stated);
        var known = profile.ConsentOf(stated.Point.Address, stated.Point.Channel);
        return known == new Consent(stated.Granted, stated.On, stated.ByInvoicing)
            ? Decision.Nothing
            : Decision.Of(stated);
    }

    /// <summary>Notes what Invoicing says of an address where that is new.</summary>
    public static Decision Hear(ContactProfile profile, ContactPoint point, bool? agrees, DateOnly today)
    {
        ArgumentNullException.ThrowIfNull(profile);
        ArgumentNullException.ThrowIfNull(point);
        return profile.NewsOf(point.Address, agrees) is { } yes
            ? Decision.Of(new ConsentStated(point, yes, today, "Invoicing", ByInvoicing: true))
            : Decision.Nothing;
    }

    /// <summary>Notes once that what is sent to an address does not arrive.</summary>
    public static Decision Fail(ContactProfile profile, AddressFailed failed)
    {
        ArgumentNullException.ThrowIfNull(profile);
        ArgumentNullException.ThrowIfNull(failed);
        return profile.HasFailed(failed.Point.Address, failed.Point.Channel) ? Decision.Nothing : Decision.Of(failed);
    }

    /// <summary>Notes that an address is good again.</summary>
    public static Decision Restore(ContactProfile profile, AddressRestored restored)
    {
        ArgumentNullException.ThrowIfNull(profile);
        ArgumentNullException.ThrowIfNull(restored);
        return profile.HasFailed(restored.Point.Address, restored.Point.Channel)
            ? Decision.Of(restored)
            : Decision.Nothing;
    }

    /// <summary>Why it may not take place now, or null.</summary>
    public static Suppression? Suppress(ContactProfile profile, ContactMoment moment)
    {
        ArgumentNullException.ThrowIfNull(profile);
        ArgumentNullException.ThrowIfNull(moment);
        return Forbidden(profile, moment) ?? Hours(moment) ?? Silence(profile, moment) ?? Caps(profile, moment);
    }

    /// <summary>What only a person can change.</summary>
    private static Suppression? Forbidden(ContactProfile profile, ContactMoment moment)
    {
        var (point, rules) = (moment.Point, moment.Rules);
        foreach (var hold in moment.Holds.Where(HoldDecider.ForbidsContact))
            return new Suppression(Code(hold), $"The customer is under a hold: {Code(hold)}.", null);
        var consent = profile.NewsOf(point.Address, moment.Agrees) is { } news
            ? new Consent(news, moment.LocalDate, ByInvoicing: true)
            : profile.ConsentOf(point.Address, point.Channel);
        if (consent is { Granted: false })
        {
            return new Suppression(
                ContactRule.OptedOut, $"{point.Address} opted out on {consent.On:yyyy-MM-dd}.", null);
        }

        if (consent is null && moment.Agrees != true && rules.ConsentFor.Contains(point.Channel))
            return new Suppression(ContactRule.ConsentMissing, $"{point.Channel} needs consent first.", null);
        if (!profile.HasFailed(point.Address, point.Channel))
            return null;
        var words = point.Channel == ContactChannel.Email
            ? $"Mail to {point.Address} came back."
            : $"{point.Channel} does not reach {point.Address}.";
        return new Suppression(ContactRule.AddressFailed, words, null);
    }

    private static Suppression? Hours(ContactMoment moment)
    {
        var hours = HoursOf(moment.Rules, moment.Point.Channel);
        if (hours.TrueForAll(one => IsOpen(one, moment.LocalNow)))
            return null;
        var until = LocalTime.Next(moment.Now, moment.TimeZone, local => hours.TrueForAll(one => IsOpen(one, local)));
        return new Suppression(
            ContactRule.QuietHours, $"It is {moment.LocalNow:ddd HH:mm} where the contact is.", until);
    }

    /// <summary>
    /// A telephone rings for a message as for a call: where nothing is said of messages, the hours of calls are theirs.
    /// </summary>
    private static List<QuietHours> HoursOf(ContactRules rules, ContactChannel channel)
    {
        var own = rules.QuietHours.Where(hours => hours.Channel == channel).ToList();
        if (own.Count == 0 && channel is ContactChannel.Sms or ContactChannel.Whatsapp)
            own = [.. rules.QuietHours.Where(hours => hours.Channel == ContactChannel.Call)];
        return [.. own, .. rules.QuietHours.Where(hours => hours.Channel is null)];
    }

    private static bool IsOpen(QuietHours hours, DateTime local) =>
        !hours.DaysOff.Contains(local.DayOfWeek)
        && TimeOnly.FromDateTime(local) is var time && time >= hours.From && time < hours.To;

    /// <summary>The day of the conversation is the first of the silent days.</summary>
    private static Suppression? Silence(ContactProfile profile, ContactMoment moment)
    {
        var rules = moment.Rules;
        if (rules.SilentChannels.Count > 0 && !rules.SilentChannels.Contains(moment.Point.Channel))
            return null;
        var talks = profile.Attempts.Where(attempt => attempt.Conversation).Select(attempt => attempt.LocalDate);
        var last = talks.DefaultIfEmpty(DateOnly.MinValue).Max();
        if (last == DateOnly.MinValue || moment.LocalDate >= last.AddDays(rules.SilenceDays))
            return null;
        return new Suppression(
            ContactRule.Silence, $"There was a conversation on {last:yyyy-MM-dd}.",
            last.AddDays(rules.SilenceDays).StartIn(moment.TimeZone));
    }

    private static Suppression? Caps(ContactProfile profile, ContactMoment moment)
    {
        foreach (var cap in moment.Rules.Caps)
        {
            if ((cap.Channel is { } channel && channel != moment.Point.Channel)
                || (moment.IsCopy && cap.Per != CapScope.Contact && !moment.Rules.CopiesCount))
                continue;
            var counted = Counted(profile, moment, cap);
            IEnumerable<IEnumerable<CountedAttempt>> groups =
                cap.Per == CapScope.Invoice ? ByInvoice(counted, moment.InvoiceIds) : [counted];
            var full = groups
                .Select(group => group.Select(attempt => attempt.LocalDate).Order().ToList())
                .Where(group => group.Count >= cap.Attempts)
                .ToList();
            if (full.Count == 0)
                continue;
            var days = full.MaxBy(group => cap.Attempts == 0 ? default : group[^cap.Attempts])!;
            var whose = cap.Per switch
            {
                CapScope.Customer => "the customer",
                CapScope.Contact => "this contact",
                _ => "the customer about one invoice",
            };
            return new Suppression(
                ContactRule.Cap, $"There were {days.Count} attempts at {whose} in {cap.Days} days.",
                cap.Attempts == 0 ? null : days[^cap.Attempts].AddDays(cap.Days).StartIn(moment.TimeZone));
        }

        return null;
    }

    /// <summary>
    /// Those of these invoices that contact may not be about: each counts by itself, and is at its cap.
    /// </summary>
    public static IReadOnlySet<Guid> AtCap(ContactProfile profile, ContactMoment moment, IReadOnlyList<Guid> invoices)
    {
        ArgumentNullException.ThrowIfNull(profile);
        ArgumentNullException.ThrowIfNull(moment);
        ArgumentNullException.ThrowIfNull(invoices);
        var full = new HashSet<Guid>();
        foreach (var cap in moment.Rules.Caps.Where(cap => cap.Per == CapScope.Invoice
            && (cap.Channel is null || cap.Channel == moment.Point.Channel)))
        {
            var counted = Counted(profile, moment, cap);
            var aboutAll = counted.Count(attempt => attempt.InvoiceIds is null);
            var named = counted.SelectMany(attempt => (attempt.InvoiceIds ?? []).Distinct()).CountBy(id => id)
                .ToDictionary();
            full.UnionWith(invoices.Where(id => aboutAll + named.GetValueOrDefault(id) >= cap.Attempts));
        }

        return full;
    }

    private static IReadOnlyList<CountedAttempt> Counted(
        ContactProfile profile, ContactMoment moment, ContactCap cap) =>
        profile.Attempts.FindAll(attempt => !attempt.Consented
            && attempt.LocalDate > moment.LocalDate.AddDays(-cap.Days)
            && (cap.Channel is null || attempt.Channel == cap.Channel)
            && (cap.Per == CapScope.Contact ? MayBeAt(attempt, moment.Point)
                : !attempt.IsCopy || moment.Rules.CopiesCount));

    /// <summary>
    /// The attempts that count for each invoice that contact is about, and for those that no attempt has named.
    /// </summary>
    private static IEnumerable<IEnumerable<CountedAttempt>> ByInvoice(
        IReadOnlyCollection<CountedAttempt> attempts, IReadOnlyList<Guid>? invoiceIds)
    {
        var named = attempts.SelectMany(attempt => attempt.InvoiceIds ?? []).ToHashSet();
        if (invoiceIds is not null)
            named.IntersectWith(invoiceIds);
        return named.Select(invoice => attempts.Where(attempt => attempt.IsAbout(invoice)))
            .Append(attempts.Where(attempt => attempt.InvoiceIds is null));
    }

    /// <summary>A call or message of which nobody wrote down where to may have been to any of them.</summary>
    private static bool MayBeAt(CountedAttempt attempt, ContactPoint point) =>
        attempt.Address == ContactProfile.Key(point.Address)
        || attempt is
        {
            Address: null,
            Channel: ContactChannel.Call or ContactChannel.Sms or ContactChannel.Whatsapp or ContactChannel.Portal,
        };

    private static ContactAttempted Attempted(
        ContactProfile profile, ContactMoment moment, bool conversation, Guid? noticeId, Guid? activityId)
    {
        var consent = profile.ConsentOf(moment.Point.Address, moment.Point.Channel);
        var consented = consent is { Granted: true, ByInvoicing: false }
            && consent.On >= moment.LocalDate.AddDays(-ConsentDays);
        var invoices = moment.InvoiceIds
            ?? profile.Attempts.Find(attempt => activityId is not null && attempt.ActivityId == activityId)?.InvoiceIds;
        var eachCounts = invoices?.Count <= MostInvoices
            && moment.Rules.Caps.Any(cap => cap.Per == CapScope.Invoice);
        return new ContactAttempted(
            moment.Point, moment.LocalDate, moment.Now, conversation, consented, noticeId, activityId,
            eachCounts ? invoices : null, moment.IsCopy);
    }

    private static string Code(HoldKind kind) => Json.NameOf(kind);
}
