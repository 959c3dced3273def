using System.Text.Json.Serialization;
using OrderToCash.Collections.Contacts;
using OrderToCash.Collections.Forecasts;
using OrderToCash.Collections.Portfolio;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Worklists;

/// <summary>The last time somebody was in touch.</summary>
public sealed record LastContact(DateTimeOffset At, string Channel, string Outcome);

/// <summary>The last notice to a customer.</summary>
public sealed record LastNotice(DateOnly Date, string Step, string Status, string? Reason);

/// <summary>A task that is open.</summary>
public sealed record OpenTask(Guid Id, string Kind, string Text, DateOnly DueOn);

/// <summary>What there is of a customer in one currency.</summary>
/// <param name="Overdue">Past due and collectible: without what is pending, disputed, promised, planned or
/// held.</param>
/// <param name="Pending">On its way to items past due.</param>
/// <param name="Disputed">Past due and disputed.</param>
/// <param name="Promised">Past due and promised.</param>
/// <param name="Planned">Past due before its payment plan, and planned.</param>
/// <param name="UnappliedCash">The customer's money that is not applied yet.</param>
/// <param name="LikelyCash">Money that is not identified yet, and that the customer has likely paid.</param>
public sealed record WorkAmounts(
    Money Overdue, Money Pending, Money Disputed, Money Promised, Money Planned, Money UnappliedCash, Money LikelyCash);

/// <summary>What a row of the worklist is judged by: a customer's work.</summary>
/// <param name="Amounts">Per currency, that of the account first.</param>
/// <param name="Items">Items past due with something to collect.</param>
/// <param name="OldestDaysOverdue">Days since the oldest of them was due; 0 when there is none.</param>
/// <param name="LastContact">The last time somebody was in touch, or null.</param>
/// <param name="LastNotice">The last notice, or null.</param>
/// <param name="LastStep">Code of the last step of the playbook it goes by, or null.</param>
/// <param name="HasRecipient">Mail can reach somebody.</param>
/// <param name="Tasks">Tasks that are open and whose day has come, the earliest first.</param>
/// <param name="BrokenPromises">Promises broken in the last half year.</param>
/// <param name="BreachedPlans">Payment plans breached in the last half year.</param>
/// <param name="OverdueDisputes">Disputes that were not decided in time.</param>
/// <param name="OpenEscalations">Escalations that nobody has acknowledged.</param>
/// <param name="IsOnCreditHold">Its orders are held.</param>
/// <param name="IsBlocked">Dunning is blocked for the whole customer.</param>
/// <param name="OverdueState">The state its arrears put it in, or null.</param>
/// <param name="ChanceOfLate">How likely it pays late, 0 to 1.</param>
/// <param name="NoCall">Why nobody may call it, and until when; null where somebody may.</param>
/// <param name="WithoutRate">Currencies that count as bare numbers, for want of a rate.</param>
/// <param name="HasNoPlaybook">It goes by no playbook: no notice goes to it by itself.</param>
/// <param name="Pays">When its money comes, as forecasts expect it; null in a row of an earlier version.</param>
/// <param name="Rating">What kind of payer that makes it, by the policy; null in a row of an earlier version.</param>
/// <param name="Risk">How much risk Credit sees in it; null where Credit knows too little, or has said nothing.</param>
/// <param name="PromiseBrokenAt">When the last of the broken promises was: after its grace, or later, when the money
/// that had kept it was taken back; null without one, and in a row of an earlier version.</param>
/// <param name="PreDue">Big items about to fall due; null without any, and while dunning is blocked.</param>
public sealed record WorkFacts(
    IReadOnlyList<WorkAmounts> Amounts, int Items, int OldestDaysOverdue, LastContact? LastContact,
    LastNotice? LastNotice, string? LastStep, bool HasRecipient, IReadOnlyList<OpenTask> Tasks, int BrokenPromises,
    int BreachedPlans, int OverdueDisputes, int OpenEscalations, bool IsOnCreditHold, bool IsBlocked,
    string? OverdueState, decimal ChanceOfLate, Suppression? NoCall = null, IReadOnlyList<string>? WithoutRate = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool HasNoPlaybook = false,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] PaymentTimes? Pays = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] PayerRating? Rating = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] CustomerRisk? Risk = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] DateTimeOffset? PromiseBrokenAt = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] PreDueWork? PreDue = null)
{
    /// <summary>Something other than arrears that somebody must see to.</summary>
    [JsonIgnore]
    public bool HasOtherWork =>
        LastNotice is { Status: "failed" } || Tasks.Count > 0 || OverdueDisputes > 0 || OpenEscalations > 0
        || PreDue is not null;

    /// <summary>Nothing of what is past due is missing in the bank: it is there and not applied.</summary>
    [JsonIgnore]
    public bool IsPaid => Items > 0 && Amounts.All(one => one.UnappliedCash >= one.Overdue);

    /// <summary>The same with money that is not identified.</summary>
    [JsonIgnore]
    public bool IsLikelyPaid => Items > 0 && Amounts.All(one => one.UnappliedCash + one.LikelyCash >= one.Overdue);

    /// <summary>True where somebody may call at a moment, if only at an hour that is not quiet.</summary>
    public bool MayCall(DateTimeOffset now) => NoCall is null || NoCall.Until <= now;
}
