using OrderToCash.Kernel;

namespace OrderToCash.Credit.Groups;

/// <summary>The most that several customers may owe together: those of a group, or of a segment.</summary>
/// <param name="Limit">In any currency; customers are converted by the day's rates.</param>
/// <param name="ExpiresOn">Last day it holds, or null.</param>
public readonly record struct SharedLimit(Money Limit, DateOnly? ExpiresOn)
{
    /// <summary>What it grants on a day: all of it to its last day, nothing after that.</summary>
    public Money GrantedOn(DateOnly today) => ExpiresOn < today ? Money.Zero(Limit.Currency) : Limit;

    /// <summary>Why it cannot be set on a day, or null.</summary>
    public Refusal? Check(DateOnly today) => ExpiresOn < today
        ? new Refusal(
            "expiry-in-the-past",
            $"The limit would have expired on {ExpiresOn:yyyy-MM-dd}; today is {today:yyyy-MM-dd}.",
            Field: "/expiresOn")
        : null;
}
