using System.Globalization;
using System.Text;
using System.Xml;

namespace OrderToCash.Local.Demo;

/// <summary>A line of a bank statement: money in above zero, money out below.</summary>
internal sealed record BankLine(decimal Amount, string Payer, string? PayerIban, string Text);

/// <summary>Writes a day's statement as a bank would send it: ISO 20022 camt.053.001.08.</summary>
internal static class Camt
{
    private const string Namespace = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08";

    /// <param name="iban">The account.</param>
    /// <param name="currency">Its currency.</param>
    /// <param name="number">Number of the statement in the account's sequence.</param>
    /// <param name="date">The day.</param>
    /// <param name="opening">Balance before the lines.</param>
    /// <param name="lines">What was booked.</param>
    /// <param name="closing">Balance after them; the right one when null.</param>
    public static byte[] Write(
        string iban, string currency, int number, DateOnly date, decimal opening, IReadOnlyList<BankLine> lines,
        decimal? closing = null)
    {
        using var stream = new MemoryStream();
        var settings = new XmlWriterSettings { Indent = true, Encoding = new UTF8Encoding(false) };
        using (var xml = XmlWriter.Create(stream, settings))
        {
            xml.WriteStartElement("Document", Namespace);
            xml.WriteStartElement("BkToCstmrStmt");
            xml.WriteStartElement("GrpHdr");
            xml.WriteElementString("MsgId", $"{iban}-{number}");
            xml.WriteElementString("CreDtTm", $"{date:yyyy-MM-dd}T22:00:00");
            xml.WriteEndElement();
            xml.WriteStartElement("Stmt");
            xml.WriteElementString("Id", $"{iban}-{date:yyyyMMdd}-{number}");
            xml.WriteElementString("ElctrncSeqNb", Text(number));
            xml.WriteElementString("CreDtTm", $"{date:yyyy-MM-dd}T22:00:00");
            xml.WriteStartElement("Acct");
            xml.WriteStartElement("Id");
            xml.WriteElementString("IBAN", iban);
            xml.WriteEndElement();
            xml.WriteElementString("Ccy", currency);
            xml.WriteEndElement();
            Balance(xml, "OPBD", opening, currency, date);
            Balance(xml, "CLBD", closing ?? (opening + lines.Sum(line => line.Amount)), currency, date);
            for (var index = 0; index < lines.Count; index++)
                Entry(xml, lines[index], $"{date:yyyyMMdd}{number:000}{index + 1:0000}", currency, date);
            xml.WriteEndElement();
            xml.WriteEndElement();
            xml.WriteEndElement();
        }

        return stream.ToArray();
    }

    private static void Balance(XmlWriter xml, string code, decimal amount, string currency, DateOnly date)
    {
        xml.WriteStartElement("Bal");
        xml.WriteStartElement("Tp");
        xml.WriteStartElement("CdOrPrtry");
        xml.WriteElementString("Cd", code);
        xml.WriteEndElement();
        xml.WriteEndElement();
        Amount(xml, Math.Abs(amount), currency);
        xml.WriteElementString("CdtDbtInd", amount < 0 ? "DBIT" : "CRDT");
        xml.WriteStartElement("Dt");
        xml.WriteElementString("Dt", $"{date:yyyy-MM-dd}");
        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    private static void Entry(XmlWriter xml, BankLine line, string reference, string currency, DateOnly date)
    {
        xml.WriteStartElement("Ntry");
        Amount(xml, Math.Abs(line.Amount), currency);
        xml.WriteElementString("CdtDbtInd", line.Amount < 0 ? "DBIT" : "CRDT");
        xml.WriteStartElement("Sts");
        xml.WriteElementString("Cd", "BOOK");
        xml.WriteEndElement();
        Day(xml, "BookgDt", date);
        Day(xml, "ValDt", date);
        xml.WriteElementString("AcctSvcrRef", reference);
        Code(xml, line.Amount < 0);
        xml.WriteStartElement("NtryDtls");
        xml.WriteStartElement("TxDtls");
        xml.WriteStartElement("Refs");
        xml.WriteElementString("EndToEndId", "NOTPROVIDED");
        xml.WriteEndElement();
        Amount(xml, Math.Abs(line.Amount), currency);
        xml.WriteElementString("CdtDbtInd", line.Amount < 0 ? "DBIT" : "CRDT");
        if (line.Amount > 0)
            Debtor(xml, line);
        xml.WriteStartElement("RmtInf");
        xml.WriteElementString("Ustrd", line.Text);
        xml.WriteEndElement();
        xml.WriteEndElement();
        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    private static void Debtor(XmlWriter xml, BankLine line)
    {
        xml.WriteStartElement("RltdPties");
        xml.WriteStartElement("Dbtr");
        xml.WriteStartElement("Pty");
        xml.WriteElementString("Nm", line.Payer);
        xml.WriteEndElement();
        xml.WriteEndElement();
        if (line.PayerIban is not null)
        {
            xml.WriteStartElement("DbtrAcct");
            xml.WriteStartElement("Id");
            xml.WriteElementString("IBAN", line.PayerIban);
            xml.WriteEndElement();
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    private static void Code(XmlWriter xml, bool fee)
    {
        xml.WriteStartElement("BkTxCd");
        xml.WriteStartElement("Domn");
        xml.WriteElementString("Cd", fee ? "ACMT" : "PMNT");
        xml.WriteStartElement("Fmly");
        xml.WriteElementString("Cd", fee ? "MDOP" : "RCDT");
        xml.WriteElementString("SubFmlyCd", fee ? "CHRG" : "ESCT");
        xml.WriteEndElement();
        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    private static void Day(XmlWriter xml, string name, DateOnly date)
    {
        xml.WriteStartElement(name);
        xml.WriteElementString("Dt", $"{date:yyyy-MM-dd}");
        xml.WriteEndElement();
    }

    private static void Amount(XmlWriter xml, decimal amount, string currency)
    {
        xml.WriteStartElement("Amt");
        xml.WriteAttributeString("Ccy", currency);
        xml.WriteString(amount.ToString("0.00", CultureInfo.InvariantCulture));
        xml.WriteEndElement();
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
