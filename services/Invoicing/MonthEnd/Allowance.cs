using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Invoicing.Periods;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.MonthEnd;

/// <summary>What is provided for in one bucket.</summary>
/// <param name="UpTo">Last day overdue; 0 for what is not overdue, null for all that is overdue for longer.</param>
/// <param name="Balance">Open at the end of the period, in the books' currency; never below zero.</param>
/// <param name="Percent">Loss rate.</param>
/// <param name="Provision">Balance × loss rate, rounded once.</param>
public sealed record BucketProvision(int? UpTo, Money Balance, decimal Percent, Money Provision);

/// <summary>
/// The allowance for doubtful accounts was brought to what the provision matrix asks for at the end of a period. The
/// entry is the change alone.
/// </summary>
/// <param name="Period">E.g. <c>2026-10</c>.</param>
/// <param name="Buckets">What it was computed from.</param>
/// <param name="Target">What the allowance is to be.</param>
/// <param name="Before">What it was, write-offs and recoveries in it.</param>
public sealed record PeriodProvisioned(
    string LegalEntity, string BaseCurrency, string Period, IReadOnlyList<BucketProvision> Buckets, Money Target,
    Money Before, JournalEntry Entry) : IFinancialEvent;

/// <summary>What a legal entity has provided for so far.</summary>
public sealed record Allowance
{
    /// <summary>Nothing.</summary>
    public static readonly Allowance Initial = new();

    /// <summary>Whose; null where nothing was ever provided for.</summary>
    public string? LegalEntity { get; init; }

    /// <summary>State and event in, next state out.</summary>
    public static Allowance Evolve(Allowance allowance, object e) =>
        e is PeriodProvisioned posted ? allowance with { LegalEntity = posted.LegalEntity } : allowance;
}

/// <summary>Allowances by legal entity: one for all periods, so that no two are provided for at once.</summary>
public static class AllowanceStream
{
    /// <summary>The kind of stream.</summary>
    public static readonly StreamType<Allowance> Type = new("allowance", Allowance.Initial, Allowance.Evolve);

    /// <summary>The allowance of a legal entity.</summary>
    public static Guid Id(string legalEntity) => Ids.From("allowance", legalEntity);
}

/// <summary>
/// Expected credit losses by a provision matrix: what is open in each bucket of days overdue, times the loss rate of
/// that bucket (IFRS 9.B5.5.35 and illustrative example 12, IE74 to IE77; ASC 326-20-55-37 to 40). Their worked
/// example, also a test: 15.0, 7.5, 4.0, 2.5 and 1.0 million at 0.3, 1.6, 3.6, 6.6 and 10.6 % come to 580,000.
/// </summary>
public static class AllowanceDecider
{
    /// <summary>What each bucket asks for.</summary>
    /// <param name="rates">The matrix, the first bucket first.</param>
    /// <param name="balances">
    /// What is open per bucket, in the same order; of customers in credit there nothing, so none is below zero.
    /// </param>
    /// <param name="books">Currency of the books.</param>
    public static IReadOnlyList<BucketProvision> Find(
        IReadOnlyList<LossRate> rates, IReadOnlyList<decimal> balances, Currency books)
    {
        ArgumentNullException.ThrowIfNull(rates);
        return
        [
            .. rates.Zip(balances, (rate, balance) =>
            {
                var open = Money.Of(Math.Max(balance, 0), books);
                return new BucketProvision(rate.UpTo, open, rate.Percent, open.Times(rate.Percent / 100));
            }),
        ];
    }

    /// <summary>All buckets together.</summary>
    public static Money Target(IReadOnlyList<BucketProvision> buckets, Currency books) =>
        Money.Sum(buckets.Select(bucket => bucket.Provision), books);

    /// <summary>
    /// Brings the allowance to its target at the end of the period: bad-debt expense for more, the other way round for
    /// less, nothing where it is there already.
    /// </summary>
    /// <param name="legalEntity">Whose books.</param>
    /// <param name="period">At its last day, which must have come.</param>
    /// <param name="buckets">What <see cref="Find"/> gave.</param>
    /// <param name="before">The allowance on that day.</param>
    /// <param name="accounts">Of the books.</param>
    /// <param name="calendar">As whoever asks may use it.</param>
    /// <param name="today">In the legal entity's calendar.</param>
    public static Decision Post(
        string legalEntity, Period period, IReadOnlyList<BucketProvision> buckets, Money before,
        OtherAccounts accounts, AccountingCalendar calendar, DateOnly today)
    {
        ArgumentNullException.ThrowIfNull(accounts);
        ArgumentNullException.ThrowIfNull(calendar);
        if (period.LastDay > today)
            return PeriodRefusals.NotOver(period);
        var target = Target(buckets, before.Currency);
        var more = target - before;
        if (more.IsZero)
            return Decision.Nothing;
        if (calendar.Refuse(period.LastDay, "/period") is { } closed)
            return closed;
        var amount = more.IsNegative ? -more : more;
        var expense = JournalLine.OnDebit(accounts.BadDebtExpense, AccountRoles.BadDebtExpense, amount);
        var allowance = JournalLine.OnCredit(accounts.Allowance, AccountRoles.Allowance, amount);
        var entry = JournalEntry.Balanced(
            period.LastDay, PostingKinds.Provisioned,
            more.IsNegative ? [allowance.OtherSide(), expense.OtherSide()] : [expense, allowance]);
        return Decision.Of(new PeriodProvisioned(
            legalEntity, before.Currency.Code, $"{period}", buckets, target, before,
            entry with { Adjusting = calendar.IsAdjusting(period.LastDay) }));
    }
}
