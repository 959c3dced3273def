using System.Text.Json.Serialization;

namespace OrderToCash.Credit.Policies;

/// <summary>
/// How a legal entity gives credit, as data. Amounts are in the entity's base currency, percentages are whole numbers
/// (85 is 85 %), days are calendar days in the entity's time zone.
/// </summary>
/// <param name="Orders">What stands against an order.</param>
/// <param name="Exposure">What counts against a limit.</param>
/// <param name="Holds">When an account is held, and let go, without a person.</param>
/// <param name="Limits">How a limit is worked out.</param>
/// <param name="Scorecard">How a customer is scored.</param>
/// <param name="Applications">What is decided without a person.</param>
/// <param name="Reviews">When a customer is looked at again.</param>
/// <param name="Terms">What other payment terms cost.</param>
public sealed record CreditPolicy(
    OrderPolicy Orders, ExposurePolicy Exposure, HoldPolicy Holds, LimitPolicy Limits, ScorecardPolicy Scorecard,
    ApplicationPolicy Applications, ReviewPolicy Reviews, TermsPolicy Terms);

/// <summary>What other payment terms cost.</summary>
/// <param name="CostOfCapitalPercent">Of a year, on what is owed longer.</param>
/// <param name="MaxDays">The longest terms of each risk class; <c>*</c> for customers without one. Longer ones are
/// shown as outside the policy, and take the highest band of the approval matrix. Null: any.</param>
/// <param name="LossPercent">What of the receivables of each risk class is lost in a year; <c>*</c> for customers
/// without one. Null: nobody knows, and no risk is shown.</param>
public sealed record TermsPolicy(
    decimal CostOfCapitalPercent, IReadOnlyDictionary<string, int>? MaxDays = null,
    IReadOnlyDictionary<string, decimal>? LossPercent = null);

/// <summary>What stands against an order.</summary>
/// <param name="Rules">Everything that blocks; none means that every order is allowed, and decisions say so.</param>
/// <param name="Exclusions">What blocking rules do not apply to; they run after the rules.</param>
/// <param name="GraceDays">An approved order that is checked again within so many days after its decision, at the same
/// check point, answers the same; later it is judged anew. Null: for ever the same.</param>
/// <param name="ReservationDays">Last day of a reservation after its decision; what is not invoiced by then is
/// free again. Null: it never expires.</param>
/// <param name="ReleaseDays">The same for an order that a person released.</param>
/// <param name="ReleaseByItself">A held order is approved as soon as nothing stands against it any more.</param>
/// <param name="ReleaseReasons">Codes of which whoever releases an order names one; null for none: in words only.
/// </param>
/// <param name="GraceAtLaterPoints">Within its grace days an approved order answers the same at later check points,
/// too, unless a hold that declines orders has come; their rules are made up for at the first check after these
/// days.</param>
/// <param name="MostReleaseDays">The last day that whoever releases an order may name is so many days ahead; null: any
/// up to 2999-12-31.</param>
public sealed record OrderPolicy(
    IReadOnlyList<BlockingRule> Rules, IReadOnlyList<RuleExclusion> Exclusions, int? GraceDays, int? ReservationDays,
    int ReleaseDays, bool ReleaseByItself, IReadOnlyList<string>? ReleaseReasons = null,
    bool GraceAtLaterPoints = false,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? MostReleaseDays = null);

/// <summary>One thing that stands against an order.</summary>
/// <param name="Code">One of <see cref="RuleCodes"/>; also the code of the reason it gives.</param>
/// <param name="AppliesTo">Whom it is for; null for all. Of rules with one code only those for the narrowest scope
/// count: customers before segments before all.</param>
/// <param name="Declines">The order is declined, not held.</param>
/// <param name="Days">Of <c>days-overdue</c>: blocks when something is overdue for more days than this. Of
/// <c>no-payment</c>: when nothing was paid for more days. Of <c>over-component-limit</c>: what is due counts as
/// <c>overdue</c> only after so many days.</param>
/// <param name="Amount">Blocks above this amount. <c>days-overdue</c>, <c>no-payment</c>: only items worth more
/// together; <c>overdue-amount</c>: overdue; <c>order-amount</c>: the order; <c>over-component-limit</c>: the
/// components together.</param>
/// <param name="Percent">Of <c>over-limit</c>: blocks above this part of the limit, 100 when null. Of
/// <c>overdue-amount</c>: only where more than this part of the limit is used, too.</param>
/// <param name="Values">Of <c>customer-status</c> and <c>risk-class</c>: those that block. Of
/// <c>over-component-limit</c>: one or some of <see cref="ComponentCodes"/>; a limit for each is a rule for each. Of
/// <c>terms</c>: payment terms that block, such as <c>NET 90</c>, of the order, and of the customer where the order
/// names none.</param>
/// <param name="Level">Of <c>dunning-level</c>: blocks when an open item was dunned with so many steps of its playbook,
/// or with more.</param>
/// <param name="Warns">The order is not held: it is approved, if nothing else stands against it, and says so.</param>
/// <param name="CheckPoints">Where it is judged; null at each. A check point that was left out is made up for at the
/// next one.</param>
public sealed record BlockingRule(
    string Code, RuleScope? AppliesTo = null, bool Declines = false, int? Days = null, decimal? Amount = null,
    decimal? Percent = null, IReadOnlyList<string>? Values = null, int? Level = null, bool Warns = false,
    IReadOnlyList<CheckPoint>? CheckPoints = null);

