using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using OrderToCash.Kernel;

namespace OrderToCash.ServiceDefaults;

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

    /// <summary>The table as a workbook (XLSX), for what is kept; the same table gives the same bytes.</summary>
    public static byte[] Workbook(Table table)
    {
        ArgumentNullException.ThrowIfNull(table);
        using var target = new MemoryStream();
        XlsxTable.Write(target, table);
        return target.ToArray();
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
