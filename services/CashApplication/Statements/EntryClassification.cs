using OrderToCash.CashApplication.Statements.Formats;

namespace OrderToCash.CashApplication.Statements;

/// <summary>What an entry is to us, from what the bank says of it (ISO 20022 bank transaction codes).</summary>
public static class EntryClassification
{
    private static readonly HashSet<string> Fees =
        new(["CHRG", "COMM", "COMT", "COME", "COMI", "FEES", "TAXE"], StringComparer.Ordinal);

    private static readonly HashSet<string> Returns =
        new(["RRTN", "RPCR", "UPDD", "UPCQ", "UPCT", "CQRV", "PRDD", "ARET"], StringComparer.Ordinal);

    /// <summary>Booked credits are receipts; debits are fees, returns or others; the rest is no cash.</summary>
    public static LineClass Of(StatementEntry entry) => entry switch
    {
        { Status: not EntryStatus.Booked } or { Amount.IsZero: true } => LineClass.Information,
        { Movement: Movement.Credit } => LineClass.Receipt,
        { IsReversal: true } => LineClass.Return,
        _ when entry.Details.Any(details => details.ReturnReason is not null) || Has(entry, Returns) =>
            LineClass.Return,
        _ when Has(entry, Fees) => LineClass.Fee,
        _ => LineClass.Other,
    };

    /// <summary>How the money came, as receipts name it.</summary>
    public static string MethodOf(StatementEntry entry, TransactionDetails? details) =>
        details?.CheckNumber is not null
            ? "check"
            : ((details?.TransactionCode ?? entry.TransactionCode)?.Family) switch
            {
                "RCHQ" or "ICHQ" => "check",
                "RDDT" or "IDDT" => "ach",
                "CCRD" or "MCRD" => "card",
                "CNTR" => "cash",
                "LBOX" => "lockbox",
                _ => "wire",
            };

    private static bool Has(StatementEntry entry, HashSet<string> subFamilies) =>
        entry.TransactionCode?.SubFamily is { } code && subFamilies.Contains(code);
}
