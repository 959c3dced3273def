using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml;
using OrderToCash.CashApplication.Refunds;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Payouts;

/// <summary>
/// A payment file as ISO 20022 <c>pain.001.001.09</c> (CustomerCreditTransferInitiation), one payment information with
/// one credit transfer per refund. Element order, lengths and patterns are those of the message definition; texts keep
/// to the Latin characters that SWIFT and SEPA allow. The same file gives the same bytes.
/// </summary>
public static partial class CreditTransferFile
{
    /// <summary>Namespace of the message.</summary>
    public const string Namespace = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09";

    private const int MaxPurpose = 140;

    private const string Allowed =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/-?:().,'+ ";

    /// <summary>The message, as text without a byte order mark.</summary>
    public static string Write(Guid fileId, PaymentFileCreated file)
    {
        ArgumentNullException.ThrowIfNull(file);
        var text = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        using (var xml = XmlWriter.Create(text, new XmlWriterSettings
        {
            OmitXmlDeclaration = true,
            Indent = true,
            NewLineChars = "\n",
        }))
        {
            xml.WriteStartElement("Document", Namespace);
            xml.WriteStartElement("CstmrCdtTrfInitn", Namespace);
            WriteHeader(xml, fileId, file);
            WritePayments(xml, fileId, file);
            xml.WriteEndElement();
            xml.WriteEndElement();
        }

        return text.Append('\n').ToString();
    }

    /// <summary>What the bank calls the payment of a refund (Max35Text).</summary>
    public static string EndToEndId(Guid refundId) => refundId.ToString("N");

