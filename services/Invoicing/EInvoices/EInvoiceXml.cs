using System.Globalization;
using System.Xml;
using System.Xml.Linq;

namespace OrderToCash.Invoicing.EInvoices;

/// <summary>
/// Reads XML from outside: no document type, so no entities and nothing from elsewhere; bounded in size and depth.
/// </summary>
internal static class EInvoiceXml
{
    public const int MaxBytes = 5 * 1024 * 1024;

    private const int MaxDepth = 40;

    private static readonly XmlReaderSettings Safe = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        MaxCharactersInDocument = MaxBytes,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
    };

    /// <summary>The root element; an <see cref="XmlException"/> that says where it is not what it should be.</summary>
    public static XElement Read(byte[] bytes)
    {
        // Depth first: a tree is only built of what is known to be flat.
        using (var depth = XmlReader.Create(new MemoryStream(bytes), Safe))
        {
            while (depth.Read())
            {
                if (depth.Depth > MaxDepth)
                    throw new XmlException($"Elements are more than {MaxDepth} levels deep.");
            }
        }

        using var reader = XmlReader.Create(new MemoryStream(bytes), Safe);
        return XElement.Load(reader);
    }

    /// <summary>The element at the end of a path of local names, or null.</summary>
    public static XElement? At(this XElement? element, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
            element = element?.Elements().FirstOrDefault(child => child.Name.LocalName == name);
        return element;
    }

    /// <summary>All children of a name.</summary>
    public static IEnumerable<XElement> All(this XElement? element, string name) =>
        element?.Elements().Where(child => child.Name.LocalName == name) ?? [];

    /// <summary>The text at the end of a path; null where there is none.</summary>
    public static string? Text(this XElement? element, params ReadOnlySpan<string> path) =>
        element.At(path)?.Value.Trim() is { Length: > 0 } text ? text : null;

    /// <summary>The attribute of an element, or null.</summary>
    public static string? Attr(this XElement? element, string name) =>
        element?.Attribute(name)?.Value.Trim() is { Length: > 0 } text ? text : null;
}

/// <summary>Reads values and remembers those that are none.</summary>
internal sealed class EInvoiceValues
{
    private const NumberStyles Plain = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;

    private readonly List<EInvoiceFinding> _findings = [];

    public IReadOnlyList<EInvoiceFinding> Findings => _findings;

    public decimal? Number(XElement? element, params ReadOnlySpan<string> path)
    {
        if (element.Text(path) is not { } text)
            return null;
        if (text.Length <= 31 && decimal.TryParse(text, Plain, CultureInfo.InvariantCulture, out var number))
            return number;
        return Nothing<decimal>(element.At(path)!, text, "a number");
    }

    public DateOnly? Date(XElement? element, string format, params ReadOnlySpan<string> path)
    {
        if (element.Text(path) is not { } text)
            return null;
        // A time zone after the date says nothing that matters here.
        var date = format.Length == 10 && text.Length > 10 ? text[..10] : text;
        return DateOnly.TryParseExact(date, format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? day
            : Nothing<DateOnly>(element.At(path)!, text, "a date");
    }

    private T? Nothing<T>(XElement element, string text, string what)
        where T : struct
    {
        var shown = text.Length > 40 ? $"{text[..40]}…" : text;
        _findings.Add(new EInvoiceFinding("XML-TYPE", $"{element.Name.LocalName}: '{shown}' is not {what}."));
        return null;
    }
}
