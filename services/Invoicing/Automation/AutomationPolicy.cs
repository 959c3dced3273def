using System.Collections.Immutable;
using System.Text.Json.Serialization;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Periods;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Automation;

/// <summary>Late fees and interest of a month are billed by themselves, in the month after it.</summary>
/// <param name="Day">On this day of that month, 1 to 28.</param>
/// <param name="Since">The first month is the one that this day is in.</param>
public sealed record AutomaticCharges(int Day, DateOnly Since);

/// <summary>
/// Open credit memos settle by themselves what their customer owes, what is due first before the rest and never what
/// is disputed.
/// </summary>
/// <param name="AfterDays">So many days after their date, 0 to 90; until then people may do otherwise.</param>
public sealed record AutomaticSettlement(int AfterDays);

/// <summary>What happens by itself at a legal entity was defined; the whole of it as it is now.</summary>
/// <param name="FinanceCharges">Null where people run them.</param>
/// <param name="OpenCredits">Null where people apply them.</param>
/// <param name="MailInvoices">Invoices, credit memos and debit memos are mailed as they are issued, unless the customer
/// wants it otherwise.</param>
/// <param name="PayRefunds">Cash application pays the refunds of credit memos that are approved; else people pay them.
/// </param>
/// <param name="ReturnedPayments">Null where a payment that did not hold costs nothing.</param>
/// <param name="SmallBalances">Null where no small balances are written off together.</param>
public sealed record AutomationPolicyDefined(
    string LegalEntity, AutomaticCharges? FinanceCharges, AutomaticSettlement? OpenCredits = null,
    bool MailInvoices = false,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool PayRefunds = false,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    ReturnedPaymentFees? ReturnedPayments = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] SmallBalances? SmallBalances = null);

/// <summary>The late fees and interest of a month were billed by themselves.</summary>
/// <param name="Period">The month, such as <c>2026-10</c>.</param>
/// <param name="On">The day there; those that could not be billed are tried again the next day.</param>
/// <param name="Billed">Customers that are billed for the month, by this run or before it; of a run over what was held
/// back those of them.</param>
/// <param name="Failed">Customers that could not be billed.</param>
/// <param name="HeldBack">Customers of whom more would be billed, were it not disputed, or their reference rate
/// known; null for none.</param>
/// <param name="Errors">Of those who could not be billed the ones whom no rule refuses: an error that the log tells.
/// </param>
public sealed record FinanceChargesBilled(
    string LegalEntity, string Period, DateOnly On, int Billed, int Failed,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<Guid>? HeldBack = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] int Errors = 0);

/// <summary>A month whose charges are to be billed.</summary>
/// <param name="Only">The customers of whom something was held back; null for all customers.</param>
public sealed record DueCharges(Period Month, IReadOnlyList<Guid>? Only = null);

/// <summary>What happens by itself at a legal entity, and what has happened.</summary>
public sealed record AutomationPolicy
{
    private const int LastDayOfEachMonth = 28;
    private const int MaxAfterDays = 90;

    /// <summary>What is held back for longer is left to people.</summary>
    private const int MonthsHeldBack = 12;

    /// <summary>Nothing happens by itself.</summary>
    public static readonly AutomationPolicy Initial = new();

    /// <summary>As it was defined last; null before that.</summary>
    public AutomationPolicyDefined? Definition { get; init; }

    /// <summary>The last run of finance charges by month.</summary>
    public ImmutableSortedDictionary<string, FinanceChargesBilled> Runs { get; init; } =
        ImmutableSortedDictionary.Create<string, FinanceChargesBilled>(StringComparer.Ordinal);

    public static AutomationPolicy Evolve(AutomationPolicy policy, object e) => e switch
    {
        AutomationPolicyDefined defined => policy with { Definition = defined },
        FinanceChargesBilled run => policy with { Runs = policy.Runs.SetItem(run.Period, run) },
        _ => policy,
    };

