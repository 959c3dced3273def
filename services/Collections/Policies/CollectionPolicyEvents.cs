using System.Text.Json.Serialization;
using OrderToCash.Collections.Activities;
using OrderToCash.Collections.Dunning;
using OrderToCash.Collections.Escalations;
using OrderToCash.Collections.Playbooks;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Policies;

/// <summary>How a legal entity collects was laid down; the whole of it as it is now.</summary>
/// <param name="LegalEntity">Whose receivables.</param>
/// <param name="Promises">Rules for promises to pay.</param>
/// <param name="Plans">Rules for payment plans.</param>
/// <param name="Disputes">Rules for disputes.</param>
/// <param name="Escalations">Rules for escalations.</param>
/// <param name="Contact">Rules of contact by the customer's country (ISO 3166 alpha-2); <c>*</c> for all
/// others.</param>
/// <param name="OverdueStates">From the gravest to the mildest; a customer is in the first whose conditions
/// hold.</param>
/// <param name="Dunning">When dunning runs start by themselves; null where people start them.</param>
/// <param name="Worklist">What counts how much on the worklist; null where it was not said yet: the standard ones.
/// </param>
/// <param name="Playbooks">Which customers go by which playbook, the first rule that is for one counts; null for no
/// rules.</param>
/// <param name="Payers">From when on and from how much on customers pay late; null where it was not said yet: the
/// standard benchmarks.</param>
/// <param name="CostPerContact">What one contact costs us, whoever makes it and over whichever channel; at most one per
/// currency. Null where it does not count.</param>
public sealed record CollectionPolicyDefined(
    string LegalEntity, PromisePolicy Promises, PlanPolicy Plans, DisputePolicy Disputes, EscalationPolicy Escalations,
    IReadOnlyDictionary<string, ContactRules> Contact, IReadOnlyList<OverdueStateRule> OverdueStates,
    DunningSchedule? Dunning = null, WorklistWeights? Worklist = null, IReadOnlyList<PlaybookRule>? Playbooks = null,
    PayerBenchmarks? Payers = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    IReadOnlyList<Money>? CostPerContact = null);

/// <summary>
/// What makes an average and a bad payer of a customer, by what is expected of its money
/// (<see cref="Forecasts.PaymentTimes"/>).
/// </summary>
/// <param name="VeryLateDays">What comes more than so many days after its due date is very late.</param>
/// <param name="LatePercent">From so much of its money on that comes late or very late it is an average payer.</param>
/// <param name="VeryLatePercent">From so much on that comes very late, or never, it is a bad one.</param>
public sealed record PayerBenchmarks(int VeryLateDays, decimal LatePercent, decimal VeryLatePercent);

/// <summary>
/// What counts how much on the worklist, which is by amount past due × chance of paying late × age × trouble.
/// </summary>
/// <param name="Age">The age of the oldest item counts 1 on the first day, and so much more at
/// <paramref name="OldestDays"/>; evenly in between.</param>
/// <param name="OldestDays">From this many days past due on it grows no more.</param>
/// <param name="BrokenPromise">So much more for each promise broken in the last half year.</param>
/// <param name="BreachedPlan">So much more for each payment plan breached in the last half year.</param>
/// <param name="OverdueDispute">So much more for each dispute past its day.</param>
/// <param name="CreditHold">So much more where its orders are held.</param>
/// <param name="MostOfAKind">At most so many of a kind count.</param>
/// <param name="RiskClasses">So much more for a customer whom Credit has put into this class, by the code of the class;
/// nothing for classes that are not named. Null where it was not said yet: the standard ones.</param>
/// <param name="PreDue">Which items are listed before they are due; null for none.</param>
public sealed record WorklistWeights(
    decimal Age, int OldestDays, decimal BrokenPromise, decimal BreachedPlan, decimal OverdueDispute,
    decimal CreditHold, int MostOfAKind,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    IReadOnlyDictionary<string, decimal>? RiskClasses = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] PreDuePolicy? PreDue = null)
{
    /// <summary>What the class of a customer counts; 0 where Credit has put it into none.</summary>
    public decimal OfRisk(string? riskClass) => riskClass is null
        ? 0
        : (RiskClasses ?? StandardPolicy.RiskClasses).GetValueOrDefault(riskClass);
}

