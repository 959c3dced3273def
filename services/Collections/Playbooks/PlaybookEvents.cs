using System.Text.Json.Serialization;
using OrderToCash.Collections.Escalations;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Playbooks;

/// <summary>How a step reaches the customer.</summary>
public enum NoticeChannel
{
    /// <summary>A mail over SMTP; a letter to whoever mail does not reach.</summary>
    Email,

    /// <summary>A letter on paper: it waits to be printed and posted.</summary>
    Letter,

    /// <summary>No writing: a task to call the customer.</summary>
    CallTask,

    /// <summary>No writing: the matter goes to the collector's team lead, or to whom the step names.</summary>
    Escalate,

    /// <summary>No writing: a recommendation to suspend service, for approval.</summary>
    RecommendSuspension,

    /// <summary>No writing: a recommendation to write off, for approval.</summary>
    RecommendWriteOff,

    /// <summary>A text message to the number of a contact.</summary>
    Sms,

    /// <summary>A message over WhatsApp to the number of a contact.</summary>
    Whatsapp,

    /// <summary>A message to a contact in the portal that customers log in to.</summary>
    Portal,
}

/// <summary>Which items go through the steps.</summary>
public enum PlaybookScope
{
    /// <summary>Each by itself.</summary>
    EveryInvoice,

    /// <summary>
    /// The oldest past due for the whole customer; the others past due are listed with it. Once it is through, or
    /// settled, the next oldest leads. A reminder before the due date is for each item by itself.
    /// </summary>
    LeadingInvoice,

    /// <summary>
    /// The oldest past due of those with the same purchase order of the buyer, for all of these. Conditions count what
    /// is overdue and open of them. What has no purchase order goes through the steps by itself.
    /// </summary>
    LeadingOfPurchaseOrder,

    /// <summary>The same for those that bill the same order.</summary>
    LeadingOfOrderReference,
}

/// <summary>Which of the steps after the due date an item gets whose day has come for several.</summary>
public enum PlaybookStages
{
    /// <summary>The highest: how old it is decides, and steps below are left out.</summary>
    Aged,

    /// <summary>
    /// The one after the last it has had: it begins with the first, however old it is, skips none, and waits after each
    /// for as many days as lie between the two.
    /// </summary>
    Staged,
}

/// <summary>What notices do with a customer's credit memos that are not applied yet.</summary>
public enum OpenCredits
{
    /// <summary>They are taken off what is asked for, and nothing is asked for where they make up for all.</summary>
    TakenOff,

    /// <summary>They change nothing. Money in the bank is taken off all the same: nobody is to pay twice.</summary>
    Ignored,
}

/// <summary>From which day the steps after the due date are counted.</summary>
public enum CountedFrom
{
    /// <summary>From the due date.</summary>
    DueDate,

    /// <summary>
    /// From the last day of the month of the due date: what was due in one month comes to its steps together. A
    /// reminder on or before the due date is counted from that all the same.
    /// </summary>
    EndOfMonth,
}

/// <summary>How the parts of a condition are joined.</summary>
public enum ConditionJoin
{
    /// <summary>Each must hold.</summary>
    All,

    /// <summary>One suffices.</summary>
    Any,
}

/// <summary>
/// What must hold for a step beside its day. A part that is null asks nothing, and amounts ask nothing of currencies
/// that they do not name. Where it does not hold, the item falls to the next lower step.
/// </summary>
/// <param name="Join">How the parts are joined.</param>
/// <param name="DaysOverdue">The item is at least so many days overdue.</param>
/// <param name="ItemAmounts">At least so much is to be collected on the item; at most one per currency.</param>
/// <param name="TotalOverdue">At least so much is to be collected on all that is overdue; at most one per
/// currency.</param>
/// <param name="PercentOfOpen">What is overdue is at least so many percent of what is open, per currency; over 0 to
/// 100.</param>
/// <param name="FailedPromises">At least so many promises that named the item were not kept or taken back.</param>
/// <param name="Level">The item was asked for at this dunning level or a higher one: 1 is the first notice after the
/// due date.</param>
/// <param name="DisputeDays">An amount of the item has been disputed for at least so many days, and is still.</param>
/// <param name="BreachedPlans">At least so many payment plans that covered the item were breached.</param>
/// <param name="DaysSinceNotice">The last notice about the item, in writing, is of a run at least so many days
/// before.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record StepCondition(
    ConditionJoin Join, int? DaysOverdue = null, IReadOnlyList<Money>? ItemAmounts = null,
    IReadOnlyList<Money>? TotalOverdue = null, decimal? PercentOfOpen = null, int? FailedPromises = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] int? Level = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] int? DisputeDays = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] int? BreachedPlans = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] int? DaysSinceNotice = null);

