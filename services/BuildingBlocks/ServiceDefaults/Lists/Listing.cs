using Microsoft.AspNetCore.Http;

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