/// <summary>Which items the worklist has before they are due, for somebody to remind of them.</summary>
/// <param name="Days">Due today or in so many days at most, 0 to 60.</param>
/// <param name="Amounts">Those of which so much or more may be asked for; at most one per currency. An item in a
/// currency that is not named is not listed.</param>
public sealed record PreDuePolicy(int Days, IReadOnlyList<Money> Amounts)
{
    /// <summary>True for an item that is big, and about to fall due.</summary>
    /// <param name="item">What is known of it.</param>
    /// <param name="today">The day it is at the legal entity.</param>
    public bool Names(ItemFacts item, DateOnly today)
    {
        ArgumentNullException.ThrowIfNull(item);
        return item.DueDate >= today && item.DueDate <= today.AddDays(Days) && item.Collectible.IsPositive
            && Amounts.Any(least => least.Currency == item.Balance.Currency && item.Collectible >= least);
    }
}

/// <summary>Dunning runs that the clock starts, one a day at most.</summary>
/// <param name="At">From this time of the legal entity's day on the run of the day is due.</param>
/// <param name="WorkingDaysOnly">Only on days on which people of the legal entity work.</param>
/// <param name="Playbook">Code of the playbook of customers that no rule and no person gives another.</param>
/// <param name="Since">The first day; it is given when the schedule is laid down.</param>
public sealed record DunningSchedule(TimeOnly At, bool WorkingDaysOnly, string Playbook, DateOnly Since)
{
    /// <summary>A run belongs to its day: later than this an outage of minutes would leave the day without.</summary>
    public static readonly TimeOnly Latest = new(22, 0);

    /// <summary>
    /// True where the run of the day is due. What an earlier day missed is not made up for: today's run finds all of
    /// it.
    /// </summary>
    /// <param name="local">What the clock on the legal entity's wall says.</param>
    /// <param name="days">When its people work.</param>
    public bool IsDueAt(DateTime local, WorkingDays days)
    {
        ArgumentNullException.ThrowIfNull(days);
        var day = DateOnly.FromDateTime(local);
        return day >= Since && TimeOnly.FromDateTime(local) >= At && (!WorkingDaysOnly || days.IsWorkingDay(day));
    }

    /// <summary>The first day whose time is still to come: laying a schedule down sends nothing at once.</summary>
    public static DateOnly FirstDay(DateTime local, TimeOnly at) =>
        DateOnly.FromDateTime(local).AddDays(TimeOnly.FromDateTime(local) < at ? 0 : 1);
}

/// <summary>Rules for promises to pay.</summary>
/// <param name="GraceDays">Days after the promised one in which money still counts as in time.</param>
/// <param name="TolerancePercent">So much less than promised still keeps the promise, 0 to 50.</param>
/// <param name="LongestDays">A promise for a later day than this many from today is none.</param>
/// <param name="LeastPercent">So much of what may be collected on its items is promised at least, 0 to 100, since they
/// are left in peace until it is judged; null where it was not said: the standard
/// <see cref="StandardPolicy.LeastPromisedPercent"/>.</param>
public sealed record PromisePolicy(
    int GraceDays, decimal TolerancePercent, int LongestDays,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] decimal? LeastPercent = null);

/// <summary>Rules for payment plans.</summary>
/// <param name="GraceDays">Days after an installment's due date before the plan is breached.</param>
/// <param name="MostInstallments">Longest plan, in installments.</param>
/// <param name="LongestDays">Longest plan, in days from today.</param>
/// <param name="RestoreDueDates">A plan that ends unpaid gives its items their first due dates back.</param>
/// <param name="ApproveFrom">Plans that go so far are approved by somebody whatever their amount; null where the amount
/// alone decides.</param>
public sealed record PlanPolicy(
    int GraceDays, int MostInstallments, int LongestDays, bool RestoreDueDates,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] LongPlan? ApproveFrom = null);

/// <summary>How far a plan must go to be a long one: one of the two suffices.</summary>
/// <param name="Installments">So many installments or more; null for any number.</param>
/// <param name="Days">Its last installment is due in so many days from today or more; null whenever it is.</param>
public sealed record LongPlan(int? Installments = null, int? Days = null)
{
    /// <summary>True for a plan of so many installments whose last is due in so many days.</summary>
    public bool Is(int installments, int days) => installments >= Installments || days >= Days;
}

/// <summary>Rules for disputes.</summary>
/// <param name="Reasons">Who looks into a dispute of each reason, and how long that may take; those not named go by
/// <c>other</c>.</param>
/// <param name="AcceptedUpTo">At most one per currency: a dispute up to this amount is accepted at once, because to
/// look into it costs more; of one invoice no more than this in all.</param>
public sealed record DisputePolicy(
    IReadOnlyDictionary<string, DisputeRouting> Reasons, IReadOnlyList<Money> AcceptedUpTo);

