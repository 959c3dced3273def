using System.Globalization;
using System.Text;

namespace OrderToCash.CashApplication.Tests.Support;

/// <summary>Makes camt.053 files.</summary>
/// <param name="Id">The bank's identification of the statement.</param>
/// <param name="Day">The day of the statement.</param>
/// <param name="Opening">Balance before; null leaves both balances out.</param>
internal sealed record Camt(string Id, DateOnly Day, decimal? Opening)
{
    public const string Account = "DE89370400440532013000";

    private readonly StringBuilder _entries = new();
    private decimal _sum;

    public string Currency { get; init; } = "USD";

    public string Iban { get; init; } = Account;

    public decimal Closing => (Opening ?? 0m) + _sum;

    public Camt Credit(
        decimal amount, string text, string? payer = "Globex Corporation", string? account = null,
        string? reference = null, DateOnly? day = null) => Entry(amount, "CRDT", reference, day, null,
        $"<NtryDtls><TxDtls><RltdPties>{(payer is null ? "" : $"<Dbtr><Nm>{payer}</Nm></Dbtr>")}" +
        $"{(account is null ? "" : $"<DbtrAcct><Id><IBAN>{account}</IBAN></Id></DbtrAcct>")}</RltdPties>" +
        $"<RmtInf><Ustrd>{text}</Ustrd></RmtInf></TxDtls></NtryDtls>");

    /// <summary>A wire of which banks kept charges on its way: so much less came than was sent.</summary>
    public Camt Wire(
        decimal sent, decimal charges, string text, string bearer = "SHAR", string payer = "Globex Corporation") =>
        Entry(sent - charges, "CRDT", null, null, null,
        $"<NtryDtls><TxDtls><Amt Ccy=\"{Currency}\">{Text(sent)}</Amt><CdtDbtInd>CRDT</CdtDbtInd>" +
        $"<Chrgs><Rcrd><Amt Ccy=\"{Currency}\">{Text(charges)}</Amt><Br>{bearer}</Br></Rcrd></Chrgs>" +
        $"<RltdPties><Dbtr><Nm>{payer}</Nm></Dbtr></RltdPties>" +
        $"<RmtInf><Ustrd>{text}</Ustrd></RmtInf></TxDtls></NtryDtls>");

    public Camt Batch(params (decimal Amount, string Text)[] payments) => Entry(
        payments.Sum(payment => payment.Amount), "CRDT", null, null, null,
        "<NtryDtls>" + string.Concat(payments.Select(payment =>
            $"<TxDtls><Amt Ccy=\"{Currency}\">{Text(payment.Amount)}</Amt><CdtDbtInd>CRDT</CdtDbtInd>" +
            $"<RmtInf><Ustrd>{payment.Text}</Ustrd></RmtInf></TxDtls>")) + "</NtryDtls>");

    /// <summary>A batch of which only the number of payments is told.</summary>
    public Camt Lump(decimal amount, int payments) => Entry(amount, "CRDT", null, null, null,
        $"<NtryDtls><Btch><NbOfTxs>{payments}</NbOfTxs></Btch></NtryDtls>");

    /// <summary>What the bank expects and has not booked.</summary>
    public Camt Pending(
        decimal amount, string text, string? account = null, string? reference = null,
        string? payer = "Globex Corporation")
    {
        Credit(amount, text, payer, account, reference);
        _entries.Replace("<Cd>BOOK</Cd></Sts>", "<Cd>PDNG</Cd></Sts>", _entries.ToString().LastIndexOf(
            "<Ntry>", StringComparison.Ordinal), _entries.Length - _entries.ToString().LastIndexOf(
            "<Ntry>", StringComparison.Ordinal));
        _sum -= amount;
        return this;
    }

    public Camt Debit(decimal amount, string family, string subFamily) =>
        Entry(amount, "DBIT", null, null, Code(family, subFamily), "");

    /// <summary>A credit with a transaction code: charges that are given back, say.</summary>
    public Camt CreditOf(decimal amount, string family, string subFamily, string details = "") =>
        Entry(amount, "CRDT", null, null, Code(family, subFamily), details);

    /// <summary>A payment of a customer's that the bank collects, or takes back, with what it calls it.</summary>
    public Camt DirectDebit(
        decimal amount, string endToEndId, string mandate, string? reason = null, string? account = null) => Entry(
        amount, reason is null ? "CRDT" : "DBIT", null, null, Code("RDDT", reason is null ? "ESDD" : "UPDD"),
        $"<NtryDtls><TxDtls><Refs><EndToEndId>{endToEndId}</EndToEndId><MndtId>{mandate}</MndtId></Refs>" +
        (account is null ? "" : $"<RltdPties><DbtrAcct><Id><IBAN>{account}</IBAN></Id></DbtrAcct></RltdPties>") +
        (reason is null ? "" : $"<RtrInf><Rsn><Cd>{reason}</Cd></Rsn></RtrInf>") + "</TxDtls></NtryDtls>");

