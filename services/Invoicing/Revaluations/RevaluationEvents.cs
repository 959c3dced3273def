using System.Text.Json.Serialization;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Revaluations;

/// <summary>
/// What the open items of one currency, and its cash that is not applied, are worth in the books by the closing rate.
/// </summary>
/// <param name="Rate">Closing rate.</param>
/// <param name="Items">How many are open, receipts that are not applied in full among them.</param>
/// <param name="Balance">What is open, credits and cash taken off.</param>
/// <param name="Booked">That by the rates of the documents, in the books' currency.</param>
/// <param name="Worth">That by the closing rate, each item rounded by itself.</param>
/// <param name="Gain">Of the items that are worth more; zero or more.</param>
/// <param name="Loss">Of the items that are worth less; zero or more. Worth − booked = gain − loss.</param>
/// <param name="UnappliedCash">The cash in the balance, below zero; null for none.</param>
public sealed record RevaluedCurrency(
    string Currency, ExchangeRate Rate, int Items, Money Balance, Money Booked, Money Worth, Money Gain, Money Loss,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Money? UnappliedCash = null);

/// <summary>
/// The open items of a legal entity were revalued at the end of a period. The entry comes to what was found, less what
/// earlier revaluations of the period came to.
/// </summary>
/// <param name="Period">E.g. <c>2026-10</c>.</param>
/// <param name="Currencies">All that was found, by currency.</param>
public sealed record PeriodRevalued(
    string LegalEntity, string BaseCurrency, string Period, IReadOnlyList<RevaluedCurrency> Currencies,
    JournalEntry Entry) : IFinancialEvent;

/// <summary>The same on the other side, on the first day of the next period: nothing of it was realised.</summary>
public sealed record RevaluationReversed(string LegalEntity, string BaseCurrency, string Period, JournalEntry Entry)
    : IFinancialEvent;
