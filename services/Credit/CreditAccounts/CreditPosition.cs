using OrderToCash.Credit.Policies;
using OrderToCash.Kernel;

namespace OrderToCash.Credit.CreditAccounts;

/// <summary>
/// What counts against a limit: every component of the exposure that the policy includes, in one currency at the
/// day's rates, less what somebody else answers for.
/// </summary>
/// <param name="Counted">What counts.</param>
/// <param name="Secured">What guarantees and insurance cover of it; taken off already.</param>
/// <param name="Unknown">What is at risk in currencies without a rate: it does not count and must not be
/// overlooked.</param>
/// <param name="Rates">The rates that were used.</param>
public sealed record CreditPosition(
    Money Counted, Money Secured, IReadOnlyList<Money> Unknown, IReadOnlyDictionary<string, DatedRate> Rates)
{
    /// <summary>All of it, what has no rate included.</summary>
    public IEnumerable<Money> AtRisk => [Counted, .. Unknown];

    /// <summary>The position of an account in its currency.</summary>
    /// <param name="account">The account; it is open.</param>
    /// <param name="facts">Day, policy, rates.</param>
    /// <param name="instead">The exposure that takes the place of the one in its currency.</param>
    public static CreditPosition Of(CreditAccount account, DecisionFacts facts, Exposure? instead = null)
    {
        var policy = facts.Policy.Policy.Exposure;
        var currency = account.Currency;
        var exposures = account.Exposures.Values.Where(one => one.OpenOrders.Currency != instead?.OpenOrders.Currency);
        if (instead is not null)
            exposures = exposures.Append(instead);
        return Of(
            currency,
            exposures.Select(one => new DatedExposure(
                    one,
                    policy.OpenOrders
                        ? Later(account, one.OpenOrders.Currency, policy, facts.Today)
                        : Money.Zero(one.OpenOrders.Currency),
                    account.UnsettledOn(facts.Today, one.OpenOrders.Currency)))
                .Concat(account.Absorbed.SelectMany(duplicate => duplicate.Value.Select(one => new DatedExposure(
                    one, Money.Zero(one.OpenOrders.Currency),
                    account.UnsettledOf(duplicate.Key, facts.Today, one.OpenOrders.Currency))))),
            account.Cover.IsEmpty ? [] :
            [
                .. account.Cover.Values
                    .Where(one => one.From <= facts.Today && (one.Until ?? facts.Today) >= facts.Today)
                    .Select(one => new CoverAmount(one.Cover, one.Percent)),
            ],
            facts);
    }

    /// <summary>The position of an account of which this is known.</summary>
    /// <param name="currency">Its currency.</param>
    /// <param name="exposures">What is at risk per currency.</param>
    /// <param name="cover">What covers it today.</param>
    /// <param name="facts">Day, policy, rates.</param>
    public static CreditPosition Of(
        Currency currency, IEnumerable<DatedExposure> exposures, IReadOnlyList<CoverAmount> cover,
        DecisionFacts facts)
    {
        var policy = facts.Policy.Policy.Exposure;
        var (sum, unknown, rates) = Sum(exposures.Select(one => Counts(one, policy)), currency, facts);
        var secured = policy.Secured ? Covered(cover, sum, facts) : Money.Zero(currency);
        return new CreditPosition(sum - secured, secured, unknown, rates);
    }

    /// <summary>
    /// What the policy counts of an exposure, in its own currency. What was paid with money that may still bounce is
    /// counted again, and of what is unapplied only the settled part is taken off.
    /// </summary>
    public static Money Counts(DatedExposure dated, ExposurePolicy policy)
    {
        var exposure = dated.Exposure;
        var zero = Money.Zero(exposure.OpenOrders.Currency);
        var cash = exposure.UnappliedCash - dated.Unsettled.Unapplied;
        return exposure.OpenReceivables
            - (policy.Disputed ? zero : exposure.Disputed ?? zero)
            + (policy.OpenOrders ? exposure.OpenOrders - dated.Later : zero)
            + (policy.UnbilledDeliveries ? exposure.UnbilledDeliveries ?? zero : zero)
            - (policy.UnappliedCash ? cash.Times((policy.UnappliedPercent ?? 100) / 100) : zero)
            + dated.Unsettled.Spent
            - (policy.OpenCredits ? exposure.OpenCredits ?? zero : zero);
    }

    /// <summary>
    /// Amounts of several currencies in one; those above zero that have no rate are left over, and those by which it
    /// would be more than an amount can be.
    /// </summary>
    public static (Money Sum, IReadOnlyList<Money> Unknown, IReadOnlyDictionary<string, DatedRate> Rates) Sum(
        IEnumerable<Money> amounts, Currency currency, DecisionFacts facts)
    {
        var oldest = facts.OldestRate;
        var sum = Money.Zero(currency);
        var unknown = new List<Money>();
        var rates = new Dictionary<string, DatedRate>(StringComparer.Ordinal);
        foreach (var amount in amounts)
        {
            if (facts.Rates.Convert(amount, currency, oldest) is { } converted
                && Money.TryOf(sum.Amount + converted.Amount, currency, out var more))
                sum = more;
            else if (amount.IsPositive)
                unknown.Add(amount);
            if (amount.Currency != currency)
                Use(amount.Currency);
        }

        return (sum, unknown, rates);

        void Use(Currency from)
        {
            foreach (var one in new[] { from, currency })
            {
                if (facts.Rates.ByCurrency.TryGetValue(one, out var rate))
                    rates[one.Code] = rate;
            }
        }
    }

    /// <summary>Reservations beyond the horizon.</summary>
    internal static Money Later(CreditAccount account, Currency currency, ExposurePolicy policy, DateOnly today)
    {
        if (policy.HorizonDays is not { } days)
            return Money.Zero(currency);
        var last = today.AddDays(days);
        return Money.Of(
            account.Reserved.Where(one => one.Key.NeededOn > last && one.Key.Currency == currency.Code)
                .Sum(one => one.Value), currency);
    }

    /// <summary>
    /// Of every cover its part of what counts, up to its sum at the day's rate; without a rate nothing, for nobody
    /// knows what it is worth. <c>credit_positions_of</c> in SQL is the same.
    /// </summary>
    private static Money Covered(IReadOnlyList<CoverAmount> covers, Money counted, DecisionFacts facts)
    {
        if (!counted.IsPositive || covers.Count == 0)
            return Money.Zero(counted.Currency);
        var (cover, _, _) = Sum(
            from one in covers
            let most = facts.Rates.Convert(one.Cover, counted.Currency, facts.OldestRate)
            where most is not null
            select Money.Min(most.Value, counted.Times(one.Percent / 100)),
            counted.Currency, facts);
        return Money.Min(cover, counted);
    }
}

/// <summary>What is at risk in one currency, and what of it a day decides on.</summary>
/// <param name="Exposure">What is at risk.</param>
/// <param name="Later">What of it is reserved for orders after the horizon.</param>
/// <param name="Unsettled">What may still bounce.</param>
public sealed record DatedExposure(Exposure Exposure, Money Later, UnsettledCash Unsettled);

/// <summary>What a guarantee or an insurance pays.</summary>
/// <param name="Cover">The most.</param>
/// <param name="Percent">Part of a loss.</param>
public readonly record struct CoverAmount(Money Cover, decimal Percent);