/// <summary>
/// What a notice says, in one language. The texts may name <see cref="Placeholders"/>, e.g. <c>{{total}}</c>. A message
/// is the opening and the closing (<see cref="MessageSteps"/>).
/// </summary>
/// <param name="Subject">Subject of the mail.</param>
/// <param name="Opening">Before the list of items; a blank line parts two paragraphs.</param>
/// <param name="Closing">After the list of items.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record Wording(string Subject, string Opening, string Closing)
{
    /// <summary>How many days the oldest item is overdue, and the dunning level: only after the due date.</summary>
    public static readonly IReadOnlyList<string> OfArrears = ["daysOverdue", "level"];

    /// <summary>
    /// What a text may name: who reads it, the customer and its number, who writes, what is asked for in all, on how
    /// many items, the day of the notice, the oldest item and its due date, who is to be turned to (the contact of
    /// the letterhead, else the legal entity: who collects is known here by an account, which no customer reads), and
    /// what there is <see cref="OfArrears"/>.
    /// </summary>
    public static readonly IReadOnlyList<string> Placeholders =
    [
        "contact", "customer", "customerNumber", "entity", "total", "count", "date", "oldestInvoice", "oldestDueDate",
        "collector", .. OfArrears,
    ];
}

/// <summary>
/// One step of a playbook. What it says beyond this is refused when it is defined, and not read from the log: what is
/// mistyped, or of a newer version that runs beside this one, must not be left out of what customers are asked for.
/// </summary>
/// <param name="Code">Stable, kebab-case, e.g. <c>first-notice</c>; an item never gets the same step twice.</param>
/// <param name="OffsetDays">Days after the due date from which the step is due; negative before it. After it they may
/// be counted from the end of its month (<see cref="CountedFrom"/>).</param>
/// <param name="Channel">How it reaches the customer.</param>
/// <param name="MinimumAmounts">At most one per currency: an item with less to collect does not get this step.</param>
/// <param name="Wording">By language: <c>en</c>, and <c>es</c> and <c>fr</c> where there is a translation.</param>
/// <param name="AttachLetter">A mail carries the notice as a letter (PDF), too.</param>
/// <param name="Condition">What must hold beside its day, or null.</param>
/// <param name="Fees">What a notice of the step costs the customer, at most one per currency: no more than its contract
/// allows, and nothing where that allows nothing. Null for nothing.</param>
/// <param name="EscalateTo">To whom a step that escalates hands the matter; null for the team lead.</param>
/// <param name="CopyTo">Roles of the customer's contacts who get a copy of a mail, each a mail of its own; null for
/// nobody. Where the step becomes a letter there are none.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PlaybookStep(
    string Code, int OffsetDays, NoticeChannel Channel, IReadOnlyList<Money> MinimumAmounts,
    IReadOnlyDictionary<string, Wording> Wording, bool AttachLetter = false, StepCondition? Condition = null,
    IReadOnlyList<Money>? Fees = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] EscalationTarget? EscalateTo = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] IReadOnlyList<string>? CopyTo = null)
{
    /// <summary>True where nobody is written to: somebody gets something to do instead.</summary>
    [JsonIgnore]
    public bool IsWork => Channel.IsWork();
}

/// <summary>
/// A playbook was written or changed; the whole of it as it is now. What came later is stored only where it says
/// something, so that an instance of an earlier version goes by all playbooks that do not use it.
/// </summary>
/// <param name="Code">Its natural key.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Tolerances">At most one per currency: what is left of an item is not asked for up to this
/// amount.</param>
/// <param name="Steps">By offset, softest first.</param>
/// <param name="Scope">Which items go through them.</param>
/// <param name="QuietDays">Days after a notice in which the customer gets no other, whatever fell due since; the day of
/// the notice is the first. 0 or 1: none beyond the rule of one notice a day.</param>
/// <param name="Credits">What becomes of open credit memos.</param>
/// <param name="IncludeCurrent">Notices list, beside what they ask for, what is not due yet.</param>
/// <param name="IncludeDisputed">Notices list, beside what they ask for, what is disputed.</param>
/// <param name="CountFrom">From which day the steps after the due date are counted; what conditions and notices call
/// days overdue is counted from the due date all the same.</param>
/// <param name="Stages">Which step an item gets whose day has come for several.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PlaybookDefined(
    string Code, string Name, IReadOnlyList<Money> Tolerances, IReadOnlyList<PlaybookStep> Steps,
    PlaybookScope Scope = PlaybookScope.EveryInvoice, int QuietDays = 0,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    OpenCredits Credits = OpenCredits.TakenOff,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool IncludeCurrent = false,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool IncludeDisputed = false,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    CountedFrom CountFrom = CountedFrom.DueDate,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    PlaybookStages Stages = PlaybookStages.Aged)
{
    /// <summary>The oldest of an invoice group leads, and only that group.</summary>
    [JsonIgnore]
    public bool IsByGroup => Scope is PlaybookScope.LeadingOfPurchaseOrder or PlaybookScope.LeadingOfOrderReference;
}
