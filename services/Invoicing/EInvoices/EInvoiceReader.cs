using System.Xml;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.EInvoices;

/// <summary>An electronic invoice that was read, and what is wrong with it.</summary>
/// <param name="Syntax"><c>ubl</c>, <c>cii</c> or <c>zugferd-1</c>.</param>
public sealed record ReadEInvoice(string Syntax, EInvoice Invoice, IReadOnlyList<EInvoiceFinding> Findings)
{
    /// <summary>True when no rule is broken that must not be.</summary>
    public bool IsValid => Findings.All(finding => !finding.IsFatal);
}

/// <summary>Reads an electronic invoice in any syntax that is known here, and checks it.</summary>
public static class EInvoiceReader
{
    private const string UblInvoice = "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2";
    private const string UblCreditNote = "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2";
    private const string Cii = "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100";
    private const string Zugferd1 = "urn:ferd:CrossIndustryDocument:invoice:1p0";

    /// <summary>Largest document, in bytes.</summary>
    public const int MaxBytes = EInvoiceXml.MaxBytes;

    /// <summary>The invoice with its findings, or why it cannot be read at all.</summary>
    public static (ReadEInvoice? Read, Refusal? Refusal) Read(byte[] bytes)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        try
        {
            var root = EInvoiceXml.Read(bytes);
            var values = new EInvoiceValues();
            (string Syntax, EInvoice Invoice)? read = root.Name.NamespaceName switch
            {
                UblInvoice or UblCreditNote => ("ubl", new UblReader(values).Read(root)),
                Cii => ("cii", new CiiReader(values).Read(root)),
                Zugferd1 => ("zugferd-1", new CiiReader(values).Read(root)),
                _ => null,
            };
            if (read is not { } one)
                return (null, EInvoiceRefusals.UnknownSyntax(root.Name.LocalName));
            List<EInvoiceFinding> findings =
                [.. values.Findings, .. EInvoiceRules.Check(one.Invoice, one.Syntax == "zugferd-1")];
            if (one.Syntax == "ubl" && one.Invoice.TypeCode is { } type
                && one.Invoice.IsCreditNote != (root.Name.LocalName == "CreditNote"))
                findings.Add(new EInvoiceFinding("BR-CL-01", $"{type} (BT-3) is no code of a {root.Name.LocalName}."));
            return (new ReadEInvoice(one.Syntax, one.Invoice, findings), null);
        }
        catch (XmlException error)
        {
            return (null, EInvoiceRefusals.NotXml(error));
        }
        catch (OverflowException)
        {
            return (null, EInvoiceRefusals.NotImportable("Its amounts are larger than any that can be computed with."));
        }
    }
}

/// <summary>Why an electronic invoice may be refused.</summary>
public static class EInvoiceRefusals
{
    public static Refusal NotXml(XmlException error)
    {
        ArgumentNullException.ThrowIfNull(error);
        return new Refusal("not-xml", $"Line {error.LineNumber}, position {error.LinePosition}: {error.Message}");
    }

    public static Refusal UnknownSyntax(string root) => new(
        "unknown-syntax", $"'{root}' is neither a UBL 2.1 Invoice or CreditNote nor a Cross Industry Invoice.");

    public static Refusal AlreadyImported(string number, Guid id) => Refusal.State(
        "already-imported", $"This document was imported before, as {number} ({id}).");

    public static Refusal IsOwn(string number) => Refusal.State(
        "already-issued", $"{number} was issued here; it is no document of another billing system.");

    public static Refusal NotImportable(string detail) => new("not-importable", detail);

    public static Refusal TotalsDiffer(string theirs, string ours) => new(
        "totals-differ", $"Its total is {theirs} and its lines come to {ours} here; nothing was issued.");
}
