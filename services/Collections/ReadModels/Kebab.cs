using OrderToCash.Kernel;

namespace OrderToCash.Collections.ReadModels;

/// <summary>Enumerations in tables are written as on the wire.</summary>
internal static class Kebab
{
    public static string Of(Enum value) => Json.NameOf(value);

    /// <summary>The value that is written so.</summary>
    public static TEnum Parse<TEnum>(string text)
        where TEnum : struct, Enum => Enum.GetValues<TEnum>().First(value => Of(value) == text);
}
