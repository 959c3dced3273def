using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Ledger;

/// <summary>One side of an entry; exactly one of debit and credit is not zero.</summary>
public sealed record JournalLine(string Account, string Role, Money Debit, Money Credit)
{
    public static JournalLine OnDebit(string account, string role, Money amount) =>
        new(account, role, amount, Money.Zero(amount.Currency));

    public static JournalLine OnCredit(string account, string role, Money amount) =>
        new(account, role, Money.Zero(amount.Currency), amount);

    /// <summary>The same amount on the other side.</summary>
    public JournalLine OtherSide() => this with { Debit = Credit, Credit = Debit };
}

/// <summary>
/// The accounting of one financial event, kept inside the event. Its identifier is the event's: one entry per financial
/// event.
/// </summary>
public sealed record JournalEntry(DateOnly PostingDate, string Kind, IReadOnlyList<JournalLine> Lines)
{
    /// <summary>
    /// An entry of these lines without those that are zero. Throws when debits and credits differ: an entry that does
    /// not balance is a defect and must stop the write.
    /// </summary>
    public static JournalEntry Balanced(DateOnly postingDate, string kind, params IEnumerable<JournalLine> lines)
    {
        JournalLine[] kept = [.. lines.Where(line => !line.Debit.IsZero || !line.Credit.IsZero)];
        foreach (var currency in kept.GroupBy(line => line.Debit.Currency))
        {
            var difference = currency.Sum(line => line.Debit.Amount) - currency.Sum(line => line.Credit.Amount);
            if (difference != 0)
                throw new UnbalancedEntryException(kind, difference, currency.Key);
        }

        return new JournalEntry(postingDate, kind, kept);
    }

    /// <summary>A new entry that undoes this one on another day; this one stays as it is.</summary>
    public JournalEntry Reversed(DateOnly postingDate, string kind) =>
        new(postingDate, kind, [.. Lines.Select(line => line.OtherSide())]);
}

/// <summary>Debits and credits differ.</summary>
public sealed class UnbalancedEntryException(string kind, decimal difference, Currency currency)
    : InvalidOperationException($"The entry for {kind} is out of balance by {difference} {currency}.");
