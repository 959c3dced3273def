using OrderToCash.Credit.CreditAccounts;

namespace OrderToCash.Credit.UseCases;

/// <summary>A hold in force, as callers see it.</summary>
/// <param name="HoldId">The hold.</param>
/// <param name="Code">What kind it is.</param>
/// <param name="Detail">In words.</param>
/// <param name="ByRule">A rule placed it and lets it go; else a person does.</param>
/// <param name="Until">Last day it holds; null until it is let go.</param>
/// <param name="Bounced">The payment that bounced; null where none did.</param>
/// <param name="DuplicateId">The customer it was placed at, who was merged into this one; null for its own.</param>
/// <param name="PlacedAt">When (UTC); null where the account is the answer to a change of it.</param>
/// <param name="PlacedBy">By whom; null likewise.</param>
public sealed record PlacedHold(
    Guid HoldId, string Code, string Detail, bool ByRule, DateOnly? Until, BouncedPayment? Bounced = null,
    Guid? DuplicateId = null, DateTimeOffset? PlacedAt = null, string? PlacedBy = null)
{
    /// <summary>A hold of the account, or of one of its duplicates.</summary>
    public static PlacedHold Of(HoldPlaced hold, CreditAccount account) => new(
        hold.HoldId, hold.Code, hold.Detail, hold.ByRule, hold.Until, hold.Bounced,
        account.Holds.ContainsKey(hold.HoldId)
            ? null
            : account.AbsorbedStandings.First(one => one.Value.Holds.Contains(hold)).Key);
}

/// <summary>How a customer pays and what it owes on average, as of the last daily run, in the account's currency.
/// </summary>
/// <param name="AsOf">The day of that run.</param>
/// <param name="DaysBeyondTerms">Days after the due date on which it pays, weighted by amount and recency, what is
/// overdue included; below zero for who pays early. Null where nothing is known.</param>
/// <param name="OnTimePercent">Part of the money that came by its due date, weighted likewise.</param>
/// <param name="MonthlyBilling">What is billed in a month on average.</param>
/// <param name="DaysSalesOutstanding">What it owes ÷ what was billed in the last 365 days × 365.</param>
/// <param name="AverageBalance">What it owed at the end of a day, on average of the last 365 days.</param>
public sealed record AccountFigures(
    DateOnly AsOf, decimal? DaysBeyondTerms, decimal? OnTimePercent, decimal? MonthlyBilling,
    decimal? DaysSalesOutstanding, decimal? AverageBalance);
