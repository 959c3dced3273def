using System.Text.RegularExpressions;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Statements;

/// <summary>What is to be done when a payment has come back.</summary>
/// <param name="Code">NACHA return reason code, or ISO 20022's.</param>
/// <param name="Meaning">In words.</param>
/// <param name="Action">
/// <c>re-present</c> (the same entry may be presented again, at most twice), <c>new-account-data</c>,
/// <c>stop-and-review</c> (the payer says it was not authorised) or <c>review</c>.
/// </param>
public sealed record ReturnReason(string Code, string Meaning, string Action);

/// <summary>
/// Why payments come back: NACHA Operating Rules, appendix on returns; ISO 20022 external return reasons.
/// </summary>
public static partial class ReturnReasons
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
        new("AC01", "incorrect account number", "new-account-data"),
        new("AC03", "invalid account number", "new-account-data"),
        new("AC04", "account closed", "new-account-data"),
        new("AC06", "account blocked", "review"),
        new("AC13", "wrong type of account", "new-account-data"),
        new("AG01", "debits are not allowed on this account", "new-account-data"),
        new("AG02", "wrong kind of operation", "review"),
        new("AM04", "insufficient funds", "re-present"),
        new("AM05", "duplicate entry", "review"),
        new("BE05", "the payer does not know the creditor", "stop-and-review"),
        new("CNOR", "the creditor's bank cannot be reached", "review"),
        new("DNOR", "the payer's bank cannot be reached", "review"),
        new("ED05", "settlement failed", "review"),
        new("FF01", "file format", "review"),
        new("FOCR", "returned after a request to cancel", "review"),
        new("MD01", "no mandate, or not authorised by it", "stop-and-review"),
        new("MD02", "mandate data missing or wrong", "review"),
        new("MD06", "refund wanted by the payer", "stop-and-review"),
        new("MD07", "account holder deceased", "review"),
        new("MS02", "refused by the payer", "stop-and-review"),
        new("MS03", "refused by the payer's bank, without a reason", "review"),
        new("RC01", "bank identifier incorrect", "new-account-data"),
        new("RR01", "account or identification of the payer missing", "review"),
        new("RR02", "name or address of the payer missing", "review"),
        new("RR03", "name or address of the creditor missing", "review"),
        new("RR04", "regulatory reason", "review"),
        new("SL01", "the payer has told the bank not to pay this creditor", "stop-and-review"),
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
    /// The last day on which a bank may have returned a debit that was settled on this day. NACHA: 60 days where a
    /// consumer did not authorise it, else two banking days. SEPA Direct Debit Core rulebook (EPC016): eight weeks
    /// where the payer wants a refund, 13 months without a mandate, else five banking days. Null of codes that are not
    /// known.
    /// </summary>
    /// <param name="code">The bank's code.</param>
    /// <param name="settledOn">The day on which the debit was settled.</param>
    /// <param name="banking">Days on which banks work; without it all but weekends.</param>
    public static DateOnly? ReturnableUntil(string? code, DateOnly settledOn, WorkingDays? banking = null)
    {
        if (Of(code) is not { } reason)
            return null;
        if (Consumers.Contains(reason.Code))
            return settledOn.AddDays(60);
        if (reason.Code == "MD06")
            return settledOn.AddDays(56);
        if (reason.Code == "MD01")
            return settledOn.AddMonths(13);
        return (banking ?? WorkingDays.Weekdays).Add(settledOn, IsIso(reason.Code) ? 5 : 2);
    }

    /// <summary>The code that a bank writes into its text (<c>Reason: "R02"</c>), where it is known; or null.</summary>
    public static string? In(string? text) => text is null
        ? null
        : ToldReason().Matches(text).Select(match => match.Groups["code"].Value)
            .FirstOrDefault(code => Known.ContainsKey(code));

    /// <summary>The reason of a code, or null where it is not known.</summary>
    public static ReturnReason? Of(string? code) => code is null ? null : Known.GetValueOrDefault(code);

    /// <summary>The reason for which the receipt is reversed.</summary>
    public static string ReasonOf(string? code, bool isCard) => code switch
    {
        "R01" or "R09" or "AM04" => "nsf",
        _ when isCard => "chargeback",
        _ => "return",
    };

    private static bool IsIso(string code) => code.Length == 4;

    private static string[] CodesOf(string action) =>
        [.. Known.Values.Where(one => one.Action == action).Select(one => one.Code).Order(StringComparer.Ordinal)];

    [GeneratedRegex("""\breason( code)?: *"?(?<code>[A-Z]{2}[0-9]{2}|R[0-9]{2})\b""",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ToldReason();
}
