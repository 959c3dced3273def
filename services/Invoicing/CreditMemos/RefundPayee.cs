using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.CreditMemos;

/// <summary>
/// Who is paid back, and where. Only its shape is looked at here: whether an account can be paid is known to cash
/// application, which declines the refund where it cannot.
/// </summary>
/// <param name="Name">1 to 140 characters.</param>
/// <param name="Iban">IBAN, or null.</param>
/// <param name="AccountNumber">Account number where there is no IBAN, or null.</param>
/// <param name="Bic">BIC of the bank, or null.</param>
/// <param name="ClearingCode">National code of the bank where there is no BIC, such as an ABA number; or null.</param>
public sealed record RefundPayee(
    string Name, string? Iban = null, string? AccountNumber = null, string? Bic = null, string? ClearingCode = null)
{
    private const int MaxName = 140;
    private const int MaxCode = 42;

    /// <summary>Why nobody could pay it, or null.</summary>
    public Refusal? Check() => this switch
    {
        _ when string.IsNullOrWhiteSpace(Name) || Name.Length > MaxName || Name.Any(char.IsControl) =>
            CreditMemoRefusals.BadPayee("/payee/name", $"The payee has a name of 1 to {MaxName} characters."),
        { Iban: null, AccountNumber: null } or { Iban: not null, AccountNumber: not null } =>
            CreditMemoRefusals.BadPayee("/payee", "Name an IBAN or an account number, and not both."),
        _ when new[] { Iban, AccountNumber, Bic, ClearingCode }.Any(code => code is { Length: 0 or > MaxCode }) =>
            CreditMemoRefusals.BadPayee("/payee", $"An account and its bank are named by 1 to {MaxCode} characters."),
        _ => null,
    };

    /// <summary>
    /// For those who approve it: the account and its bank before the name, which anybody may choose.
    /// </summary>
    public override string ToString() =>
        $"{Iban ?? AccountNumber}{(Bank is { } bank ? $" at {bank}" : "")} ({Name})";

    private string? Bank => (Bic, ClearingCode) switch
    {
        ({ } bic, { } code) => $"{bic} {code}",
        _ => Bic ?? ClearingCode,
    };
}
