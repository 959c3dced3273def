using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace OrderToCash.Invoicing.EInvoices;

/// <summary>Writes electronic invoices as UBL 2.1 or as Cross Industry Invoice (D16B).</summary>
public static class EInvoiceWriter
{
    /// <summary>The document as UTF-8.</summary>
    /// <param name="invoice">Must have passed <see cref="EInvoiceRules"/>.</param>
    /// <param name="ubl">UBL, else CII.</param>
    public static byte[] Write(EInvoice invoice, bool ubl)
    {
        var settings = new XmlWriterSettings { Encoding = new UTF8Encoding(false), Indent = true, NewLineChars = "\n" };
        using var memory = new MemoryStream();
        using (var writer = XmlWriter.Create(memory, settings))
            (ubl ? UblWriter.Write(invoice) : CiiWriter.Write(invoice)).Save(writer);
        return memory.ToArray();
    }

    internal static string Number(decimal number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>An element with a value; nothing where there is none, since empty elements break the rules.</summary>
    internal static XElement? Optional(XName name, string? value) => value is null ? null : new XElement(name, value);
}
