using System.Globalization;
using OrderToCash.Collections.Portfolio;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Worklists;

/// <summary>What to do next about a customer.</summary>
/// <param name="Code">Stable: <c>resolve-failed-notice</c>, <c>post-letter</c>, <c>add-email-contact</c>,
/// <c>apply-cash</c>, <c>identify-cash</c>, <c>acknowledge-escalation</c>, <c>decide-dispute</c>, <c>do-task</c>,
/// <c>remind</c> of what is about to fall due, <c>await-reply</c>, <c>call</c>, <c>write</c> or <c>wait</c> where
/// nobody may call, <c>send-notice</c>.</param>
/// <param name="Text">In words.</param>
public sealed record NextAction(string Code, string Text);

/// <summary>
/// The next best action: first what keeps notices from working, then what makes them needless, then what others wait
/// for, then contact. Who was contacted has some days to react, but not once a promise was broken since. Nobody is told
/// to call who must not.
/// </summary>
public static class NextActions
{
    /// <summary>A customer who was contacted gets this long to react.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromDays(7);

    /// <summary>What to do next.</summary>
    public static NextAction For(WorkFacts facts, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(facts);
        var mayCall = facts.MayCall(now);
        return facts switch
        {
            { LastNotice: { Status: "failed" } notice } => new("resolve-failed-notice",
                $"The notice of {Day(notice.Date)} did not arrive. Find an address that works; the next run tries " +
                "again."),
            { LastNotice: { Status: "queued" } letter } => new("post-letter",
                $"The letter of {Day(letter.Date)} waits to be printed and posted."),
            { HasRecipient: false } => new("add-email-contact",
                "No contact has an e-mail address that works. Find one" +
                $"{(mayCall ? ", and call in the meantime" : "")}."),
            { IsPaid: true } => new("apply-cash", "Have the unapplied cash applied before anyone asks for more."),
            { IsLikelyPaid: true } => new("identify-cash",
                "It has likely paid: have that money identified before anyone asks for more."),
            { OpenEscalations: > 0 } => new("acknowledge-escalation",
                "An escalation waits for somebody to take it over."),
            { OverdueDisputes: > 0 } => new("decide-dispute", "A dispute is past its day. Have it decided."),
            _ when facts.Tasks.FirstOrDefault(task => mayCall || task.Kind != "call") is { } task =>
                new("do-task", task.Text),
            { Items: 0, PreDue: { } soon } when !(now - facts.LastContact?.At < Patience) => Remind(facts, soon, now),
            { PromiseBrokenAt: { } broken } when !(facts.LastContact?.At >= broken) => AfterBrokenPromise(facts, now),
            { LastContact: { } contact } when now - contact.At < Patience => new("await-reply",
                $"Contacted on {Day(DateOnly.FromDateTime(contact.At.UtcDateTime))}. Give it a few days."),
            { BrokenPromises: > 0 } => AfterBrokenPromise(facts, now),
            { LastNotice: { Status: "sent" } notice } when notice.Step == facts.LastStep => Call(facts, now,
                "The last notice has gone out. Call: no further notice follows by itself."),
            { LastContact: null, HasNoPlaybook: true } => Call(facts, now,
                "Nobody was in touch yet, and it goes by no playbook. Call: no notice follows by itself."),
            { LastContact: null } => new("send-notice",
                $"Nobody was in touch yet. Run dunning{(mayCall ? ", or call" : "")}."),
            _ => Call(facts, now, "Nobody was in touch for a week. Call."),
        };
    }

    private static NextAction AfterBrokenPromise(WorkFacts facts, DateTimeOffset now) =>
        Call(facts, now, "A promise was broken. Call and ask for a payment plan.");

    private static NextAction Remind(WorkFacts facts, PreDueWork soon, DateTimeOffset now)
    {
        var of = $"Remind of what falls due from {Day(soon.FirstDue)} on";
        return facts.NoCall switch
        {
            _ when facts.MayCall(now) => new("remind", $"{of}: call, or write ahead of it."),
            { Until: null } no => new("remind", $"{of} in writing; nobody may call. {no.Detail}"),
            _ => Call(facts, now, of),
        };
    }

