using OrderToCash.CashApplication.BankAccounts;
using OrderToCash.CashApplication.Statements.Formats;

namespace OrderToCash.CashApplication.Statements;

/// <summary>
/// What an entry is to us, and how its money came, from what the bank says of it: ISO 20022 bank transaction codes, or
/// the codes of its own format, which name who gives them out.
/// </summary>
public static class EntryClassification
{
    private static readonly HashSet<string> Fees =
        new(["CHRG", "COMM", "COMT", "COME", "COMI", "FEES", "TAXE"], StringComparer.Ordinal);

    private static readonly HashSet<string> Returns =
        new(["RRTN", "RPCR", "UPDD", "UPCQ", "UPCT", "CQRV", "PRDD", "ARET"], StringComparer.Ordinal);

    /// <summary>
    /// Booked credits are receipts but for what was ours before: charges that are given back, and payments of ours that
    /// come back. Debits are fees, also where the bank takes one again that it had given back, returns or others; the
    /// rest is no cash.
    /// </summary>
    public static LineClass Of(StatementEntry entry) => entry switch
    {
        { Status: EntryStatus.Pending } => LineClass.Pending,
        { Status: not EntryStatus.Booked } or { Amount.IsZero: true } => LineClass.Information,
        { Movement: Movement.Credit } when IsFee(entry.TransactionCode) => LineClass.FeeReturned,
        { Movement: Movement.Credit } when IsOursAgain(entry) => LineClass.PaymentReturned,
        { Movement: Movement.Credit } => LineClass.Receipt,
        { IsReversal: true } when !IsFee(entry.TransactionCode) => LineClass.Return,
        _ when entry.Details.Any(details => details.ReturnReason is not null) || IsReturn(entry.TransactionCode) =>
            LineClass.Return,
        _ when IsFee(entry.TransactionCode) => LineClass.Fee,
        _ => LineClass.Other,
    };

    /// <summary>
    /// The same where payments of the account come by file: what the statement shows of these is a lump. The checks of
    /// a lockbox come back on the statement, one by one.
    /// </summary>
    public static LineClass Of(StatementEntry entry, DetailByFile? byFile)
    {
        var plain = Of(entry);
        return (plain, byFile) switch
        {
            (LineClass.Receipt, { Lockbox: true }) when IsBy("lockbox", entry) => LineClass.Lump,
            (LineClass.Receipt, { Notifications: true }) when IsBatch(entry) => LineClass.Lump,
            (LineClass.Receipt or LineClass.Return or LineClass.PaymentReturned, { Ach: true })
                when IsBy("ach", entry) => LineClass.Lump,
            _ => plain,
        };
    }

    /// <summary>
    /// The same of a line of such a message: an interim report books nothing; a notification books the batches of
    /// credits that the account's statements show as one sum, and nothing else.
    /// </summary>
    public static LineClass Of(StatementEntry entry, StatementKind kind, DetailByFile? byFile)
    {
        var plain = Of(entry, kind == StatementKind.Statement ? byFile : null);
        return kind switch
        {
            StatementKind.InterimReport when Books(plain) => LineClass.Information,
            StatementKind.Notification when Books(plain)
                && !(plain == LineClass.Receipt && byFile is { Notifications: true } && IsBatch(entry)) =>
                LineClass.Information,
            _ => plain,
        };
    }

    /// <summary>False for what moves no balance.</summary>
    public static bool Books(LineClass kind) => kind is not (LineClass.Information or LineClass.Pending);

    /// <summary>How the money came, as receipts name it.</summary>
    public static string MethodOf(StatementEntry entry, TransactionDetails? details)
    {
        ArgumentNullException.ThrowIfNull(entry);
        var code = details?.TransactionCode ?? entry.TransactionCode;
        return code is not { Issuer: "BAI" or "X12", Proprietary: "LOCKBOX" } && details?.CheckNumber is not null
            ? "check"
            : MethodOf(code);
    }

    /// <summary>True where a debit is the dispute of a card payment.</summary>
    public static bool IsCard(StatementEntry entry) => entry.TransactionCode?.Family is "CCRD" or "MCRD";

