using System.Globalization;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.UseCases;

/// <summary>What to do next about a customer.</summary>
/// <param name="Code">Stable: <c>resolve-failed-notice</c>, <c>add-email-contact</c>, <c>apply-cash</c>, <c>call</c>,
/// <c>await-reply</c>, <c>send-notice</c>.</param>
/// <param name="Text">In words.</param>
public sealed record NextAction(string Code, string Text);

/// <summary>What a row of the worklist is judged by.</summary>
internal sealed record WorkFacts(
    Money Overdue, int Items, int OldestDaysOverdue, Money Pending, Money UnappliedCash, LastContact? LastContact,
    LastNotice? LastNotice, bool HasRecipient, string? LastStep);

/// <summary>
/// The next best action: first what keeps notices from working, then what makes them needless, then contact.
/// </summary>
internal static class NextActions
{
    /// <summary>A customer who was contacted gets this long to react.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromDays(7);

    public static NextAction For(WorkFacts facts, DateTimeOffset now) => facts switch
    {
        { LastNotice: { Status: "failed" } notice } => new("resolve-failed-notice",
            $"The notice of {Day(notice.Date)} could not be sent. Check the address; the next run tries again."),
        { HasRecipient: false } => new("add-email-contact",
            "No contact has an e-mail address that works. Find one, and call in the meantime."),
        { UnappliedCash: var cash, Overdue: var overdue } when cash.IsPositive && cash >= overdue => new("apply-cash",
            "Have the unapplied cash applied before anyone asks for more."),
        { LastContact: { } contact } when now - contact.At < Patience => new("await-reply",
            $"Contacted on {Day(DateOnly.FromDateTime(contact.At.UtcDateTime))}. Give it a few days."),
        { LastNotice: { Status: "sent" } notice } when notice.Step == facts.LastStep => new("call",
            "The last notice has gone out. Call: no further notice follows by itself."),
        { LastContact: null } => new("send-notice", "Nobody was in touch yet. Run dunning, or call."),
        _ => new("call", "Nobody was in touch for a week. Call."),
    };

    public static IReadOnlyList<string> Reasons(WorkFacts facts)
    {
        var reasons = new List<string>();
        if (facts.Items > 0)
        {
            reasons.Add($"{facts.Overdue} overdue on {Count(facts.Items, "item")}, the oldest since " +
                $"{Count(facts.OldestDaysOverdue, "day")}.");
        }

        if (facts.Pending.IsPositive)
            reasons.Add($"{facts.Pending} more is on its way and not counted.");
        if (facts.UnappliedCash.IsPositive)
        {
            var covers = facts.Items > 0 && facts.UnappliedCash >= facts.Overdue;
            reasons.Add($"{facts.UnappliedCash} is not applied yet{(covers ? ", enough to cover all of it" : "")}.");
        }

        if (facts.LastNotice is { Status: "failed" } failed)
            reasons.Add($"The {failed.Step} of {Day(failed.Date)} failed: {failed.Reason}");
        else if (facts.LastNotice is { } notice)
            reasons.Add($"Last notice: {notice.Step} of {Day(notice.Date)}.");
        if (!facts.HasRecipient)
            reasons.Add("No contact has an e-mail address.");
        return reasons;
    }

    private static string Day(DateOnly date) => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Count(int count, string thing) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {thing}{(count == 1 ? "" : "s")}");
}