/// <summary>Whom a rule is for; one of the two.</summary>
public sealed record RuleScope(IReadOnlyList<Guid>? Customers = null, IReadOnlyList<string>? Segments = null)
{
    /// <summary>True where the customer is meant.</summary>
    public bool Covers(Guid customerId, string? segment) =>
        Customers?.Contains(customerId) == true || (segment is not null && Segments?.Contains(segment) == true);
}

/// <summary>An exception from the blocking rules.</summary>
/// <param name="Name">What people call it; decisions name it.</param>
/// <param name="AppliesTo">Whom it is for; null for all.</param>
/// <param name="OrdersUpTo">Only orders up to this amount; null for all.</param>
/// <param name="Rules">Codes that it takes out; null for all, holds of the account included: the order is simply
/// released.</param>
public sealed record RuleExclusion(
    string Name, RuleScope? AppliesTo = null, decimal? OrdersUpTo = null, IReadOnlyList<string>? Rules = null);

/// <summary>What counts against a limit besides open receivables.</summary>
/// <param name="Disputed">Disputed parts of receivables count.</param>
/// <param name="OpenOrders">Reservations count.</param>
/// <param name="HorizonDays">Only reservations of orders that are needed within so many days; null for all. Orders
/// without a day always count.</param>
/// <param name="UnappliedCash">Unapplied cash is taken off.</param>
/// <param name="OpenCredits">Open credit memos are taken off.</param>
/// <param name="Secured">What guarantees and insurance cover is taken off.</param>
/// <param name="RateDays">An exchange rate older than this is none.</param>
/// <param name="UnbilledDeliveries">What is delivered and not invoiced counts.</param>
/// <param name="UnappliedPercent">So much of the unapplied cash is taken off, 0 to 100 percent; null: all of it.
/// </param>
/// <param name="SettlementDays">Per method of a receipt (<c>check</c>, <c>ach</c>…): for so many days after its value
/// date its money may bounce, and what it has paid counts as if it had not. It holds for money that comes from then on.
/// Null: what is booked is settled.</param>
/// <param name="OtherCurrencies">What an invoice in another currency bills of its order is reserved no longer, by the
/// rate of the day; false: it counts beside its order. What counts by such a rate already goes on to.</param>
public sealed record ExposurePolicy(
    bool Disputed, bool OpenOrders, int? HorizonDays, bool UnappliedCash, bool OpenCredits, bool Secured,
    int RateDays, bool UnbilledDeliveries = true, decimal? UnappliedPercent = null,
    IReadOnlyDictionary<string, int>? SettlementDays = null, bool OtherCurrencies = false);

/// <summary>When an account is held without a person, and let go again.</summary>
/// <param name="PastDueDays">Held while something is past due for more days; null: never.</param>
/// <param name="PastDueAmount">Only while more than this is that late.</param>
/// <param name="OverLimitPercent">Held while more than this part of the limit is used; null: never.</param>
/// <param name="OnReturnedPayment">Held when a payment bounces, until what it had paid is paid again and nothing is
/// overdue; one that had paid nothing is let go by a person.</param>
/// <param name="OnBreachedPlan">Held when a payment plan is breached, until a person lets it go.</param>
/// <param name="Declining">Codes of holds that decline orders instead of holding them.</param>
/// <param name="ReleaseDays">When a person lets a rule's hold go, the rule places no other for so many days, where the
/// person names no day.</param>
/// <param name="OnBlockedChanges">Held while Collections says that the customer's overdue state lets nothing of its
/// orders change, or until a person lets it go.</param>
public sealed record HoldPolicy(
    int? PastDueDays, decimal? PastDueAmount, decimal? OverLimitPercent, bool OnReturnedPayment, bool OnBreachedPlan,
    IReadOnlyList<string> Declining, int ReleaseDays = 14, bool OnBlockedChanges = false);

