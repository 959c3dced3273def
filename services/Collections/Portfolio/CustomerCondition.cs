using System.Text.Json;
using System.Text.Json.Serialization;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Portfolio;

/// <summary>What a customer is told apart by.</summary>
/// <param name="Name">Registered name.</param>
/// <param name="Segment">E.g. <c>enterprise</c>, or null.</param>
/// <param name="Country">ISO 3166 alpha-2, or null.</param>
/// <param name="Language">ISO 639-1.</param>
/// <param name="Currency">Of its account.</param>
/// <param name="Open">What it owes, per currency.</param>
/// <param name="Region">State or province of its postal address as Invoicing has it, e.g. <c>TX</c>, or null.</param>
public sealed record CustomerTraits(
    string Name, string? Segment, string? Country, string Language, Currency Currency, IReadOnlyList<Money> Open,
    string? Region = null);

/// <summary>
/// Which customers something is for. Every condition that is given must hold; in a list one entry suffices. What it
/// says beyond this is refused when it is laid down. In the log it is of a newer version that runs beside this one:
/// here nobody can say for whom it is, and only what it is part of is left as it is (<see cref="IsUnderstood"/>).
/// </summary>
/// <param name="Segments">Segments or tiers.</param>
/// <param name="Countries">ISO 3166 alpha-2.</param>
/// <param name="Languages">ISO 639-1.</param>
/// <param name="Currencies">Of the account.</param>
/// <param name="NamesFrom">Names from this on, in alphabetical order, capital or small; e.g. <c>A</c>.</param>
/// <param name="NamesTo">Names that begin with this or come before it; e.g. <c>K</c>.</param>
/// <param name="OwingAtLeast">In one of these currencies at least so much is owed.</param>
/// <param name="OwingLessThan">In none of these currencies so much or more is owed.</param>
/// <param name="Regions">States or provinces of the postal address, as Invoicing has them.</param>
public sealed record CustomerCondition(
    IReadOnlyList<string>? Segments = null, IReadOnlyList<string>? Countries = null,
    IReadOnlyList<string>? Languages = null, IReadOnlyList<string>? Currencies = null, string? NamesFrom = null,
    string? NamesTo = null, IReadOnlyList<Money>? OwingAtLeast = null, IReadOnlyList<Money>? OwingLessThan = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] IReadOnlyList<string>? Regions = null)
{
    private const int Many = 200;

    /// <summary>What it says beyond this; null for nothing.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Beyond { get; init; }

    /// <summary>False where only a newer version can say for which of the customers it is whom it holds for.</summary>
    [JsonIgnore]
    public bool IsUnderstood => Beyond is null or { Count: 0 };

    /// <summary>True when all that is asked for, and understood, holds.</summary>
    public bool Holds(CustomerTraits customer)
    {
        ArgumentNullException.ThrowIfNull(customer);
        return Contains(Segments, customer.Segment) && Contains(Countries, customer.Country)
            && Contains(Regions, customer.Region) && Contains(Languages, customer.Language)
            && Contains(Currencies, customer.Currency.Code) && IsNamed(customer.Name)
            && (OwingAtLeast is null || OwingAtLeast.Any(least => Owed(customer, least.Currency) >= least))
            && (OwingLessThan is null || OwingLessThan.All(most => Owed(customer, most.Currency) < most));
    }

    /// <summary>What is wrong with it, or null.</summary>
    public Refusal? Check(string at, string code)
    {
        if (Beyond?.Keys.FirstOrDefault() is { } beyond)
            return new Refusal(code, $"No condition is called '{beyond}'.", Field: $"{at}/{beyond}");
        var lists = new[] { Segments, Countries, Regions, Languages, Currencies };
        if (lists.Any(list => list is { Count: 0 or > Many }))
            return new Refusal(code, $"A list has 1 to {Many} entries, or is left out.", Field: at);
        if (Currencies?.FirstOrDefault(currency => !Currency.TryOf(currency, out _)) is { } unknown)
            return new Refusal(code, $"'{unknown}' is not an ISO 4217 currency.", Field: $"{at}/currencies");
        if (NamesFrom is { Length: 0 or > 50 } || NamesTo is { Length: 0 or > 50 })
            return new Refusal(code, "Names are from and to 1 to 50 characters.", Field: $"{at}/namesFrom");
        return new[] { OwingAtLeast, OwingLessThan }.Any(list => list is not null && (list.Count == 0
            || list.Any(amount => amount.IsNegative)
            || list.Select(amount => amount.Currency).Distinct().Count() < list.Count))
            ? new Refusal(code, "Amounts are not negative, and at most one per currency.", Field: at)
            : null;
    }

    private static bool Contains(IReadOnlyList<string>? list, string? value) =>
        list is null || (value is not null && list.Contains(value));

    private static Money Owed(CustomerTraits customer, Currency currency) =>
        customer.Open.Where(open => open.Currency == currency).FirstOrDefault(Money.Zero(currency));

    private bool IsNamed(string name) =>
        (NamesFrom is null || string.Compare(name, NamesFrom, StringComparison.OrdinalIgnoreCase) >= 0)
        && (NamesTo is null || string.Compare(name, NamesTo, StringComparison.OrdinalIgnoreCase) <= 0
            || name.StartsWith(NamesTo, StringComparison.OrdinalIgnoreCase));
}
