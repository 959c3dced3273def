using System.Text.RegularExpressions;
using OrderToCash.CashApplication.BankAccounts;
using OrderToCash.CashApplication.Statements.Formats;
using OrderToCash.CashApplication.Statements.Formats.Nacha;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Statements;

/// <summary>
/// A payer's bank says that what an ACH entry told of the account is wrong, and what is right (NACHA Operating Rules,
/// notifications of change). It moves no money; whoever debits the account has to correct it.
/// </summary>
public static partial class NoticeOfChange
{
    /// <summary>Banking days within which the originator has to correct it, or before its next entry.</summary>
    private const int MostDays = 6;

    /// <summary>SQL: true of the lines <c>l</c> that are such notices; their text begins with the code.</summary>
    public const string IsOne = "(l.class = 'information' and l.text ~ '^C[0-9]{2} [a-z ]*: ')";

    /// <summary>Codes whose correction has the number of an account in it.</summary>
    private static readonly HashSet<string> OfAccounts = new(["C01", "C03", "C06", "C07"], StringComparer.Ordinal);

    /// <summary>The account that an entry is a notice about, or null.</summary>
    public static string? AccountOf(StatementEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return entry is { Status: EntryStatus.Information, TransactionCode.Issuer: "NACHA", Details: [var only, ..] }
            ? only.Debtor.Account?.ToUpperInvariant()
            : null;
    }

    /// <summary>Code and correction of a notice's text.</summary>
    public static (string Code, string Correction) Of(string text)
    {
        var told = Told().Match(text);
        return (told.Groups["code"].Value, told.Groups["correction"].Value.Trim());
    }

    /// <summary>What is wrong, in words; empty of a code that is not known.</summary>
    public static string MeaningOf(string code) => NachaCodes.ChangeOf(code);

    /// <summary>The correction as it is shown: of account numbers no more than the last four characters.</summary>
    public static string Shown(string code, string correction) =>
        OfAccounts.Contains(code) ? ShownAccount.Masked(correction) : correction;

    /// <summary>The last day on which to correct it.</summary>
    public static DateOnly CorrectBy(DateOnly told, WorkingDays banking)
    {
        ArgumentNullException.ThrowIfNull(banking);
        return banking.Add(told, MostDays);
    }

    [GeneratedRegex("^(?<code>C[0-9]{2}) [^:]*:(?<correction>.*)$", RegexOptions.ExplicitCapture
        | RegexOptions.Singleline, 1000)]
    private static partial Regex Told();
}
