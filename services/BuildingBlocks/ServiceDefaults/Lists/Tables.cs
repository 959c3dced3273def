using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.Net.Http.Headers;
using OrderToCash.Kernel;

namespace OrderToCash.ServiceDefaults;

/// <summary>Answers a list in the format the caller accepts.</summary>
public static class Listing
{
    /// <summary>
    /// JSON <c>{"items","next"}</c>, or the page as CSV or XLSX; there the next page is in the <c>Link</c> header.
    /// </summary>
    public static IResult Result<T>(HttpContext http, Page<T> page) => Result(http, page, page);

    /// <summary>The same with other JSON: the page and what else is to be said of it.</summary>
    public static IResult Result<T>(HttpContext http, Page<T> page, object json)
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(page);
        if (page.Next is { } next && Tables.IsWanted(http.Request))
        {
            var query = QueryString.Create(http.Request.Query
                .Where(pair => pair.Key != "cursor").Append(new("cursor", next)));
            http.Response.Headers.Link = $"<{http.Request.Path.ToUriComponent()}{query}>; rel=\"next\"";
        }

        return Tables.Result(http, json, () => Table.Of(page.Items));
    }
}

internal enum TableFormat
{
    Json,
    Csv,
    Xlsx,
}

/// <summary>Answers a report in the format the caller accepts.</summary>
public static class Tables
{
    /// <summary>Media type of CSV.</summary>
    public const string Csv = "text/csv";

    /// <summary>Media type of XLSX.</summary>
    public const string Xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

    /// <summary>
    /// The report as JSON, or its table as CSV or XLSX, whichever Accept ranks first; JSON when it names none of them.
    /// </summary>
    public static IResult Result(HttpContext http, object report, Func<Table> table)
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(table);
        http.Response.Headers.Append(HeaderNames.Vary, HeaderNames.Accept);
        return Format(http.Request) switch
        {
            TableFormat.Csv => new TableFile($"{Csv}; charset=utf-8", target => CsvTable.Write(target, table())),
            TableFormat.Xlsx => new TableFile(Xlsx, target => XlsxTable.Write(target, table())),
            _ => Results.Json(report, Json.Wire),
        };
    }

    /// <summary>True when the caller wants rows (CSV, XLSX) rather than JSON.</summary>
    public static bool IsWanted(HttpRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return Format(request) != TableFormat.Json;
    }

    internal static TableFormat Format(HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var accepted))
            return TableFormat.Json;
        foreach (var type in accepted.OrderByDescending(type => type.Quality ?? 1))
        {
            if (type.MediaType.Equals(Csv, StringComparison.OrdinalIgnoreCase))
                return TableFormat.Csv;
            if (type.MediaType.Equals(Xlsx, StringComparison.OrdinalIgnoreCase))
                return TableFormat.Xlsx;
            if (type.MatchesMediaType("application/json") || type.MatchesAllTypes)
                return TableFormat.Json;
        }

        return TableFormat.Json;
    }
}