/// <summary>
/// How a limit is worked out: the least of the class's cap, a share of net worth (or what the bureau recommends), and
/// billing over the time it stays unpaid.
/// </summary>
/// <param name="Classes">Per risk class.</param>
/// <param name="NetWorthPercent">Most of the customer's net worth.</param>
/// <param name="BillingMonths">Months over which billing is averaged.</param>
/// <param name="RoundTo">Limits are whole multiples of this, rounded down.</param>
/// <param name="ValidDays">Last day of a limit after its decision; null: it does not expire.</param>
/// <param name="WithoutExpiryGrants">A limit without a last day grants credit; else it grants nothing.</param>
/// <param name="Segments">The formula of segments that have their own; null for none.</param>
public sealed record LimitPolicy(
    IReadOnlyList<ClassLimit> Classes, decimal NetWorthPercent, int BillingMonths, decimal RoundTo, int? ValidDays,
    bool WithoutExpiryGrants, IReadOnlyList<SegmentFormula>? Segments = null)
{
    /// <summary>The formula that holds for a customer of a segment.</summary>
    public LimitPolicy For(string? segment) => Segments?.FirstOrDefault(one => one.Segment == segment) is { } own
        ? this with { Classes = own.Classes, NetWorthPercent = own.NetWorthPercent ?? NetWorthPercent }
        : this;
}

/// <summary>How the limit of customers of a segment is worked out, where it is otherwise than others'.</summary>
/// <param name="Segment">As Invoicing names it.</param>
/// <param name="Classes">Per risk class.</param>
/// <param name="NetWorthPercent">Most of the customer's net worth; null as for others.</param>
public sealed record SegmentFormula(
    string Segment, IReadOnlyList<ClassLimit> Classes, decimal? NetWorthPercent = null);

/// <summary>The limit of a risk class.</summary>
/// <param name="Class">Its code.</param>
/// <param name="Cap">The most there is.</param>
/// <param name="BillingFactor">Times the average billing of the time that terms give.</param>
/// <param name="Caps">Caps by the size of the customer, the smallest first; whose revenue is not known counts as the
/// smallest. Null: <paramref name="Cap"/> for all.</param>
public sealed record ClassLimit(
    string Class, decimal Cap, decimal BillingFactor,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<SizeCap>? Caps = null)
{
    /// <summary>The cap for a customer of this revenue in the base currency; null where that is not known.</summary>
    public decimal CapFor(decimal? revenue) =>
        Caps?.Last(one => one.Revenue <= Math.Max(revenue ?? 0, 0)).Cap ?? Cap;
}

/// <summary>The most there is for customers of a size.</summary>
/// <param name="Revenue">From this revenue of a year on; of the first 0.</param>
/// <param name="Cap">The most; not above the cap of the class.</param>
public sealed record SizeCap(decimal Revenue, decimal Cap);

/// <summary>How a customer is scored: 0 (worst) to 100.</summary>
/// <param name="MinimumCoverage">Weight that must be known, of all weight, in percent; with less nothing is decided
/// without a person.</param>
/// <param name="Factors">What is looked at.</param>
/// <param name="Classes">From the best to the worst; the last begins at 0.</param>
public sealed record ScorecardPolicy(
    decimal MinimumCoverage, IReadOnlyList<ScoreFactor> Factors, IReadOnlyList<RiskClass> Classes);

/// <summary>One thing that is looked at.</summary>
/// <param name="Code">One of <see cref="FactorCodes"/>, or one of its own (<see cref="FactorCodes.IsOwn"/>).</param>
/// <param name="Weight">Its part of the score.</param>
/// <param name="Bands">Points by number, in the order of their beginnings; the first has none.</param>
/// <param name="Values">Points by text, for what is no number; <c>*</c> for any other.</param>
/// <param name="Missing">Points where nothing is known; null leaves the factor out and spreads its weight over the
/// others.</param>
public sealed record ScoreFactor(
    string Code, decimal Weight, IReadOnlyList<ScoreBand> Bands, IReadOnlyDictionary<string, decimal>? Values = null,
    decimal? Missing = null);

/// <summary>Points from this number on, up to the next band's.</summary>
/// <param name="From">The least number of the band; null for all below the next.</param>
/// <param name="Points">0 to 100.</param>
public sealed record ScoreBand(decimal? From, decimal Points);

