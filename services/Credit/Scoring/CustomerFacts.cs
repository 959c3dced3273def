using System.Globalization;
using System.Text.Json.Serialization;
using OrderToCash.Credit.Policies;

namespace OrderToCash.Credit.Scoring;

/// <summary>Declared or published figures of a company; all of one currency and year.</summary>
/// <param name="Currency">ISO 4217 code.</param>
/// <param name="AsOf">Last day of the year they are of.</param>
/// <param name="CurrentAssets">Assets that are money within a year.</param>
/// <param name="CurrentLiabilities">Debts that are due within a year.</param>
/// <param name="TotalLiabilities">All debts.</param>
/// <param name="NetWorth">Assets less debts; below zero where there are more debts.</param>
/// <param name="Revenue">Sales of the year.</param>
/// <param name="NetIncome">Profit of the year; below zero for a loss.</param>
/// <param name="FoundedYear">Year in which the company was founded.</param>
/// <param name="Answers">What is known of the policy's own factors (<see cref="FactorCodes.IsOwn"/>), by code: a number
/// or a word; null for nothing.</param>
public sealed record Financials(
    string Currency, DateOnly? AsOf = null, decimal? CurrentAssets = null, decimal? CurrentLiabilities = null,
    decimal? TotalLiabilities = null, decimal? NetWorth = null, decimal? Revenue = null, decimal? NetIncome = null,
    int? FoundedYear = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    IReadOnlyDictionary<string, string>? Answers = null);

/// <summary>What a bureau says of a company. A score of zero there means that it has none; here it is null.</summary>
/// <param name="Subject">The bureau's number of the company.</param>
/// <param name="Name">Its name there.</param>
/// <param name="FailurePercentile">1 to 100, 100 least likely to fail.</param>
/// <param name="DelinquencyScore">101 to 670, higher is safer.</param>
/// <param name="Paydex">1 to 100; 80 pays to the day.</param>
/// <param name="MaxCredit">The most credit it recommends.</param>
/// <param name="MaxCreditCurrency">The currency of that.</param>
/// <param name="StartYear">Year in which the company was founded.</param>
/// <param name="Findings"><c>bankruptcy</c>, <c>past-bankruptcy</c>, <c>out-of-business</c>, <c>sanctions</c>,
/// <c>fraud</c>.</param>
public sealed record BureauReport(
    string Subject, string Name, int? FailurePercentile, int? DelinquencyScore, int? Paydex, decimal? MaxCredit,
    string? MaxCreditCurrency, int? StartYear, IReadOnlyList<string> Findings)
{
    /// <summary>Scores that a full report has.</summary>
    private const int FullScores = 2;

    /// <summary>Too little is known of the company for a bureau to judge it.</summary>
    public bool IsThin =>
        new[] { FailurePercentile, DelinquencyScore, Paydex }.Count(score => score is not null) < FullScores;
}

/// <summary>
/// How a customer has paid us; over the last 24 months, what is recent and large counting for more. What is overdue and
/// not disputed counts as if it were paid on the day.
/// </summary>
/// <param name="DaysBeyondTerms">Days after the due date, weighted; below zero for who pays early. Null where nothing
/// was paid and nothing is overdue.</param>
/// <param name="OnTimePercent">Part of the money that came by its due date, weighted.</param>
/// <param name="BrokenPromises">Broken promises, breached plans and lost disputes of the last twelve months.</param>
/// <param name="ReturnedPayments">Payments that bounced in the last twelve months.</param>
/// <param name="MonthlyBilling">Average of a month, in the account's currency; null without invoices.</param>
/// <param name="LastPayment">Value date of the last payment.</param>
public sealed record Behaviour(
    decimal? DaysBeyondTerms, decimal? OnTimePercent, int BrokenPromises, int ReturnedPayments,
    decimal? MonthlyBilling, DateOnly? LastPayment)
{
    /// <summary>Nothing was ever billed or paid.</summary>
    public static readonly Behaviour None = new(null, null, 0, 0, null, null);

    /// <summary>True when it can be judged at all.</summary>
    public bool IsKnown => DaysBeyondTerms is not null || MonthlyBilling is not null
        || BrokenPromises + ReturnedPayments > 0;
}