    /// <summary>
    /// Defines it; saying the same again is nothing. Charges begin with the month that goes on, and fees with today:
    /// nobody is billed for times in which they were not on.
    /// </summary>
    /// <param name="wish">As it shall be; the <c>Since</c> of what is new in it is given here.</param>
    /// <param name="today">Where the legal entity is.</param>
    public Decision Define(AutomationPolicyDefined wish, DateOnly today)
    {
        ArgumentNullException.ThrowIfNull(wish);
        if (wish.FinanceCharges is { Day: < 1 or > LastDayOfEachMonth })
            return Invalid("/financeCharges/day", $"The day is one that each month has, 1 to {LastDayOfEachMonth}.");
        if (wish.OpenCredits is { AfterDays: < 0 or > MaxAfterDays })
            return Invalid("/openCredits/afterDays", $"Credit memos are applied 0 to {MaxAfterDays} days after.");
        if (wish.ReturnedPayments?.Fault() is { } fault)
            return Invalid("/returnedPayments/fees", fault);
        if (wish.SmallBalances?.Fault() is { } wrong)
            return Invalid("/smallBalances/limits", wrong);

        var defined = wish with
        {
            FinanceCharges = wish.FinanceCharges is { } charges
                ? charges with { Since = Definition?.FinanceCharges?.Since ?? today }
                : null,
            ReturnedPayments = wish.ReturnedPayments is { Fees.Count: > 0 } fees
                ? fees.After(Definition?.ReturnedPayments, today)
                : null,
            SmallBalances = wish.SmallBalances is { Limits.Count: > 0 } limits ? limits : null,
        };
        return defined == Definition ? Decision.Nothing : Decision.Of(defined);
    }

    /// <summary>The largest rest in a currency that may be written off with others; zero where none may.</summary>
    public Money SmallBalanceIn(Currency currency) =>
        Definition?.SmallBalances?.LimitIn(currency) ?? Money.Zero(currency);

    /// <summary>
    /// The months whose charges are to be billed by a day, the first one first: all that were missed; until the end of
    /// the month after it those that left somebody out on a day before; and with each further month, for a year, those
    /// that held something back, for the customers it was held back of: nobody else is billed for times long past.
    /// </summary>
    public IEnumerable<DueCharges> ChargesDue(DateOnly today)
    {
        if (Definition?.FinanceCharges is not { } charges)
            yield break;
        var billing = Period.Of(today).FirstDay.AddDays(charges.Day - 1);
        var lastBilling = billing <= today ? billing : billing.AddMonths(-1);
        for (var month = Period.Of(charges.Since); month.Next.FirstDay.AddDays(charges.Day - 1) <= today;
            month = month.Next)
        {
            if (!Runs.TryGetValue($"{month}", out var run)
                || (run.Failed > 0 && run.On < today && IsTriedAgain(month, today)))
                yield return new(month);
            else if (run.HeldBack is { } only && run.On < lastBilling
                && today <= month.LastDay.AddMonths(MonthsHeldBack))
                yield return new(month, only);
        }
    }

    /// <summary>
    /// Whether an error keeps somebody from being billed: until a run goes well, also where nobody but a person runs
    /// the month any more.
    /// </summary>
    public bool HasErrors => Definition?.FinanceCharges is not null && Runs.Values.Any(run => run.Errors > 0);

    /// <summary>Notes a run; nothing where another instance has noted it.</summary>
    public Decision Bill(FinanceChargesBilled run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return Runs.TryGetValue(run.Period, out var before)
            && (before is { Failed: 0, HeldBack: null } || before.On >= run.On)
            ? Decision.Nothing
            : Decision.Of(run);
    }

    /// <summary>Notes what a person has run again of a month whose run has left somebody out.</summary>
    public Decision BillAgain(FinanceChargesBilled run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return Runs.TryGetValue(run.Period, out var before) && before.Failed > 0 && before.On <= run.On
            ? Decision.Of(run)
            : Decision.Nothing;
    }

    /// <summary>Whom a run leaves out is tried again until the end of the month after.</summary>
    private static bool IsTriedAgain(Period month, DateOnly today) => today <= month.Next.LastDay;

    private static Refusal Invalid(string field, string detail) =>
        new("invalid-automation-policy", detail, Field: field);
}

public static class AutomationPolicyStream
{
    public static readonly StreamType<AutomationPolicy> Type =
        new("automation_policy", AutomationPolicy.Initial, AutomationPolicy.Evolve);

    /// <summary>One per legal entity.</summary>
    public static Guid Id(string legalEntity) => Ids.From("automation-policy", legalEntity);
}
