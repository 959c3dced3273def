using System.Text.Json.Serialization;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Ledger;

/// <summary>
/// One side of an entry: of debit and credit at most one is not zero. Where the document is not in the books' currency,
/// so are the base amounts; an exchange difference has these alone.
/// </summary>
/// <param name="BaseDebit">In the books' currency; null where that is the document's, or no rate was booked.</param>
/// <param name="BaseCredit">In the books' currency; null where <paramref name="BaseDebit"/> is.</param>
public sealed record JournalLine(
    string Account, string Role, Money Debit, Money Credit,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Money? BaseDebit = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Money? BaseCredit = null)
{
    /// <summary>What is debited or credited.</summary>
    [JsonIgnore]
    public decimal Amount => Debit.Amount + Credit.Amount;

    [JsonIgnore]
    internal bool IsEmpty =>
        Debit.IsZero && Credit.IsZero && BaseDebit?.IsZero != false && BaseCredit?.IsZero != false;

    public static JournalLine OnDebit(string account, string role, Money amount, Money? baseAmount = null) =>
        new JournalLine(account, role, amount, Money.Zero(amount.Currency)).WithBase(baseAmount);

    public static JournalLine OnCredit(string account, string role, Money amount, Money? baseAmount = null) =>
        new JournalLine(account, role, Money.Zero(amount.Currency), amount).WithBase(baseAmount);

    /// <summary>With this amount of the books' currency on the same side; null for none.</summary>
    public JournalLine WithBase(Money? baseAmount) => baseAmount is not { } amount ? this
        : Credit.IsZero ? this with { BaseDebit = amount, BaseCredit = Money.Zero(amount.Currency) }
        : this with { BaseDebit = Money.Zero(amount.Currency), BaseCredit = amount };

    /// <summary>The same amounts on the other side.</summary>
    public JournalLine OtherSide() =>
        this with { Debit = Credit, Credit = Debit, BaseDebit = BaseCredit, BaseCredit = BaseDebit };
}

/// <summary>
/// The accounting of one financial event, kept inside the event. Its identifier is the event's: one entry per financial
/// event.
/// </summary>
/// <param name="Adjusting">Posted into a period whose daily business was over.</param>
public sealed record JournalEntry(
    DateOnly PostingDate, string Kind, IReadOnlyList<JournalLine> Lines,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool Adjusting = false)
{
    /// <summary>
    /// An entry of these lines without those that are zero. Throws when debits and credits differ in a currency, or in
    /// the books': an entry that does not balance is a defect and must stop the write.
    /// </summary>
    public static JournalEntry Balanced(DateOnly postingDate, string kind, params IEnumerable<JournalLine> lines)
    {
        JournalLine[] kept = [.. lines.Where(line => !line.IsEmpty)];
        foreach (var currency in kept.GroupBy(line => line.Debit.Currency))
        {
            var difference = currency.Sum(line => line.Debit.Amount - line.Credit.Amount);
            if (difference != 0)
                throw new UnbalancedEntryException(kind, difference, currency.Key);
        }

        JournalLine[] inBase = [.. kept.Where(line => line.BaseDebit is not null)];
        if (inBase.Length > 0)
        {
            var difference = inBase.Sum(line => line.BaseDebit!.Value.Amount - line.BaseCredit!.Value.Amount);
            if (difference != 0 || inBase.Length < kept.Length)
                throw new UnbalancedEntryException(kind, difference, inBase[0].BaseDebit!.Value.Currency);
        }

        return new JournalEntry(postingDate, kind, kept);
    }

    /// <summary>A new entry that undoes this one on another day; this one stays as it is.</summary>
    public JournalEntry Reversed(DateOnly postingDate, string kind) =>
        new(postingDate, kind, [.. Lines.Select(line => line.OtherSide())]);

    /// <summary>
    /// What receivables are debited, or credited, in the books' currency; null where there is no such amount.
    /// </summary>
    internal Money? ReceivablesBase(bool onDebit)
    {
        var amounts = Lines.Where(line => line.Role == AccountRoles.Receivables)
            .Select(line => onDebit ? line.BaseDebit : line.BaseCredit).OfType<Money>().ToList();
        return amounts.Count == 0 ? null : Money.Sum(amounts, amounts[0].Currency);
    }
}

/// <summary>An event with its accounting.</summary>
public interface IFinancialEvent
{
    JournalEntry Entry { get; }
}

/// <summary>Debits and credits differ.</summary>
public sealed class UnbalancedEntryException(string kind, decimal difference, Currency currency)
    : InvalidOperationException($"The entry for {kind} is out of balance by {difference} {currency}.");
