using OrderToCash.Credit.CreditAccounts;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Credit.UseCases;

/// <summary>A credit account as callers see it.</summary>
/// <param name="CustomerId">The customer.</param>
/// <param name="LegalEntity">Code of the selling company.</param>
/// <param name="Number">What people call the customer.</param>
/// <param name="Name">Registered name.</param>
/// <param name="Currency">Currency of the account and its limit.</param>
/// <param name="Limit">Most it may owe, orders included; null when none was ever set.</param>
/// <param name="ExpiresOn">Last day of the limit, or null.</param>
/// <param name="Exposure">What is at risk, in the account's currency.</param>
/// <param name="Available">What is left of the limit; nothing is granted without one or after its last day. Below zero
/// when over.</param>
/// <param name="RiskClass">A to E; null while the customer is not scored.</param>
/// <param name="Score">0 to 100; null while the customer is not scored.</param>
/// <param name="Holds">What stands against any order of this customer at present.</param>
/// <param name="OtherExposures">What is at risk in other currencies; the limit does not cover it.</param>
/// <param name="Version">Version of the account.</param>
public sealed record CreditAccountView(
    Guid CustomerId, string LegalEntity, string Number, string Name, string Currency, Money? Limit, DateOnly? ExpiresOn,
    Exposure Exposure, Money Available, string? RiskClass, int? Score, IReadOnlyList<OrderReason> Holds,
    IReadOnlyList<Exposure> OtherExposures, long Version)
{
    /// <summary>An open account on a day of its legal entity.</summary>
    public static CreditAccountView Of(Guid customerId, CreditAccount account, long version, DateOnly today)
    {
        var opened = account.Opened!;
        var exposure = account.ExposureIn(account.Currency);
        return new CreditAccountView(
            customerId, opened.LegalEntity, opened.Number, opened.Name, opened.Currency, account.Limit?.Limit,
            account.Limit?.ExpiresOn, exposure, CreditDecider.Available(account, exposure, today), RiskClass: null,
            Score: null,
            OrderRules.HoldsOf(account, today),
            [.. account.Exposures.Values.Where(other => other.OpenOrders.Currency != account.Currency)], version);
    }

    /// <summary>
    /// Why the caller may not work with this account: it is not open, or another legal entity's; else null.
    /// </summary>
    public static Refusal? Deny(Guid customerId, CreditAccount account, Caller caller) =>
        account.Opened is { } opened ? caller.Deny(opened.LegalEntity) : CreditRefusals.NoAccount(customerId);
}
