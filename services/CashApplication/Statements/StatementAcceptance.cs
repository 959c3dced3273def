using OrderToCash.CashApplication.BankAccounts;
using OrderToCash.CashApplication.Statements.Formats;

namespace OrderToCash.CashApplication.Statements;

/// <summary>What is written down of a statement that has its place. Pure.</summary>
public static class StatementAcceptance
{
    /// <summary>What the account's stream hears.</summary>
    public static StatementBooked Booked(
        Guid importId, string bankAccount, BankAccount account, StatementFacts facts, StatementPlace place)
    {
        ArgumentNullException.ThrowIfNull(account);
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(place);
        var statement = facts.Statement;
        var isLink = place.Opening is not null;
        var booked = new StatementBooked(
            bankAccount, importId, statement.StatementId, statement.SequenceNumber, facts.ContentHash,
            isLink ? place.Closing : statement.Opening is null ? statement.Closing?.Amount : null, statement.LastDay,
            place.Opening, facts.FirstDay, statement.IsIdUnique);
        return booked with { IsLatest = IsLatest(account, booked) };
    }

    /// <summary>What the import's stream hears of it.</summary>
    public static BookedStatement Describe(SurveyedStatement surveyed, BankAccount present)
    {
        ArgumentNullException.ThrowIfNull(surveyed);
        ArgumentNullException.ThrowIfNull(present);
        var (account, facts, place) = surveyed;
        var statement = facts.Statement;
        return new BookedStatement(
            account.Code, statement.AccountIdentification, statement.StatementId, statement.SequenceNumber,
            facts.ContentHash, account.Currency, statement.Opening?.Amount, statement.Closing?.Amount, statement.From,
            statement.LastDay, facts.Credits, facts.Debits, place.IsRepeat, [], facts.Entries, place.LeavesOutKnown,
            statement.Kind, statement.Kind is StatementKind.Statement or StatementKind.Notification
                ? present.Definition?.DetailByFile
                : null);
    }

    /// <summary>
    /// False where nothing of such a message is booked: an interim report, and a notification where the account's
    /// statements tell everything.
    /// </summary>
    public static bool Books(BankAccount present, StatementKind kind)
    {
        ArgumentNullException.ThrowIfNull(present);
        return kind switch
        {
            StatementKind.InterimReport => false,
            StatementKind.Notification => present.DetailByFile.Notifications,
            _ => true,
        };
    }

    /// <summary>
    /// Why payments that come one by one are not taken: the account's statements book the same money, or have booked
    /// it. Null where they do not.
    /// </summary>
    public static StatementRefusal? RefuseDoubled(BankAccount present, StatementFacts facts, StatementFormat format)
    {
        ArgumentNullException.ThrowIfNull(present);
        ArgumentNullException.ThrowIfNull(facts);
        if (facts.Statement.Kind is not (StatementKind.Collection or StatementKind.Notification))
            return null;
        var (name, isByFile, until) = (facts.Statement.Kind, format) switch
        {
            (StatementKind.Notification, _) =>
                ("notifications", present.DetailByFile.Notifications, present.NotificationsBookedUntil),
            (_, StatementFormat.Nacha) => ("ach", present.DetailByFile.Ach, present.AchBookedUntil),
            _ => ("lockbox", present.DetailByFile.Lockbox, present.LockboxBookedUntil),
        };
        if (!isByFile)
        {
            return Refuse(StatementImportRefusals.NotByFile,
                $"The account {present.Definition!.Code} takes these payments from its statements; they would be " +
                $"booked twice. Say detailByFile.{name} on the account whose statements show their sum, and name it " +
                "(?bankAccount=) where the file does not.");
        }

        return until is { } day && !(facts.FirstDay > day)
            ? Refuse(StatementImportRefusals.BookedByStatement,
                $"The statements of the account {present.Definition!.Code} have booked these payments up to {day:O}; " +
                "files of them are taken from the next day on.")
            : null;

        StatementRefusal Refuse(string code, string detail) =>
            new(code, facts.Statement.Line, $"statement {facts.Statement.StatementId}", detail);
    }

    /// <summary>
    /// True where the account stands at the end of this statement: a later day, or further on the same day. Payments of
    /// a collector say nothing of where an account stands.
    /// </summary>
    private static bool IsLatest(BankAccount account, StatementBooked booked)
    {
        if (account.Last is not { } last)
            return true;
        if (booked.LastDay != last.LastDay)
            return booked.LastDay > last.LastDay;
        if (booked.Opening is null)
            return last.Opening is null;
        var links = account.Statements.Where(one => one.Opening is not null).Append(booked);
        return StatementChain.Order(links)[^1] == booked;
    }
}