/// <summary>Who looks into a dispute.</summary>
/// <param name="Team">The team.</param>
/// <param name="Days">Days until it is overdue and escalates.</param>
public sealed record DisputeRouting(string Team, int Days);

/// <summary>Rules for escalations.</summary>
/// <param name="AcknowledgeDays">Days until one that nobody has acknowledged goes up a rung.</param>
public sealed record EscalationPolicy(int AcknowledgeDays);

/// <summary>
/// Rules that hold wherever a customer is contacted: by a dunning run, a person or another system. They are kept at the
/// moment of contact.
/// </summary>
/// <param name="Caps">How often.</param>
/// <param name="SilenceDays">Days without contact after a conversation; the day of the conversation is the
/// first.</param>
/// <param name="SilentChannels">Channels that are silent then; none named means all.</param>
/// <param name="QuietHours">When not, by channel.</param>
/// <param name="ConsentFor">Channels that need the contact's consent first.</param>
/// <param name="CopiesCount">A copy of a notice counts for all caps; else for those of its reader alone.</param>
public sealed record ContactRules(
    IReadOnlyList<ContactCap> Caps, int SilenceDays, IReadOnlyList<ContactChannel> SilentChannels,
    IReadOnlyList<QuietHours> QuietHours, IReadOnlyList<ContactChannel> ConsentFor,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool CopiesCount = false);

/// <summary>At most so many attempts in so many days.</summary>
/// <param name="Per">Counted for each contact, for each invoice, or for the customer as a whole.</param>
/// <param name="Channel">Only attempts over this channel; null for all together.</param>
/// <param name="Attempts">Most attempts.</param>
/// <param name="Days">In this many consecutive days of the contact's calendar, today among them.</param>
public sealed record ContactCap(CapScope Per, ContactChannel? Channel, int Attempts, int Days);

/// <summary>What a cap is counted for.</summary>
public enum CapScope
{
    /// <summary>The customer, whichever contact.</summary>
    Customer,

    /// <summary>One contact of the customer.</summary>
    Contact,

    /// <summary>
    /// One invoice of the customer, whichever contact: each debt by itself. Contact that says of no invoice that it is
    /// about it is about all of them.
    /// </summary>
    Invoice,
}

/// <summary>The hours in which a channel may be used, local to the contact.</summary>
/// <param name="Channel">The channel; null for all.</param>
/// <param name="From">First moment of the day.</param>
/// <param name="To">From this moment on no more.</param>
/// <param name="DaysOff">Days of the week without contact.</param>
public sealed record QuietHours(
    ContactChannel? Channel, TimeOnly From, TimeOnly To, IReadOnlyList<DayOfWeek> DaysOff);

/// <summary>
/// A state that a customer's arrears put it in. All conditions must hold; one that is null is none. The conditions look
/// at what may be collected: disputed, promised, planned and held amounts do not count.
/// </summary>
/// <param name="Code">Stable, kebab-case, e.g. <c>warning</c>.</param>
/// <param name="Items">At least so many items overdue.</param>
/// <param name="Balances">At least so much overdue; at most one per currency, any of them suffices.</param>
/// <param name="Days">At least so many days since the earliest of them was due.</param>
/// <param name="WithHold">Only with a hold of this kind; where that forbids contact, of the actions only escalation and
/// blocked changes are carried out, and payment is not tried again.</param>
/// <param name="WithoutHold">Only without a hold of this kind.</param>
/// <param name="Actions">What is done when a customer enters the state; while a hold forbids contact only changes are
/// blocked.</param>
/// <param name="RetryDays">Days after entering it on which payment is tried again; not while such a hold does.</param>
/// <param name="EscalateTo">To whom a state that escalates hands the matter; null for the team lead.</param>
public sealed record OverdueStateRule(
    string Code, int? Items, IReadOnlyList<Money> Balances, int? Days, string? WithHold, string? WithoutHold,
    IReadOnlyList<OverdueAction> Actions, IReadOnlyList<int> RetryDays,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] EscalationTarget? EscalateTo = null);

/// <summary>What entering an overdue state leads to.</summary>
public enum OverdueAction
{
    /// <summary>A call task for the collector.</summary>
    Call,

    /// <summary>An escalation to the collector's team lead, or to whom the state names.</summary>
    Escalate,

    /// <summary>No changes to what the customer has ordered; the others are told so.</summary>
    BlockChanges,

    /// <summary>A recommendation to suspend service, for approval.</summary>
    RecommendSuspension,

    /// <summary>A recommendation to end service, for approval.</summary>
    RecommendTermination,
}
