using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace OrderToCash.ServiceDefaults;

/// <summary>
/// The list parameters of a request: how many, from where, in what order. A handler parameter of this type binds
/// itself.
/// </summary>
/// <param name="Limit">Rows per page, 1 to 500.</param>
/// <param name="Cursor">Where the page before ended, as it came in <c>next</c>.</param>
/// <param name="Sort">Fields, comma-separated, <c>-</c> before those that run downwards.</param>
public sealed record ListQuery(int Limit, string? Cursor, string? Sort)
{
    /// <summary>Rows per page when the caller names none.</summary>
    public const int DefaultLimit = 50;

    /// <summary>Most rows per page.</summary>
    public const int MaxLimit = 500;

    /// <summary>Reads the query string; 400 on a limit out of bounds.</summary>
    public static ValueTask<ListQuery?> BindAsync(HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(http);
        var query = http.Request.Query;
        var limit = DefaultLimit;
        if (query["limit"].ToString() is { Length: > 0 } text
            && !(int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit)
                && limit is >= 1 and <= MaxLimit))
            throw new ProblemException(Problems.Malformed("bad-limit", "/limit", $"limit must be 1 to {MaxLimit}."));
        return ValueTask.FromResult<ListQuery?>(new ListQuery(limit, Text("cursor"), Text("sort")));

        string? Text(string name) => query[name].ToString() is { Length: > 0 } value ? value : null;
    }
}

/// <summary>One page of a list.</summary>
/// <param name="Items">The rows.</param>
/// <param name="Next">Cursor of the next page; null on the last.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next)
{
    /// <summary>The same page of other rows.</summary>
    public Page<TOther> Select<TOther>(Func<T, TOther> map) => new([.. Items.Select(map)], Next);
}