    /// <summary>
    /// A credit that undoes a debit. Where it tells payments one by one, those of them that have a reason to come back
    /// are told apart (<see cref="EntryReceipts"/>).
    /// </summary>
    private static bool IsOursAgain(StatementEntry entry) =>
        entry.IsReversal || IsReturn(entry.TransactionCode)
            || (entry.Details.Count > 0 && entry.Details.All(details => details.ReturnReason is not null));

    /// <summary>Several payments that the bank books as one.</summary>
    private static bool IsBatch(StatementEntry entry) => entry.BatchCount > 1 || entry.Details.Count > 1;

    private static bool IsBy(string method, StatementEntry entry) =>
        MethodOf(entry.TransactionCode) == method
            || entry.Details.Any(details => MethodOf(details.TransactionCode) == method);

    private static string MethodOf(BankTransactionCode? code) => code?.Family switch
    {
        "RCHQ" or "ICHQ" => "check",
        "RDDT" or "IDDT" => "ach",
        "CCRD" or "MCRD" => "card",
        "CNTR" => "cash",
        "LBOX" => "lockbox",
        _ => OwnMethod(code),
    };

    private static string OwnMethod(BankTransactionCode? code) => (code?.Issuer, code?.Proprietary) switch
    {
        ("BAI" or "X12", "LOCKBOX") => "lockbox",
        ("NACHA", _) => "ach",
        ("BAI", "115" or "116") => "lockbox",
        ("BAI", "140" or "142" or "145" or "147" or "155" or "156" or "164" or "165" or "166" or "168" or "169"
            or "257" or "258" or "557" or "558") => "ach",
        ("BAI", "174" or "175" or "301" or "303") => "check",
        ("OFX", "CHECK") => "check",
        ("OFX", "ATM" or "CASH") => "cash",
        ("OFX", "POS") => "card",
        ("OFX", "DIRECTDEP" or "DIRECTDEBIT" or "REPEATPMT") => "ach",
        ("CODA", { Length: > 2 } own) => own[1..3] switch
        {
            "03" or "43" => "check",
            "04" => "card",
            "05" => "ach",
            "09" => "cash",
            _ => "wire",
        },
        ("SWIFT" or "DK", { } own) => SwiftMethod(own),
        _ => "wire",
    };

    /// <summary>The type of <c>:61:</c>, and behind a plus the German business code (GVC) of <c>:86:</c>.</summary>
    private static string SwiftMethod(string code) => (code.Split('+')[0], Gvc(code)) switch
    {
        ("NCHK" or "NCLR", _) or (_, (>= 1 and <= 2) or (>= 70 and <= 79)) => "check",
        ("NDDT", _) or (_, (>= 4 and <= 5) or (>= 104 and <= 107) or 171 or 174 or (>= 192 and <= 196)) => "ach",
        ("NLBX", _) => "lockbox",
        (_, 82 or 83) => "cash",
        (_, >= 190 and <= 191) => "wire",
        _ => "wire",
    };

    private static bool IsReturn(BankTransactionCode? code) => code switch
    {
        { SubFamily: { } own } when Returns.Contains(own) => true,
        { Issuer: "BAI", Proprietary: "252" or "255" or "257" or "258" or "555" or "557" or "558" or "566" } => true,
        { Issuer: "SWIFT" or "DK", Proprietary: { } own } =>
            own.Split('+')[0] is "NRTI" or "FRTI" || Gvc(own) is 108 or 109 or 159,
        _ => false,
    };

    private static bool IsFee(BankTransactionCode? code) => code switch
    {
        { SubFamily: { } own } when Fees.Contains(own) => true,
        { Issuer: "BAI", Proprietary: "661" or "662" or "698" or "699" } => true,
        { Issuer: "OFX", Proprietary: "FEE" or "SRVCHG" } => true,
        { Issuer: "CODA", Proprietary: { Length: >= 5 } own } => own[1..3] is "80" or "35" || own[3..5] == "37",
        { Issuer: "SWIFT" or "DK", Proprietary: { } own } =>
            own.Split('+')[0] is "NCHG" or "FCHG" or "NCOM" or "FCOM" || Gvc(own) is 805 or (>= 807 and <= 811),
        _ => false,
    };

    private static int Gvc(string code) =>
        code.IndexOf('+', StringComparison.Ordinal) is >= 0 and var plus
            && FieldText.TryCount(code.AsSpan(plus + 1), out var number)
            ? number
            : -1;
}
