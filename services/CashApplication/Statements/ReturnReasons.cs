namespace OrderToCash.CashApplication.Statements;

/// <summary>What is to be done when a payment has come back.</summary>
/// <param name="Code">NACHA return reason code.</param>
/// <param name="Meaning">In words.</param>
/// <param name="Action">
/// <c>re-present</c> (the same entry may be presented again, at most twice), <c>new-account-data</c>,
/// <c>stop-and-review</c> (the payer says it was not authorised) or <c>review</c>.
/// </param>
public sealed record ReturnReason(string Code, string Meaning, string Action);

/// <summary>
/// Why payments come back: NACHA Operating Rules, appendix on returns; ISO 20022 external return reasons.
/// </summary>
public static class ReturnReasons
{
    private static readonly Dictionary<string, ReturnReason> Known = new ReturnReason[]
    {
        new("R01", "insufficient funds", "re-present"),
        new("R02", "account closed", "new-account-data"),
        new("R03", "no account, or unable to locate it", "new-account-data"),
        new("R04", "invalid account number", "new-account-data"),
        new("R05", "unauthorised debit to a consumer account", "stop-and-review"),
        new("R06", "returned at the originating bank's request", "review"),
        new("R07", "authorisation revoked by the customer", "stop-and-review"),
        new("R08", "payment stopped", "stop-and-review"),
        new("R09", "uncollected funds", "re-present"),
        new("R10", "customer advises that it is not authorised", "stop-and-review"),
        new("R11", "not in accordance with the authorisation", "stop-and-review"),
        new("R12", "account sold to another bank", "new-account-data"),
        new("R13", "invalid routing number", "new-account-data"),
        new("R14", "representative payee deceased", "review"),
        new("R15", "beneficiary or account holder deceased", "review"),
        new("R16", "account frozen", "review"),
        new("R17", "file record edit criteria", "review"),
        new("R20", "not a transaction account", "new-account-data"),
        new("R23", "credit refused by the receiver", "review"),
        new("R24", "duplicate entry", "review"),
        new("R29", "corporate customer advises that it is not authorised", "stop-and-review"),
        new("R31", "permissible return entry", "review"),
        new("R51", "item related to a re-presented check is ineligible", "review"),
    }.ToDictionary(reason => reason.Code, StringComparer.Ordinal);

    /// <summary>The reason of a code, or null where it is not known.</summary>
    public static ReturnReason? Of(string? code) => code is null ? null : Known.GetValueOrDefault(code);

    /// <summary>The reason for which the receipt is reversed.</summary>
    public static string ReasonOf(string? code, bool isCard) => code switch
    {
        "R01" or "R09" or "AM04" => "nsf",
        _ when isCard => "chargeback",
        _ => "return",
    };
}
