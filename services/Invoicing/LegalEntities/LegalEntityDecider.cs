using System.Text.RegularExpressions;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.LegalEntities;

/// <summary>What may become of a legal entity.</summary>
public static partial class LegalEntityDecider
{
    private const int MaxNameLength = 200;

    /// <summary>
    /// Registers or changes an entity; saying the same again is nothing. The base currency stays once anything is
    /// numbered in the entity's series: its books are kept in it.
    /// </summary>
    public static Decision Define(LegalEntity entity, LegalEntityDefined wish, bool inUse)
    {
        ArgumentNullException.ThrowIfNull(entity);
        ArgumentNullException.ThrowIfNull(wish);
        if (Check(wish) is { } refusal)
            return refusal;
        if (inUse && entity.Definition is { } now && now.BaseCurrency != wish.BaseCurrency)
            return LegalEntityRefusals.BaseCurrencyInUse(now);
        return wish == entity.Definition ? Decision.Nothing : Decision.Of(wish);
    }

    private static Refusal? Check(LegalEntityDefined wish) => wish switch
    {
        _ when !CodeFormat().IsMatch(wish.Code) => LegalEntityRefusals.Invalid(
            "/code", "The code is 2 to 10 capital letters and digits, such as US01."),
        _ when !IsName(wish.Name) => LegalEntityRefusals.Invalid(
            "/name", "The name has 1 to 200 characters on one line."),
        _ when !Currency.TryOf(wish.BaseCurrency, out _) => LegalEntityRefusals.Invalid(
            "/baseCurrency", $"'{wish.BaseCurrency}' is not an ISO 4217 currency."),
        _ when !CountryFormat().IsMatch(wish.Country) => LegalEntityRefusals.Invalid(
            "/country", "The country is an ISO 3166 code of two capital letters, such as US."),
        _ when !LocalClock.IsTimeZone(wish.TimeZone) => LegalEntityRefusals.Invalid(
            "/timeZone", $"'{wish.TimeZone}' is not an IANA time zone such as America/Chicago."),
        _ when wish.Accounts.All.Any(account => !AccountFormat().IsMatch(account)) => LegalEntityRefusals.Invalid(
            "/accounts", "An account code is 1 to 20 letters, digits, dots and hyphens."),
        { Calendar.IsUsable: false } => LegalEntityRefusals.Invalid(
            "/calendar", "A calendar leaves one day of the week to work and has at most 1,000 holidays."),
        _ => null,
    };

    /// <summary>
    /// True for 1 to 200 characters on one line: names become part of subjects and addresses of mails, where a line
    /// break would begin a header of its own.
    /// </summary>
    internal static bool IsName(string name) =>
        !string.IsNullOrWhiteSpace(name) && name.Length <= MaxNameLength && !name.Any(char.IsControl);

    /// <summary>Codes become parts of document numbers, so they hold no hyphen.</summary>
    [GeneratedRegex(@"^[A-Z0-9]{2,10}\z", RegexOptions.None, 1000)]
    private static partial Regex CodeFormat();

    [GeneratedRegex(@"^[A-Z]{2}\z", RegexOptions.None, 1000)]
    internal static partial Regex CountryFormat();

    [GeneratedRegex(@"^[A-Za-z0-9.-]{1,20}\z", RegexOptions.None, 1000)]
    internal static partial Regex AccountFormat();
}