    private static NextAction Call(WorkFacts facts, DateTimeOffset now, string text) => facts switch
    {
        _ when facts.MayCall(now) => new("call", text),
        { NoCall: { Until: { } until } no } => new("wait",
            $"Nobody may call before {Day(DateOnly.FromDateTime(until.UtcDateTime))}. {no.Detail}"),
        _ => new("write", $"Nobody may call; write. {facts.NoCall!.Detail}"),
    };

    /// <summary>Why a customer is on the list, and why there.</summary>
    public static IReadOnlyList<string> Reasons(WorkFacts facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        var reasons = new List<string>();
        var overdue = facts.Amounts.Select(one => one.Overdue).Where(one => one.IsPositive);
        Add(facts.Items > 0,
            $"{string.Join(" and ", overdue)} overdue on {Count(facts.Items, "item")}, the oldest since " +
            $"{Count(facts.OldestDaysOverdue, "day")}.");
        if (facts.PreDue is { } soon)
        {
            reasons.Add(
                $"{string.Join(" and ", soon.Amounts)} about to fall due on {Count(soon.Items, "big item")}, the " +
                $"first on {Day(soon.FirstDue)}.");
        }

        foreach (var one in facts.Amounts)
            reasons.AddRange(Of(one));
        Add(facts.BrokenPromises > 0, $"{Count(facts.BrokenPromises, "promise")} broken.");
        Add(facts.BreachedPlans > 0, $"{Count(facts.BreachedPlans, "payment plan")} breached.");
        Add(facts.OverdueDisputes > 0, $"{Count(facts.OverdueDisputes, "dispute")} past the day to decide.");
        Add(facts.OpenEscalations > 0, $"{Count(facts.OpenEscalations, "escalation")} not acknowledged.");
        Add(facts.IsOnCreditHold, "Its orders are held by Credit.");
        Add(facts.Risk is not null, Of(facts.Risk));
        Add(facts.IsBlocked, "Dunning is blocked.");
        Add(facts.OverdueState is not null, $"Its arrears put it into {facts.OverdueState}.");
        Add(facts.Items > 0 || facts.PreDue is not null, string.Create(
            CultureInfo.InvariantCulture,
            $"It pays late in {decimal.Round(100 * facts.ChanceOfLate)} of 100 cases" +
            $"{(facts.Pays is { VeryLate: var veryLate } ? $", in {decimal.Round(100 * veryLate)} very late" : "")}."));
        if (facts.LastNotice is { Status: "failed" } failed)
            reasons.Add($"The {failed.Step} of {Day(failed.Date)} failed: {failed.Reason}");
        else if (facts.LastNotice is { } notice)
            reasons.Add($"Last notice: {notice.Step} of {Day(notice.Date)}.");
        Add(!facts.HasRecipient, "No contact has an e-mail address.");
        foreach (var currency in facts.WithoutRate ?? [])
            reasons.Add($"There is no rate for {currency} of the last month: it counts as the bare number.");
        return reasons;

        void Add(bool condition, string reason)
        {
            if (condition)
                reasons.Add(reason);
        }
    }

    private static string Of(CustomerRisk? risk) => risk switch
    {
        { RiskClass: null } => string.Create(CultureInfo.InvariantCulture, $"Credit scores it {risk.Score}."),
        { Score: { } score } => string.Create(
            CultureInfo.InvariantCulture, $"Credit puts it into class {risk.RiskClass} (score {score})."),
        _ => $"Credit puts it into class {risk?.RiskClass}.",
    };

    private static IEnumerable<string> Of(WorkAmounts one)
    {
        var covers = one.Overdue.IsPositive && one.UnappliedCash >= one.Overdue;
        (Money Amount, string Words)[] parts =
        [
            (one.Pending, "more is on its way and not counted."),
            (one.UnappliedCash, $"is not applied yet{(covers ? ", enough to cover all of it" : "")}."),
            (one.LikelyCash, "waits to be identified, and it has likely paid that."),
            (one.Disputed, "more is disputed and not asked for."),
            (one.Promised, "more is promised and not asked for."),
            (one.Planned, "more is in a payment plan and not asked for."),
        ];
        return parts.Where(part => part.Amount.IsPositive).Select(part => $"{part.Amount} {part.Words}");
    }

    private static string Day(DateOnly date) => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Count(int count, string thing) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {thing}{(count == 1 ? "" : "s")}");
}
