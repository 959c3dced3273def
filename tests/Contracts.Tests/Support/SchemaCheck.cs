using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace OrderToCash.Contracts.Tests.Support;

/// <summary>
/// Judges a message by a schema: the keywords that the contracts' schemas use, and an error on any other, so that
/// nothing passes because nobody looked.
/// </summary>
internal static class SchemaCheck
{
    private static readonly string[] Annotations = ["$schema", "$id", "title", "description", "default"];

    /// <summary>What is wrong, with where; empty when nothing is.</summary>
    public static IReadOnlyList<string> Faults(JsonNode? value, JsonObject schema, string at = "") =>
        [.. schema.SelectMany(keyword => Faults(value, keyword.Key, keyword.Value!, at))];

    private static IEnumerable<string> Faults(JsonNode? value, string keyword, JsonNode rule, string at) =>
        keyword switch
        {
            _ when Annotations.Contains(keyword) => [],
            "type" => Types(rule).Contains(TypeOf(value)) || Types(rule).Contains(Wider(value))
                ? []
                : [$"{at}: {TypeOf(value)} instead of {rule.ToJsonString()}"],
            "required" => value is JsonObject thing
                ? rule.AsArray().Select(name => name!.GetValue<string>()).Where(name => !thing.ContainsKey(name))
                    .Select(name => $"{at}/{name}: missing")
                : [],
            "properties" => value is JsonObject thing
                ? rule.AsObject().Where(property => thing.ContainsKey(property.Key)).SelectMany(property =>
                    Faults(thing[property.Key], property.Value!.AsObject(), $"{at}/{property.Key}"))
                : [],
            "items" => value is JsonArray list
                ? list.SelectMany((element, index) => Faults(element, rule.AsObject(), $"{at}/{index}"))
                : [],
            "pattern" => IsText(value, out var text) && !Matches(text, rule.GetValue<string>())
                ? [$"{at}: '{text}'"]
                : [],
            "format" => IsText(value, out var text) && !IsFormat(text, rule.GetValue<string>())
                ? [$"{at}: '{text}' is no {rule}"]
                : [],
            _ => throw new NotSupportedException($"{at}: nothing here knows the keyword {keyword}."),
        };

    private static string[] Types(JsonNode rule) => rule is JsonArray several
        ? [.. several.Select(type => type!.GetValue<string>())]
        : [rule.GetValue<string>()];

    private static string TypeOf(JsonNode? value) => value?.GetValueKind() switch
    {
        null or JsonValueKind.Null => "null",
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.Number => "integer",
        _ => "boolean",
    };

    private static string Wider(JsonNode? value) => TypeOf(value) == "integer" ? "number" : TypeOf(value);

    private static bool IsText(JsonNode? value, out string text)
    {
        text = value?.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : "";
        return value?.GetValueKind() == JsonValueKind.String;
    }

    private static bool Matches(string text, string pattern) =>
        Regex.IsMatch(text, pattern, RegexOptions.None, TimeSpan.FromMinutes(1));

    private static bool IsFormat(string text, string format) => format switch
    {
        "uuid" => Guid.TryParseExact(text, "D", out _),
        "date" => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
        "date-time" => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out _),
        _ => throw new NotSupportedException($"Nothing here knows the format {format}."),
    };
}
