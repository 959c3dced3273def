using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.BankAccounts;

/// <summary>Every reason for which something about a bank account is refused.</summary>
public static class BankAccountRefusals
{
    public static readonly Refusal CodeMissing =
        new("invalid-code", "A code has 1 to 40 letters, digits, hyphens or underscores.", Field: "/code");

    public static readonly Refusal NoIdentification = new("identification-missing",
        "Give either an iban, or the accountNumber (with the bankCode where the bank has one).", Field: "/iban");

    public static readonly Refusal TwoIdentifications =
        new("two-identifications", "Give an iban or an accountNumber, not both.", Field: "/accountNumber");

    public static Refusal InvalidIban(string iban) =>
        new("invalid-iban", $"'{iban}' is not an IBAN: its form or its check digits are wrong.", Field: "/iban");

    public static Refusal InvalidCurrency(string currency) =>
        new("unknown-currency", $"'{currency}' is not an ISO 4217 currency.", Field: "/currency");

    public static readonly Refusal LedgerAccountMissing =
        new("ledger-account-missing", "Say on which ledger account its money is booked.", Field: "/ledgerAccount");

    public static Refusal UnknownLegalEntity(string code) =>
        new("unknown-legal-entity", $"There is no legal entity {code}.", Field: "/legalEntity");

    public static readonly Refusal Fixed = Refusal.State("bank-account-in-use",
        "Statements of the account are booked: only its ledgerAccount may change, and more may come to its " +
        "detailByFile. Register another account instead.");

    public static Refusal StatementAfterClosing(DateOnly last) => new(
        "statement-after-closing", $"A statement of {last:O} is booked: the account was not closed before that day.",
        RefusalKind.State, "/closedOn");

    public static readonly Refusal IdentificationTaken = Refusal.State("identification-taken",
        "Another bank account has this identification in this currency.");

    public static Refusal NotFound(string code) => Refusal.NotFound("bank account", code);
}
