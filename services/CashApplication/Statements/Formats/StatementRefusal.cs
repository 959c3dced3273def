using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace OrderToCash.CashApplication.Statements.Formats;

/// <summary>Why a file is not imported: refused whole, with the place and the reason.</summary>
/// <param name="Code">One of <see cref="StatementRefusals"/>.</param>
/// <param name="Line">Line of the file, from 1; 0 where it is about the file as a whole.</param>
/// <param name="Element">Where in it: <c>Stmt[1]/Ntry[3]/Amt</c>; banks also send files of a single line.</param>
/// <param name="Detail">What is wrong, in one sentence.</param>
public sealed record StatementRefusal(string Code, int Line, string Element, string Detail)
{
    /// <summary><c>Line 12, Stmt[1]/Ntry[3]/Amt: ...</c>.</summary>
    public override string ToString() => Line > 0
        ? string.Create(CultureInfo.InvariantCulture, $"Line {Line}, {Element}: {Detail}")
        : $"{Element}: {Detail}";
}

/// <summary>The only exception that reading a file throws, whatever is in the file.</summary>
[SuppressMessage("Naming", "CA1710", Justification = "A verdict on the file, not a fault of the program.")]
public sealed class StatementRefused(StatementRefusal refusal, Exception? cause = null)
    : Exception(refusal.ToString(), cause)
{
    /// <summary>Place and reason.</summary>
    public StatementRefusal Refusal { get; } = refusal;

    /// <summary>The statement that must come first; null where the file is refused for good.</summary>
    public MissingStatement? WaitsFor { get; init; }
}

/// <summary>Every reason for which a statement file is refused.</summary>
public static class StatementRefusals
{
    /// <summary>Not XML, cut off, wrongly encoded, or with a document type definition (never processed).</summary>
    public const string NotWellFormed = "not-well-formed";

    /// <summary>Larger, deeper or longer than <see cref="StatementLimits"/> allow.</summary>
    public const string LimitExceeded = "limit-exceeded";

    /// <summary>Another message than those that are read, or (on import) one that is not a booked statement.</summary>
    public const string UnsupportedStatementType = "unsupported-statement-type";

    /// <summary>A message without any statement in it.</summary>
    public const string NoStatement = "no-statement";

    /// <summary>Something needed is not there.</summary>
    public const string ElementMissing = "element-missing";

    /// <summary>Something stands where it may not, or twice.</summary>
    public const string ElementMisplaced = "element-misplaced";

    /// <summary>A date, number, indicator or status that says nothing known.</summary>
    public const string ValueUnreadable = "value-unreadable";

    /// <summary>An amount that is not a plain decimal number, is negative, or is too large.</summary>
    public const string AmountUnreadable = "amount-unreadable";

    /// <summary>An amount with a fraction of its currency's minor unit.</summary>
    public const string AmountOverPrecise = "amount-over-precise";

    /// <summary>A currency that ISO 4217 does not list.</summary>
    public const string CurrencyUnknown = "currency-unknown";

    /// <summary>An entry in another currency than its account.</summary>
    public const string CurrencyDiffers = "currency-differs";

    /// <summary>Opening balance and booked entries do not give the closing balance.</summary>
    public const string DoesNotBalance = "statement-does-not-balance";

    /// <summary>The entries are not as many, or not as much, as the bank's own totals say.</summary>
    public const string SummaryDiffers = "statement-summary-differs";

    /// <summary>The payments in an entry do not add up to it.</summary>
    public const string DetailsDoNotAddUp = "details-do-not-add-up";

    /// <summary>Does not start where the account's last statement ended.</summary>
    public const string Gap = "statement-gap";

    /// <summary>Speaks of days that are already imported.</summary>
    public const string Overlaps = "statement-overlaps";

    /// <summary>Has the identification of an imported statement and another content.</summary>
    public const string IdReused = "statement-id-reused";
}
