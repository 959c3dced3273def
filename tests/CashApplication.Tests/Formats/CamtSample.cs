using System.Globalization;
using System.Text;
using OrderToCash.CashApplication.Statements.Formats;

namespace OrderToCash.CashApplication.Tests.Formats;

/// <summary>Small camt.053 documents, well formed unless a test makes them otherwise.</summary>
internal static class CamtSample
{
    public const string Namespace = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08";

    public const string Account = "<Acct><Id><IBAN>DE89370400440532013000</IBAN></Id><Ccy>EUR</Ccy></Acct>";

    public static string Document(string statements, string xmlNamespace = Namespace) =>
        $"""
        <?xml version="1.0" encoding="UTF-8"?>
        <Document xmlns="{xmlNamespace}"><BkToCstmrStmt>
        <GrpHdr><MsgId>M-1</MsgId><CreDtTm>2026-03-02T18:00:00+01:00</CreDtTm></GrpHdr>
        {statements}
        </BkToCstmrStmt></Document>
        """;

    public static string Statement(
        string entries, string? opening = "0.00", string? closing = null, string id = "S-1", string more = "") =>
        $"""
        <Stmt><Id>{id}</Id>{Account}
        {Balance("OPBD", opening)}{Balance("CLBD", closing)}{more}
        {entries}
        </Stmt>
        """;

    public static string Balance(
        string type, string? amount, string date = "2026-03-02", string currency = "EUR", string side = "CRDT") =>
        amount is null
            ? ""
            : $"<Bal><Tp><CdOrPrtry><Cd>{type}</Cd></CdOrPrtry></Tp><Amt Ccy=\"{currency}\">{amount}</Amt>" +
              $"<CdtDbtInd>{side}</CdtDbtInd><Dt><Dt>{date}</Dt></Dt></Bal>";

    public static string Entry(
        string amount, string side = "CRDT", string more = "", string status = "BOOK", string currency = "EUR") =>
        $"""
        <Ntry><Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>{side}</CdtDbtInd><Sts><Cd>{status}</Cd></Sts>
        <BookgDt><Dt>2026-03-02</Dt></BookgDt><ValDt><Dt>2026-03-01</Dt></ValDt>{more}</Ntry>
        """;

    public static string Details(string content) => $"<NtryDtls><TxDtls>{content}</TxDtls></NtryDtls>";

    /// <summary>A document of one statement whose balances fit its entries, all credits of 1.00.</summary>
    public static string OfEntries(int count)
    {
        var entries = new StringBuilder();
        for (var number = 1; number <= count; number++)
        {
            entries.Append(Entry("1.00", more: Details(string.Create(CultureInfo.InvariantCulture,
                $"<Refs><EndToEndId>E-{number}</EndToEndId></Refs><RmtInf><Ustrd>INV-{number}</Ustrd></RmtInf>"))));
        }

        return Document(Statement(entries.ToString(), "0.00", count.ToString(CultureInfo.InvariantCulture)));
    }

    public static BankStatementFile Read(string document, StatementLimits? limits = null)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(document));
        return CamtReader.Read(stream, limits);
    }

    public static BankStatement ReadOne(string statement) =>
        Read(Document(statement)).Statements.ShouldHaveSingleItem();

    public static StatementEntry ReadEntry(string entry) =>
        ReadOne(Statement(entry)).Entries.ShouldHaveSingleItem();

    public static StatementRefusal Refused(string document, StatementLimits? limits = null) =>
        Should.Throw<StatementRefused>(() => Read(document, limits)).Refusal;
}
