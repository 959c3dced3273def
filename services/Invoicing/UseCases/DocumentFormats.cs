using Microsoft.Net.Http.Headers;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>The forms of a document besides JSON and tables.</summary>
internal enum DocumentFormat
{
    /// <summary>JSON or a table: <c>Tables</c> tells which.</summary>
    Data,
    Html,
    Pdf,
}

/// <summary>Which form a caller accepts first.</summary>
internal static class DocumentFormats
{
    public const string Html = "text/html; charset=utf-8";
    public const string Pdf = "application/pdf";

    public static DocumentFormat Of(HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var accepted))
            return DocumentFormat.Data;
        var first = accepted.OrderByDescending(type => type.Quality ?? 1).FirstOrDefault()?.MediaType.Value;
        return first?.ToLowerInvariant() switch
        {
            "text/html" => DocumentFormat.Html,
            Pdf => DocumentFormat.Pdf,
            _ => DocumentFormat.Data,
        };
    }
}
