using System.Text.Json;

namespace OrderToCash.Collections.ReadModels;

/// <summary>Enumerations in tables are written as on the wire.</summary>
internal static class Kebab
{
    public static string Of(Enum value) => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());
}
