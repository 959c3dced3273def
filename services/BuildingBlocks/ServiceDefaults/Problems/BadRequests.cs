using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace OrderToCash.ServiceDefaults;

/// <summary>Explains what could not be read, by JSON pointer, without the names of our types.</summary>
internal static partial class BadRequests
{
    public static Problem Explain(BadHttpRequestException bad) => bad switch
    {
        { StatusCode: not StatusCodes.Status400BadRequest } => Problems.ForStatus(bad.StatusCode),
        { InnerException: JsonException json } => Explain(json),
        _ when Parameter().Match(bad.Message) is { Success: true } match => Problems.Malformed(
            "malformed-request", $"/{match.Groups["name"].Value}",
            $"The parameter {match.Groups["name"].Value} cannot be read."),
        _ => Problems.Malformed("The request or its body is missing or cannot be read."),
    };

    public static Problem Explain(JsonException json)
    {
        var pointer = Pointer(json.Path);
        if (RequiredNames().Match(json.Message) is { Success: true } required)
        {
            return Problems.Malformed("Required fields are missing.", required.Groups["name"].Captures.ToDictionary(
                name => $"{pointer}/{Escape(name.Value)}", _ => new[] { "is required" }, StringComparer.Ordinal));
        }

        if (NullName().Match(json.Message) is { Success: true } none)
        {
            var name = Escape(none.Groups["name"].Value);
            var itself = pointer.EndsWith($"/{name}", StringComparison.OrdinalIgnoreCase);
            var field = itself ? pointer : $"{pointer}/{name}";
            return Problems.Malformed("A required field is null.", Problems.Error(field, "must not be null"));
        }

        // The sentences of our own converters are written for callers; the framework's name types and byte positions.
        var ours = json.Source?.StartsWith("OrderToCash.", StringComparison.Ordinal) == true;
        return Problems.Malformed("The body is not the JSON that is expected here.",
            Problems.Error(pointer, ours ? json.Message : "is not valid here"));
    }

    /// <summary><c>$.lines[0].unitPrice</c> as <c>/lines/0/unitPrice</c> (RFC 6901).</summary>
    internal static string Pointer(string? path) => path is null
        ? ""
        : string.Concat(PathStep().Matches(path).Select(step => "/" + Escape(
            step.Groups["name"].Success ? step.Groups["name"].Value
            : step.Groups["index"].Success ? step.Groups["index"].Value
            : step.Groups["quoted"].Value)));

    private static string Escape(string name) =>
        name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);

    [GeneratedRegex(@"\.(?<name>[^.\[\]]+)|\[(?<index>\d+)\]|\['(?<quoted>.*?)'\]", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex PathStep();

    [GeneratedRegex(@"required properties including: ('(?<name>[^']+)'[,; .]*)+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex RequiredNames();

    [GeneratedRegex(
        @"(property or field|parameter) '(?<name>[^']+)' on type '[^']*' (doesn't|does not) allow",
        RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex NullName();

    [GeneratedRegex(
        "parameter \"\\S+ (?<name>\\w+)\" (from \"|was not provided from (route|query|header))",
        RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Parameter();
}
