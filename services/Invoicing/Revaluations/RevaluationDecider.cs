using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.Ledger;
using OrderToCash.Invoicing.Periods;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Revaluations;

/// <summary>An item that is open at the end of a period, or a receipt that is not applied.</summary>
/// <param name="Currency">Of the document.</param>
/// <param name="Balance">In that currency; below zero for a credit and for cash, which is owed to the customer.</param>
/// <param name="Booked">In the books' currency, by the rate of the document.</param>
/// <param name="IsCash">True for a receipt.</param>
public readonly record struct ForeignItem(string Currency, decimal Balance, decimal Booked, bool IsCash = false);

/// <summary>Whose items are revalued, and when.</summary>
public sealed record RevaluedPeriod(string LegalEntity, Period Period, Currency BaseCurrency, OtherAccounts Accounts);

/// <summary>
/// Revaluation at the end of a period: receivables in a foreign currency, and cash of customers that is not applied to
/// them, are monetary items (IAS 21.16) and shown by the closing rate; the difference is income or expense (IAS
/// 21.23(a) and 28, ASC 830-20-35-1). It is posted beside the control account and taken back on the first day of the
/// next period, so what is realised at settlement is measured from the booked rate as ever.
/// </summary>
public static class RevaluationDecider
{
    /// <summary>
    /// What the items are worth by the closing rates. Items in the books' currency are worth what they are; every
    /// other currency must have a rate.
    /// </summary>
    /// <param name="period">Whose items are revalued, and when.</param>
    /// <param name="items">All that is open at its end.</param>
    /// <param name="rates">Closing rates by currency.</param>
    /// <param name="today">In the legal entity's calendar: the last day must have come before there is a rate.</param>
    public static (IReadOnlyList<RevaluedCurrency>? Found, Refusal? Refusal) Find(
        RevaluedPeriod period, IEnumerable<ForeignItem> items, IReadOnlyDictionary<string, ExchangeRate> rates,
        DateOnly today)
    {
        ArgumentNullException.ThrowIfNull(period);
        ArgumentNullException.ThrowIfNull(rates);
        var found = new List<RevaluedCurrency>();
        foreach (var currency in items.Where(item => item.Currency != period.BaseCurrency.Code)
            .GroupBy(item => item.Currency).OrderBy(currency => currency.Key, StringComparer.Ordinal))
        {
            if (period.Period.LastDay > today)
                return (null, PeriodRefusals.NotOver(period.Period));
            if (!rates.TryGetValue(currency.Key, out var rate))
                return (null, PeriodRefusals.NoClosingRate(currency.Key, period.Period.LastDay));
            if (Of(currency.Key, rate, currency, period.BaseCurrency) is not { } revalued)
                return (null, InvoiceRefusals.TooLarge("/period"));
            found.Add(revalued);
        }

        return (found, null);
    }

    /// <summary>
    /// Posts what was found, as far as it is not posted: nothing where all of it is, however often it is asked.
    /// </summary>
    /// <param name="revaluation">Of this period, as it is.</param>
    /// <param name="period">Whose items are revalued, and when.</param>
    /// <param name="found">What <see cref="Find"/> gave.</param>
    /// <param name="calendar">As whoever asks may use it.</param>
    public static Decision Post(
        Revaluation revaluation, RevaluedPeriod period, IReadOnlyList<RevaluedCurrency> found,
        AccountingCalendar calendar)
    {
        ArgumentNullException.ThrowIfNull(revaluation);
        ArgumentNullException.ThrowIfNull(period);
        ArgumentNullException.ThrowIfNull(calendar);
        var (last, next) = (period.Period.LastDay, period.Period.Next.FirstDay);
        var entry = JournalEntry.Balanced(
            last, PostingKinds.Revalued, Lines(period, Unposted(revaluation, found, period.BaseCurrency)));
        if (entry.Lines.Count == 0)
            return Decision.Nothing;
        if ((calendar.Refuse(last, "/period") ?? calendar.Refuse(next, "/period")) is { } closed)
            return closed;
        var (entity, books) = (period.LegalEntity, period.BaseCurrency.Code);
        return Decision.Of(
            new PeriodRevalued(
                entity, books, $"{period.Period}", found, entry with { Adjusting = calendar.IsAdjusting(last) }),
            new RevaluationReversed(
                entity, books, $"{period.Period}",
                entry.Reversed(next, PostingKinds.RevaluationReversed) with
                {
                    Adjusting = calendar.IsAdjusting(next),
                }));
    }

