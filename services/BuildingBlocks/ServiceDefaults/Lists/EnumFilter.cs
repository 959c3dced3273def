using OrderToCash.Kernel;

namespace OrderToCash.ServiceDefaults;

/// <summary>
/// A filter of a list by an enumeration: one of its values as the API writes them (<c>partially-paid</c>), and nothing
/// else. Another text is 400 <c>bad-status</c>, or what the field is called.
/// </summary>
public static class EnumFilter
{
    /// <summary>The value that is asked for; null where none is.</summary>
    /// <param name="field">The parameter of the query, in camelCase.</param>
    /// <param name="text">What the caller wrote.</param>
    public static TEnum? Value<TEnum>(string field, string? text)
        where TEnum : struct, Enum
    {
        if (text is null)
            return null;
        foreach (var value in Enum.GetValues<TEnum>())
        {
            if (Json.NameOf(value) == text)
                return value;
        }

        throw new ProblemException(Problems.Malformed(
            $"bad-{Json.NameOf(field)}", $"/{field}",
            $"{field} is one of {string.Join(", ", Enum.GetNames<TEnum>().Select(Json.NameOf))}."));
    }

    /// <summary>The same as text, for tables that write values as the API does.</summary>
    public static string? Text<TEnum>(string field, string? text)
        where TEnum : struct, Enum => Value<TEnum>(field, text) is null ? null : text;
}
