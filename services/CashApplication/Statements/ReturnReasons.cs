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
    /// <summary>How often the same entry may be presented: once, and twice again.</summary>
    public const int MostPresentments = 3;

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

    /// <summary>Codes with which a consumer has 60 days to say that a debit was not authorised.</summary>
    private static readonly HashSet<string> Consumers = new(["R05", "R07", "R10", "R11"], StringComparer.Ordinal);

    /// <summary>Codes with which nothing may be debited until somebody has looked at it.</summary>
    public static readonly string[] Stopping = CodesOf("stop-and-review");

    /// <summary>Codes with which the same entry may be presented again.</summary>
    public static readonly string[] Representable = CodesOf("re-present");

    /// <summary>Codes with which nothing may be debited from the account.</summary>
    public static readonly string[] OfAccount = CodesOf("new-account-data");

    /// <summary>
    /// The last day on which a bank may have returned a debit that was settled on this day: 60 days where a consumer
    /// did not authorise it, else two banking days; weekends are none, holidays are not known here. Null of codes that
    /// are not NACHA's.
    /// </summary>
    public static DateOnly? ReturnableUntil(string? code, DateOnly settledOn)
    {
        if (Of(code) is not { } reason)
            return null;
        if (Consumers.Contains(reason.Code))
            return settledOn.AddDays(60);
        var day = settledOn;
        for (var left = 2; left > 0; left -= day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday ? 0 : 1)
            day = day.AddDays(1);
        return day;
    }

    /// <summary>The reason of a code, or null where it is not known.</summary>
    public static ReturnReason? Of(string? code) => code is null ? null : Known.GetValueOrDefault(code);

    /// <summary>The reason for which the receipt is reversed.</summary>
    public static string ReasonOf(string? code, bool isCard) => code switch
    {
        "R01" or "R09" or "AM04" => "nsf",
        _ when isCard => "chargeback",
        _ => "return",
    };

    private static string[] CodesOf(string action) =>
        [.. Known.Values.Where(one => one.Action == action).Select(one => one.Code).Order(StringComparer.Ordinal)];
}