/// <summary>A risk class and the score from which a customer is in it.</summary>
public sealed record RiskClass(string Code, decimal From);

/// <summary>What is decided without a person.</summary>
/// <param name="ApproveFrom">Score from which an application is approved.</param>
/// <param name="ApproveUpTo">Only limits up to this amount.</param>
/// <param name="DeclineBelow">Score below which it is declined.</param>
/// <param name="KnockOuts">Findings that decline it whatever the score: <c>bankruptcy</c>, <c>sanctions</c>,
/// <c>fraud</c>, <c>out-of-business</c>, and <c>past-bankruptcy</c>, which else is for a person.</param>
/// <param name="PaydexFrom">With <paramref name="FailureBelow"/>: who still pays promptly while the failure score has
/// collapsed is looked at by a person.</param>
/// <param name="FailureBelow">Percentile of the failure score.</param>
/// <param name="ReportDays">A bureau report that is not older is used again.</param>
/// <param name="ReviewHours">Hours within which a person should decide what is referred.</param>
/// <param name="RefreshDays">A customer with a limit, whose bureau report is so old, is asked for again by the daily
/// run, at most 500 of them a day; null: only with a case.</param>
/// <param name="Checklists">What a person goes through before approving a case, per kind (<c>application</c>,
/// <c>review</c>); null for nothing.</param>
/// <param name="EscalateTo">Who gets a case that nobody decided in time; null leaves it with whoever has it. Either way
/// there is an alert.</param>
/// <param name="Sales">Who is told by mail how a case, or a request for terms, was decided; null for nobody.</param>
/// <param name="RefreshUnknown">With <paramref name="RefreshDays"/>: the bureau is asked about customers with a limit,
/// too, about whom it was never asked. It is paid for each.</param>
public sealed record ApplicationPolicy(
    decimal ApproveFrom, decimal ApproveUpTo, decimal DeclineBelow, IReadOnlyList<string> KnockOuts,
    decimal PaydexFrom, decimal FailureBelow, int ReportDays, int ReviewHours, int? RefreshDays = null,
    IReadOnlyDictionary<string, IReadOnlyList<ChecklistPoint>>? Checklists = null, string? EscalateTo = null,
    SalesAddresses? Sales = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool RefreshUnknown = false);

/// <summary>Where sales reads how cases and requests for terms were decided.</summary>
/// <param name="Address">For customers of all other segments, and of none; null: what is decided on them is not
/// mailed.</param>
/// <param name="Segments">Per segment, as Invoicing names it; null for none.</param>
/// <param name="Languages">In which language an address is written to, <c>en</c>, <c>es</c> or <c>fr</c>; English where
/// it is not named, and null for all in English.</param>
public sealed record SalesAddresses(
    string? Address, IReadOnlyDictionary<string, string>? Segments = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    IReadOnlyDictionary<string, string>? Languages = null)
{
    /// <summary>Languages that mails are written in.</summary>
    public static readonly IReadOnlyList<string> Known = ["en", "es", "fr"];

    /// <summary>The language that an address is written to in; null for the usual one.</summary>
    public string? LanguageOf(string address) => Languages?.GetValueOrDefault(address);

    /// <summary>The address for a customer of a segment; null where nobody is told.</summary>
    public string? For(string? segment) =>
        segment is not null && Segments?.TryGetValue(segment, out var own) == true ? own : Address;
}

/// <summary>A point of a checklist.</summary>
/// <param name="Code">Kebab-case; once in a list.</param>
/// <param name="Text">What is to be done.</param>
/// <param name="IsMandatory">No case is approved while it is open.</param>
public sealed record ChecklistPoint(string Code, string Text, bool IsMandatory = true);

/// <summary>When a customer is looked at again.</summary>
/// <param name="Days">Days between reviews, per risk class; <c>*</c> for customers without one.</param>
/// <param name="UtilisationPercent">A review falls due when more of the limit is used; null: it does not.</param>
/// <param name="OnBrokenPromise">A review falls due when a promise is broken.</param>
/// <param name="BeforeExpiryDays">A review falls due so many days before a limit, or what covers it, ends; null: it
/// does not.</param>
/// <param name="OnWorsening">A review falls due when the class worsens, a bureau finds what knocks out, or its failure
/// score has collapsed while it still pays promptly.</param>
public sealed record ReviewPolicy(
    IReadOnlyDictionary<string, int> Days, decimal? UtilisationPercent, bool OnBrokenPromise, int? BeforeExpiryDays,
    bool OnWorsening = true);
