using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Statements.Formats;

/// <summary>What is remembered of a statement of an account that was imported.</summary>
/// <param name="StatementId">The bank's identification.</param>
/// <param name="SequenceNumber">The bank's running number.</param>
/// <param name="ContentHash">Of <see cref="StatementFingerprint.ContentHash"/>.</param>
/// <param name="Closing">Its closing balance, where it had one.</param>
/// <param name="LastDay">The last day it spoke of.</param>
public sealed record ImportedStatement(
    string StatementId, string? SequenceNumber, string ContentHash, Money? Closing, DateOnly? LastDay);

/// <summary>How a statement follows on an account's history: it continues it, repeats it, or is refused.</summary>
/// <param name="IsDuplicate">It was imported before, word for word: nothing is to be done.</param>
/// <param name="Refusal">Why it cannot follow.</param>
public sealed record StatementContinuity(bool IsDuplicate, StatementRefusal? Refusal)
{
    private static readonly StatementContinuity Continues = new(IsDuplicate: false, Refusal: null);
    private static readonly StatementContinuity Repeats = new(IsDuplicate: true, Refusal: null);

    /// <summary>
    /// Judges a statement by the account's imported statements: the one of the same identification and sequence number,
    /// if any, and the last one, if any. A balance that a bank does not give cannot be held against it.
    /// </summary>
    public static StatementContinuity Judge(
        BankStatement statement, string contentHash, ImportedStatement? sameId, ImportedStatement? last)
    {
        ArgumentNullException.ThrowIfNull(statement);
        if (sameId is not null)
        {
            return sameId.ContentHash == contentHash
                ? Repeats
                : Refuse(statement, StatementRefusals.IdReused,
                    "a statement of this identification and number was imported with another content.");
        }

        if (last is null)
            return Continues;
        if (statement.LastDay < last.LastDay)
        {
            return Refuse(statement, StatementRefusals.Overlaps,
                $"it ends on {statement.LastDay:yyyy-MM-dd}; the account is imported to {last.LastDay:yyyy-MM-dd}.");
        }

        if (statement.Opening is not { Amount: var opening } || last.Closing is not { } closing || opening == closing)
            return Continues;
        return statement.LastDay > last.LastDay || last.LastDay is null
            ? Refuse(statement, StatementRefusals.Gap,
                $"it opens with {opening}, but {Name(last)} closed with {closing}: one between them is missing.")
            : Refuse(statement, StatementRefusals.Overlaps,
                $"it opens with {opening}, but {Name(last)} of the same day closed with {closing}.");
    }

    private static string Name(ImportedStatement statement) => statement.SequenceNumber is { } number
        ? $"statement {statement.StatementId} (number {number})"
        : $"statement {statement.StatementId}";

    private static StatementContinuity Refuse(BankStatement statement, string code, string detail) =>
        new(IsDuplicate: false, new StatementRefusal(
            code, statement.Opening?.Line ?? statement.Line, $"statement {statement.StatementId}", detail));
}
