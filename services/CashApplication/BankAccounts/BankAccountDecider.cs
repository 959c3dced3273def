using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.BankAccounts;

/// <summary>The rules of bank accounts.</summary>
public static class BankAccountDecider
{
    private const int MaxCodeLength = 40;

    /// <summary>Registers the account or changes it; the same again is nothing.</summary>
    public static Decision Define(BankAccount account, BankAccountDefined wanted)
    {
        if (Check(wanted) is { } refusal)
            return refusal;
        if (account.Definition == wanted)
            return Decision.Nothing;
        if (wanted.ClosedOn is { } closed && account.Last?.LastDay is { } last && closed < last)
            return BankAccountRefusals.StatementAfterClosing(last);
        return account is { Definition: { } present, Last: not null } && !MayBecome(account, present, wanted)
            ? BankAccountRefusals.Fixed
            : Decision.Of(wanted);
    }

    /// <summary>
    /// What came by file until now may be shown by a statement that is still to come: it stays by file. What is to come
    /// by file from now on begins behind the last day booked, so that has to be known.
    /// </summary>
    private static bool MayBecome(BankAccount account, BankAccountDefined present, BankAccountDefined wanted) =>
        present with
        {
            LedgerAccount = wanted.LedgerAccount,
            DetailByFile = wanted.DetailByFile,
            ClosedOn = wanted.ClosedOn,
            FeeAccount = wanted.FeeAccount,
            ChargesAccount = wanted.ChargesAccount,
        } == wanted
            && (wanted.DetailByFile ?? DetailByFile.None).Includes(account.DetailByFile)
            && (wanted.DetailByFile == present.DetailByFile
                || account.Statements.TrueForAll(statement => statement.LastDay is not null));

    private static Refusal? Check(BankAccountDefined wanted) => wanted switch
    {
        { Code: var code } when code.Length is 0 or > MaxCodeLength ||
            !code.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_') =>
                BankAccountRefusals.CodeMissing,
        { Currency: var currency } when !Currency.TryOf(currency, out _) =>
            BankAccountRefusals.InvalidCurrency(currency),
        { Iban: null, AccountNumber: null } => BankAccountRefusals.NoIdentification,
        { Iban: not null, AccountNumber: not null } => BankAccountRefusals.TwoIdentifications,
        { Iban: { } iban } when !Iban.IsValid(iban) => BankAccountRefusals.InvalidIban(iban),
        { LedgerAccount: var ledger } when string.IsNullOrWhiteSpace(ledger) =>
            BankAccountRefusals.LedgerAccountMissing,
        _ => null,
    };
}