    /// <summary>A payment of ours that comes back.</summary>
    public Camt CameBack(decimal amount, string endToEndId, string reason = "AC04") => CreditOf(amount, "ICDT", "RRTN",
        $"<NtryDtls><TxDtls><Refs><EndToEndId>{endToEndId}</EndToEndId></Refs>" +
        $"<RtrInf><Rsn><Cd>{reason}</Cd></Rsn></RtrInf></TxDtls></NtryDtls>");

    /// <summary>A debit that carries out one payment of ours.</summary>
    public Camt Paid(decimal amount, string endToEndId) => Entry(amount, "DBIT", null, null, Code("ICDT", "ESCT"),
        $"<NtryDtls><TxDtls><Refs><EndToEndId>{endToEndId}</EndToEndId></Refs></TxDtls></NtryDtls>");

    /// <summary>A debit that carries out all that were ordered together.</summary>
    public Camt PaidTogether(decimal amount, string paymentInformation, int payments) => Entry(
        amount, "DBIT", null, null, Code("ICDT", "ESCT"),
        $"<NtryDtls><Btch><PmtInfId>{paymentInformation}</PmtInfId><NbOfTxs>{payments}</NbOfTxs></Btch></NtryDtls>");

    /// <summary>The same with its payments.</summary>
    public Camt PaidEach(params (decimal Amount, string EndToEndId)[] payments) => Entry(
        payments.Sum(payment => payment.Amount), "DBIT", null, null, Code("ICDT", "ESCT"),
        "<NtryDtls>" + string.Concat(payments.Select(payment =>
            $"<TxDtls><Refs><EndToEndId>{payment.EndToEndId}</EndToEndId></Refs>" +
            $"<Amt Ccy=\"{Currency}\">{Text(payment.Amount)}</Amt><CdtDbtInd>DBIT</CdtDbtInd></TxDtls>")) +
        "</NtryDtls>");

    /// <summary>The file; another closing balance than the right one makes it wrong.</summary>
    public string Xml(decimal? closing = null, string version = "08", string message = "BkToCstmrStmt",
        string number = "053") => $"""
        <?xml version="1.0" encoding="UTF-8"?>
        <Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.{number}.001.{version}">
        <{message}><GrpHdr><MsgId>M-{Id}</MsgId><CreDtTm>{Day:yyyy-MM-dd}T20:00:00Z</CreDtTm></GrpHdr>
        <{Element(number)}><Id>{Id}</Id><CreDtTm>{Day:yyyy-MM-dd}T20:00:00Z</CreDtTm>
        <Acct><Id><IBAN>{Iban}</IBAN></Id><Ccy>{Currency}</Ccy></Acct>
        {Balance("OPBD", Opening)}{Balance("CLBD", Opening is null ? null : closing ?? Closing)}
        {_entries}</{Element(number)}></{message}></Document>
        """;

    private static string Code(string family, string subFamily) => "<BkTxCd><Domn><Cd>PMNT</Cd>" +
        $"<Fmly><Cd>{family}</Cd><SubFmlyCd>{subFamily}</SubFmlyCd></Fmly></Domn></BkTxCd>";

    private static string Element(string number) => number == "053" ? "Stmt" : number == "052" ? "Rpt" : "Ntfctn";

    private Camt Entry(decimal amount, string indicator, string? reference, DateOnly? day, string? code, string details)
    {
        _sum += indicator == "CRDT" ? amount : -amount;
        _entries.AppendLine(CultureInfo.InvariantCulture,
            $"<Ntry><Amt Ccy=\"{Currency}\">{Text(amount)}</Amt>" +
            $"<CdtDbtInd>{indicator}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>" +
            $"<BookgDt><Dt>{day ?? Day:yyyy-MM-dd}</Dt></BookgDt><ValDt><Dt>{day ?? Day:yyyy-MM-dd}</Dt></ValDt>" +
            $"{(reference is null ? "" : $"<AcctSvcrRef>{reference}</AcctSvcrRef>")}{code}{details}</Ntry>");
        return this;
    }

    private string Balance(string type, decimal? amount) => amount is not { } value ? "" :
        $"<Bal><Tp><CdOrPrtry><Cd>{type}</Cd></CdOrPrtry></Tp><Amt Ccy=\"{Currency}\">{Text(Math.Abs(value))}</Amt>" +
        $"<CdtDbtInd>{(value < 0 ? "DBIT" : "CRDT")}</CdtDbtInd><Dt><Dt>{Day:yyyy-MM-dd}</Dt></Dt></Bal>";

    private static string Text(decimal amount) => amount.ToString("0.00", CultureInfo.InvariantCulture);
}
