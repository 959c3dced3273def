using OrderToCash.Invoicing.Periods;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Ledger;

/// <summary>What a decision must know to date its posting.</summary>
/// <param name="Now">The moment.</param>
/// <param name="Calendar">Which days of the legal entity still take postings.</param>
/// <param name="Wanted">The day a person chose, or null for today.</param>
public sealed record PostingContext(DateTimeOffset Now, AccountingCalendar Calendar, DateOnly? Wanted = null)
{
    /// <summary>
    /// The chosen day; else today in the books' calendar or the day it must not be before, whichever is later, and
    /// where that is closed the next open day. No past day may show what was not yet there, and no closed one anything
    /// new.
    /// </summary>
    public DateOnly DateFor(Books books, DateOnly notBefore)
    {
        ArgumentNullException.ThrowIfNull(books);
        var today = Now.DateIn(books.TimeZone);
        return Wanted ?? Calendar.PostingDay(today > notBefore ? today : notBefore);
    }

    /// <summary>Why nothing can be posted on the chosen day, or null.</summary>
    public Refusal? Refuse(Books books, DateOnly notBefore)
    {
        ArgumentNullException.ThrowIfNull(books);
        if (Wanted is not { } day)
            return null;
        var today = Now.DateIn(books.TimeZone);
        return Calendar.Refuse(day, "/postingDate") ?? (day >= notBefore && day <= today ? null : new Refusal(
            "posting-date-out-of-range",
            $"The posting date {day:O} is not between the document's last posting, {notBefore:O}, and today, " +
            $"{today:O}.",
            Field: "/postingDate"));
    }

    /// <summary>The balanced entry of these lines on the day of <see cref="DateFor"/>.</summary>
    public JournalEntry Entry(Books books, DateOnly notBefore, string kind, params IEnumerable<JournalLine> lines) =>
        Marked(JournalEntry.Balanced(DateFor(books, notBefore), kind, lines));

    /// <summary>The entry that undoes another one, on the day of <see cref="DateFor"/>.</summary>
    public JournalEntry Reversal(Books books, DateOnly notBefore, string kind, JournalEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return Marked(entry.Reversed(DateFor(books, notBefore), kind));
    }

    private JournalEntry Marked(JournalEntry entry) =>
        entry with { Adjusting = Calendar.IsAdjusting(entry.PostingDate) };
}
