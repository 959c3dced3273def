using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace OrderToCash.ServiceDefaults;

/// <summary>The version of a stream as an entity tag: <c>"7"</c>.</summary>
public static class EntityTag
{
    /// <summary>The tag of a version.</summary>
    public static string Of(long version) => string.Create(CultureInfo.InvariantCulture, $"\"{version}\"");

    /// <summary>
    /// The version that If-Match names, null where there is none or any will do (<c>*</c>); 400 on anything else.
    /// </summary>
    internal static long? Expected(HttpRequest request)
    {
        var header = request.Headers.IfMatch;
        if (header.Count == 0 || header == "*")
            return null;
        var text = header.ToString().Trim();
        if (text.Length > 2 && text[0] == '"' && text[^1] == '"'
            && long.TryParse(text.AsSpan(1..^1), NumberStyles.None, CultureInfo.InvariantCulture, out var version))
            return version;
        throw new ProblemException(Problems.Malformed(
            "If-Match must be one ETag as this API gives them, such as \"7\", quotes included."));
    }
}
