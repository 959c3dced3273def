using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Ledger;

/// <summary>
/// What a foreign currency means for an entry: each line keeps its amount in the document's currency and has another in
/// the books', in which the entry balances, too. What an item is worth in the books follows from its balance alone, so
/// parts always sum to the whole. Exchange differences on settlement are income or expense of the period (IAS 21.28,
/// ASC 830-20-35-1); between equal currencies there are none.
/// </summary>
public static class ForeignExchange
{
    /// <summary>Of a base amount the part that belongs to a balance out of a whole; null where there is none.</summary>
    public static Money? PartOf(Money? baseAmount, Money balance, Money whole) =>
        baseAmount?.Split(balance.Amount, (whole - balance).Amount)[0];

    /// <summary>The lines, all on one side, with their shares of a base amount; null leaves them as they are.</summary>
    public static IReadOnlyList<JournalLine> Share(this IEnumerable<JournalLine> lines, Money? baseAmount)
    {
        JournalLine[] all = [.. lines.Where(line => !line.Debit.IsZero || !line.Credit.IsZero)];
        return baseAmount is not { } whole || all.Length == 0
            ? all
            : [.. all.Zip(whole.Split([.. all.Select(line => line.Amount)]), (line, share) => line.WithBase(share))];
    }

    /// <summary>
    /// The lines and, where they do not balance in the books' currency, the gain or loss that makes them balance.
    /// </summary>
    /// <param name="undone">Takes a gain or loss back instead of booking one.</param>
    public static IReadOnlyList<JournalLine> WithDifference(
        this IReadOnlyList<JournalLine> lines, OtherAccounts accounts, bool undone = false)
    {
        ArgumentNullException.ThrowIfNull(lines);
        ArgumentNullException.ThrowIfNull(accounts);
        // A document that was booked without a rate has no worth in the books that another could be held against.
        if (lines.Count == 0 || lines.Any(line => line.BaseDebit is null))
            return [.. lines.Select(line => line with { BaseDebit = null, BaseCredit = null })];
        var currency = lines[0].BaseDebit!.Value.Currency;
        var difference = Money.Sum(lines.Select(line => line.BaseDebit!.Value - line.BaseCredit!.Value), currency);
        if (difference.IsZero)
            return lines;
        var (none, zero) = (Money.Zero(lines[0].Debit.Currency), Money.Zero(currency));
        var (account, role) = difference.IsPositive != undone
            ? (accounts.ExchangeGains, AccountRoles.ExchangeGain)
            : (accounts.ExchangeLosses, AccountRoles.ExchangeLoss);
        return
        [
            .. lines,
            difference.IsPositive
                ? new JournalLine(account, role, none, none, zero, difference)
                : new JournalLine(account, role, none, none, -difference, zero),
        ];
    }
}