    private static void WriteHeader(XmlWriter xml, Guid fileId, PaymentFileCreated file)
    {
        xml.WriteStartElement("GrpHdr", Namespace);
        Element(xml, "MsgId", fileId.ToString("N"));
        Element(xml, "CreDtTm", file.CreatedAt.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", Invariant));
        WriteTotals(xml, file);
        xml.WriteStartElement("InitgPty", Namespace);
        Element(xml, "Nm", Text(file.LegalEntityName, 140));
        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    private static void WritePayments(XmlWriter xml, Guid fileId, PaymentFileCreated file)
    {
        var isSepa = file.Total.Currency.Code == "EUR" && file.Account.Iban is not null
            && file.Orders.All(order => order.Payee.Iban is not null);
        xml.WriteStartElement("PmtInf", Namespace);
        Element(xml, "PmtInfId", fileId.ToString("N"));
        Element(xml, "PmtMtd", "TRF");
        Element(xml, "BtchBookg", "false");
        WriteTotals(xml, file);
        if (isSepa)
            Nested(xml, "SEPA", "PmtTpInf", "SvcLvl", "Cd");
        Nested(xml, file.ExecutionDate.ToString("O", Invariant), "ReqdExctnDt", "Dt");
        Nested(xml, Text(file.LegalEntityName, 140), "Dbtr", "Nm");
        xml.WriteStartElement("DbtrAcct", Namespace);
        WriteAccount(xml, file.Account.Iban, file.Account.AccountNumber);
        Element(xml, "Ccy", file.Total.Currency.Code);
        xml.WriteEndElement();
        var isBic = file.Account.BankCode is { } code && BicFormat().IsMatch(code);
        WriteAgent(
            xml, "DbtrAgt", isBic ? file.Account.BankCode : null, isBic ? null : file.Account.BankCode,
            file.Total.Currency);
        Element(xml, "ChrgBr", isSepa ? "SLEV" : "SHAR");
        foreach (var order in file.Orders)
            WriteTransfer(xml, order);
        xml.WriteEndElement();
    }

    private static void WriteTransfer(XmlWriter xml, PaymentOrder order)
    {
        xml.WriteStartElement("CdtTrfTxInf", Namespace);
        Nested(xml, EndToEndId(order.RefundId), "PmtId", "EndToEndId");
        xml.WriteStartElement("Amt", Namespace);
        xml.WriteStartElement("InstdAmt", Namespace);
        xml.WriteAttributeString("Ccy", order.Amount.Currency.Code);
        xml.WriteString(order.Amount.Amount.ToString(Invariant));
        xml.WriteEndElement();
        xml.WriteEndElement();
        if (order.Payee.Bic is not null || order.Payee.ClearingCode is not null)
            WriteAgent(xml, "CdtrAgt", order.Payee.Bic, order.Payee.ClearingCode, order.Amount.Currency);
        Nested(xml, Text(order.Payee.Name, 140), "Cdtr", "Nm");
        xml.WriteStartElement("CdtrAcct", Namespace);
        WriteAccount(xml, order.Payee.Iban, order.Payee.AccountNumber);
        xml.WriteEndElement();
        Nested(xml, Text(Purpose(order), MaxPurpose), "RmtInf", "Ustrd");
        xml.WriteEndElement();
    }

    /// <summary>What the payee is told; the reference alone where it does not fit beside the number.</summary>
    private static string Purpose(PaymentOrder order)
    {
        var both = $"Refund {order.ReceiptNumber} {order.Reference}";
        return both.Length > MaxPurpose && order.Reference is { } reference ? reference : both;
    }

    private static void WriteTotals(XmlWriter xml, PaymentFileCreated file)
    {
        Element(xml, "NbOfTxs", file.Orders.Count.ToString(Invariant));
        Element(xml, "CtrlSum", file.Total.Amount.ToString(Invariant));
    }

    private static void WriteAccount(XmlWriter xml, string? iban, string? number)
    {
        if (iban is not null)
            Nested(xml, iban, "Id", "IBAN");
        else
            Nested(xml, number!, "Id", "Othr", "Id");
    }

    private static void WriteAgent(XmlWriter xml, string name, string? bic, string? clearingCode, Currency currency)
    {
        if (bic is not null)
        {
            Nested(xml, bic, name, "FinInstnId", "BICFI");
            return;
        }

        if (clearingCode is null)
        {
            Nested(xml, "NOTPROVIDED", name, "FinInstnId", "Othr", "Id");
            return;
        }

        xml.WriteStartElement(name, Namespace);
        xml.WriteStartElement("FinInstnId", Namespace);
        xml.WriteStartElement("ClrSysMmbId", Namespace);
        if (ClearingSystem(clearingCode, currency) is { } system)
            Nested(xml, system, "ClrSysId", "Cd");
        Element(xml, "MmbId", clearingCode);
        xml.WriteEndElement();
        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    /// <summary>
    /// Whose member a bank's number is (ISO 20022 ExternalClearingSystemIdentification1Code), by the clearing of the
    /// payment's currency: without it a bank does not know what to make of the number. Null where the number does not
    /// look like one of that clearing.
    /// </summary>
    private static string? ClearingSystem(string clearingCode, Currency currency) =>
        clearingCode.All(char.IsAsciiDigit)
            ? (currency.Code, clearingCode.Length) switch
            {
                ("USD", 9) => "USABA",
                ("CAD", 9) => "CACPA",
                ("GBP", 6) => "GBDSC",
                ("AUD", 6) => "AUBSB",
                ("CHF", 3 or 4 or 5) => "CHBCC",
                _ => null,
            }
            : null;

    private static void Element(XmlWriter xml, string name, string value) =>
        xml.WriteElementString(name, Namespace, value);

    private static void Nested(XmlWriter xml, string value, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
            xml.WriteStartElement(name, Namespace);
        xml.WriteString(value);
        foreach (var _ in names)
            xml.WriteEndElement();
    }

    /// <summary>Letters that are not allowed become the nearest that is, or a dot.</summary>
    private static string Text(string value, int max)
    {
        var text = string.Concat(value.Select(letter => Allowed.Contains(letter, StringComparison.Ordinal)
            ? letter.ToString()
            : Receipts.Matching.PartyName.Fold(letter) ?? "."));
        return (text.Length > max ? text[..max] : text).Trim();
    }

    /// <summary><c>BICFIDec2014Identifier</c>.</summary>
    [GeneratedRegex(@"^[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex BicFormat();

    private static CultureInfo Invariant => CultureInfo.InvariantCulture;
}
