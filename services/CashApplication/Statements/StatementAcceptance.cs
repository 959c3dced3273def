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
    public static BookedStatement Describe(SurveyedStatement surveyed)
    {
        ArgumentNullException.ThrowIfNull(surveyed);
        var (account, facts, place) = surveyed;
        var statement = facts.Statement;
        return new BookedStatement(
            account.Code, statement.AccountIdentification, statement.StatementId, statement.SequenceNumber,
            facts.ContentHash, account.Currency, statement.Opening?.Amount, statement.Closing?.Amount, statement.From,
            statement.LastDay, facts.Credits, facts.Debits, place.IsRepeat, [], facts.Entries, place.LeavesOutKnown,
            statement.Kind);
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