/// <summary>Everything a score is made of; kept with every decision.</summary>
/// <param name="On">The day it is judged on.</param>
/// <param name="Country">ISO 3166 alpha-2.</param>
/// <param name="CustomerSince">Day of its first invoice or registration.</param>
/// <param name="Report">The bureau's report, or null.</param>
/// <param name="Financials">Its figures, or null.</param>
/// <param name="Behaviour">How it has paid.</param>
public sealed record CustomerFacts(
    DateOnly On, string Country, DateOnly? CustomerSince, BureauReport? Report, Financials? Financials,
    Behaviour Behaviour)
{
    /// <summary>Liabilities of a company that owns less than it owes are beyond every band.</summary>
    private const decimal BeyondAllBands = 999;

    /// <summary>The inputs of the scorecard.</summary>
    public IReadOnlyDictionary<string, FactorInput> Inputs() =>
        Bureau().Concat(Figures()).Concat(Conduct()).Concat(Answers()).Concat(
        [
            new FactorInput(FactorCodes.YearsInBusiness, Years(Report?.StartYear ?? Financials?.FoundedYear), null,
                Report?.StartYear is null ? "financials" : "bureau"),
            new FactorInput(
                FactorCodes.YearsAsCustomer, CustomerSince is { } since ? WholeYears(since) : null, null, "customer"),
            new FactorInput(FactorCodes.Country, null, Country.Length == 0 ? null : Country, "customer"),
        ]).ToDictionary(input => input.Code);

    private IEnumerable<FactorInput> Bureau() =>
    [
        new(FactorCodes.BureauFailure, Report?.FailurePercentile, null, "bureau"),
        new(FactorCodes.BureauDelinquency, Report?.DelinquencyScore, null, "bureau"),
        new(FactorCodes.Paydex, Report?.Paydex, null, "bureau"),
    ];

    private IEnumerable<FactorInput> Figures() =>
    [
        new(FactorCodes.Liquidity, Ratio(Financials?.CurrentAssets, Financials?.CurrentLiabilities), null,
            "financials"),
        new(FactorCodes.Leverage,
            Financials?.NetWorth is <= 0 && Financials.TotalLiabilities is > 0
                ? BeyondAllBands
                : Ratio(Financials?.TotalLiabilities, Financials?.NetWorth), null, "financials"),
        new(FactorCodes.Profitability, Ratio(Financials?.NetIncome, Financials?.Revenue) * 100, null, "financials"),
    ];

    private IEnumerable<FactorInput> Conduct() =>
    [
        new(FactorCodes.DaysBeyondTerms, Behaviour.DaysBeyondTerms, null, "behaviour"),
        new(FactorCodes.OnTimePercent, Behaviour.OnTimePercent, null, "behaviour"),
        new(FactorCodes.BrokenPromises, Behaviour.IsKnown ? Behaviour.BrokenPromises : null, null, "behaviour"),
        new(FactorCodes.ReturnedPayments, Behaviour.IsKnown ? Behaviour.ReturnedPayments : null, null, "behaviour"),
    ];

    private IEnumerable<FactorInput> Answers() =>
        from answer in Financials?.Answers ?? new Dictionary<string, string>()
        where FactorCodes.IsOwn(answer.Key)
        select new FactorInput(
            answer.Key,
            decimal.TryParse(
                answer.Value, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign,
                CultureInfo.InvariantCulture, out var number)
                ? number
                : null,
            answer.Value, "declared");

    private decimal? Years(int? founded) => founded is { } year && year <= On.Year ? On.Year - year : null;

    private decimal WholeYears(DateOnly since)
    {
        var years = On.Year - since.Year;
        return Math.Max(0, since.AddYears(years) > On ? years - 1 : years);
    }

    private static decimal? Ratio(decimal? part, decimal? whole) => whole is > 0 ? part / whole : null;
}
