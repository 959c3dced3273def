using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Collections.ReadModels;

/// <summary>Enumerations in tables are written as on the wire.</summary>
internal static class Kebab
{
    public static string Of(Enum value) => Json.NameOf(value);

    /// <summary>The value that is written so.</summary>
    public static TEnum Parse<TEnum>(string text)
        where TEnum : struct, Enum => Enum.GetValues<TEnum>().First(value => Of(value) == text);

    /// <summary>A filter of a list: null where it is not used, 400 where it names no value.</summary>
    public static string? Filter<TEnum>(string field, string? text)
        where TEnum : struct, Enum => EnumFilter.Text<TEnum>(field, text);
}
