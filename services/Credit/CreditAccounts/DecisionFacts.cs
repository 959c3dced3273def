using System.Collections.Immutable;
using System.Text.Json.Serialization;
using OrderToCash.Credit.Policies;
using OrderToCash.Kernel;

namespace OrderToCash.Credit.CreditAccounts;

/// <summary>What a decision rests on besides the account: handed in, so that the decision can be made again.</summary>
/// <param name="Today">The date in the legal entity's calendar.</param>
/// <param name="Policy">The policy in force.</param>
/// <param name="Rates">Exchange rates of the day.</param>
/// <param name="Groups">The groups, and the segment, with a limit that the customer belongs to, as they are without the
/// customer.</param>
public sealed record DecisionFacts(
    DateOnly Today, NumberedPolicy Policy, DayRates Rates, IReadOnlyList<GroupPosition> Groups)
{
    /// <summary>The customer's segment has a limit: an order is decided on the segment, too.</summary>
    public bool HasSegmentLimit { get; init; }

    /// <summary>Rates of days before this one are none.</summary>
    public DateOnly OldestRate => Today.AddDays(-Policy.Policy.Exposure.RateDays);

    /// <summary>The amount in the base currency; as it is where there is no rate.</summary>
    public Money InBase(Money money) => Rates.Convert(money, Rates.Base, OldestRate) ?? money;

    /// <summary>
    /// Amounts together in the base currency; null where one of them is above zero and has no rate. It may be more than
    /// a <see cref="Money"/> can be.
    /// </summary>
    public decimal? SumInBase(IEnumerable<Money> amounts)
    {
        var sum = 0m;
        foreach (var amount in amounts)
        {
            if (Rates.Convert(amount, Rates.Base, OldestRate) is { } converted)
                sum += converted.Amount;
            else if (amount.IsPositive)
                return null;
        }

        return sum;
    }

    /// <summary>An amount in no band of an approval matrix but the highest.</summary>
    public static Money AboveAllBands(Currency currency) => Money.Round(Money.Limit - 1, currency);

    /// <summary>The same without groups.</summary>
    public static DecisionFacts Of(DateOnly today, NumberedPolicy policy, DayRates rates) =>
        new(today, policy, rates, []);
}

/// <summary>The limit of a group, or of a segment, and what its other members have at risk.</summary>
/// <param name="GroupId">The customer at its head; of a segment its stream.</param>
/// <param name="Limit">Most that all of them may owe together; zero after its last day.</param>
/// <param name="Others">What counts of the others, in the currency of the limit.</param>
/// <param name="Unknown">What they have at risk in currencies without a rate.</param>
/// <param name="Segment">The segment that it is; null for a group.</param>
public sealed record GroupPosition(
    Guid GroupId, Money Limit, Money Others, IReadOnlyList<Money> Unknown,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Segment = null);

/// <summary>One unit of a currency in another, and the day the rate is of.</summary>
public sealed record DatedRate(decimal Rate, DateOnly Day);

/// <summary>Exchange rates as they are known on a day: what one unit of each currency is worth in the base.</summary>
/// <param name="Base">The currency they lead to.</param>
/// <param name="ByCurrency">The newest of each.</param>
public sealed record DayRates(Currency Base, ImmutableDictionary<Currency, DatedRate> ByCurrency)
{
    /// <summary>No rates.</summary>
    public static DayRates None(Currency currency) =>
        new(currency, ImmutableDictionary<Currency, DatedRate>.Empty);

    /// <summary>
    /// The amount in another currency; null without rates that are new enough, and where it comes to more than an
    /// amount can be: nobody knows what it is worth then.
    /// </summary>
    /// <param name="money">What to convert.</param>
    /// <param name="to">Into what.</param>
    /// <param name="oldest">Rates of days before this one are none.</param>
    public Money? Convert(Money money, Currency to, DateOnly oldest)
    {
        if (money.Currency == to)
            return money;
        return Rate(money.Currency, oldest) is { } from && Rate(to, oldest) is { } into
            ? Rounded(money.Amount, from, into, to)
            : null;
    }

    /// <summary>One unit of a currency in another; null without rates that are new enough.</summary>
    /// <param name="from">Of what.</param>
    /// <param name="to">In what.</param>
    /// <param name="oldest">Rates of days before this one are none.</param>
    public decimal? Between(Currency from, Currency to, DateOnly oldest) =>
        Rate(from, oldest) / Rate(to, oldest);

    private static Money? Rounded(decimal amount, decimal from, decimal into, Currency to)
    {
        // Amounts are below 10^15 and rates below 10^10, so the products fit into a decimal; their quotient may not.
        var worth = amount * from;
        return Math.Abs(worth) < (Money.Limit - 1) * into ? Money.Round(worth / into, to) : null;
    }

    private decimal? Rate(Currency currency, DateOnly oldest) => currency == Base ? 1
        : ByCurrency.TryGetValue(currency, out var rate) && rate.Day >= oldest ? rate.Rate : null;
}

/// <summary>What a decision on an order rested on, kept with it so that it can be explained and made again.</summary>
/// <param name="On">The date in the legal entity's calendar.</param>
/// <param name="Policy">Number of the policy.</param>
/// <param name="Base">The currency that amounts of the policy are in, and that rates lead to.</param>
/// <param name="AllowsAll">True when the policy has no rules and so allows every order.</param>
/// <param name="Excluded">Names of the exclusions that took rules out.</param>
/// <param name="Rates">Exchange rates of the currencies it met; null for none.</param>
/// <param name="Groups">The groups, and the segment, as they were; null for none.</param>
public sealed record DecisionBasis(
    DateOnly On, int Policy, string Base,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool AllowsAll = false,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Excluded = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    IReadOnlyDictionary<string, DatedRate>? Rates = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    IReadOnlyList<GroupPosition>? Groups = null)
{
    /// <summary>
    /// Without what only an explanation needs, which reads the event: an account keeps every order it ever had.
    /// </summary>
    [JsonIgnore]
    public DecisionBasis InShort => this is { Rates: null, Groups: null }
        ? this
        : this with { Rates = null, Groups = null };
}