    /// <summary>What was found is not what was posted.</summary>
    public static bool IsDue(
        Revaluation revaluation, RevaluedPeriod period, IReadOnlyList<RevaluedCurrency> found)
    {
        ArgumentNullException.ThrowIfNull(revaluation);
        ArgumentNullException.ThrowIfNull(period);
        return Unposted(revaluation, found, period.BaseCurrency).Any(one => !one.Gain.IsZero || !one.Loss.IsZero);
    }

    /// <summary>Null where the amounts are too large for the books.</summary>
    private static RevaluedCurrency? Of(
        string code, ExchangeRate rate, IEnumerable<ForeignItem> items, Currency books)
    {
        var currency = Currency.Of(code);
        var (count, balance, booked, worth, gain, loss, cash) = (0, 0m, 0m, 0m, 0m, 0m, 0m);
        foreach (var item in items)
        {
            var open = Money.Of(item.Balance, currency);
            if (!rate.Fits(open))
                return null;
            var now = rate.Of(open, books).Amount;
            count++;
            balance += item.Balance;
            cash += item.IsCash ? item.Balance : 0;
            booked += item.Booked;
            worth += now;
            gain += Math.Max(now - item.Booked, 0);
            loss += Math.Max(item.Booked - now, 0);
        }

        decimal[] sums = [gain, loss, Math.Abs(balance), Math.Abs(booked), Math.Abs(worth)];
        return sums.Max() >= Money.Limit ? null
            : new RevaluedCurrency(
                code, rate, count, Money.Of(balance, currency), Money.Of(booked, books), Money.Of(worth, books),
                Money.Of(gain, books), Money.Of(loss, books), cash == 0 ? null : Money.Of(cash, currency));
    }

    /// <summary>
    /// What is to be gained and lost yet, by currency; one that has nothing open any more gives all back.
    /// </summary>
    private static IEnumerable<(Currency Currency, Money Gain, Money Loss)> Unposted(
        Revaluation revaluation, IReadOnlyList<RevaluedCurrency> found, Currency books)
    {
        var none = Money.Zero(books);
        var now = found.ToDictionary(one => one.Currency);
        var posted = revaluation.Posted.ToDictionary(one => one.Currency);
        return now.Keys.Union(posted.Keys).Order(StringComparer.Ordinal).Select(code => (
            Currency.Of(code),
            (now.GetValueOrDefault(code)?.Gain ?? none) - (posted.GetValueOrDefault(code)?.Gain ?? none),
            (now.GetValueOrDefault(code)?.Loss ?? none) - (posted.GetValueOrDefault(code)?.Loss ?? none)));
    }

    private static IEnumerable<JournalLine> Lines(
        RevaluedPeriod period, IEnumerable<(Currency Currency, Money Gain, Money Loss)> differences) =>
        differences.SelectMany(one => (JournalLine[])
        [
            Line(
                period.Accounts.ReceivablesRevaluation, AccountRoles.ReceivablesRevaluation, one.Currency,
                one.Gain - one.Loss),
            Line(period.Accounts.UnrealisedGains, AccountRoles.UnrealisedGain, one.Currency, -one.Gain),
            Line(period.Accounts.UnrealisedLosses, AccountRoles.UnrealisedLoss, one.Currency, one.Loss),
        ]);

    /// <summary>Nothing of the currency itself, and an amount of the books: a debit, or below zero a credit.</summary>
    private static JournalLine Line(string account, string role, Currency currency, Money amount)
    {
        var (none, zero) = (Money.Zero(currency), Money.Zero(amount.Currency));
        return amount.IsNegative
            ? new JournalLine(account, role, none, none, zero, -amount)
            : new JournalLine(account, role, none, none, amount, zero);
    }
}
