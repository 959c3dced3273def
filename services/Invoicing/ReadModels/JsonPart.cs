using System.Text.Json;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.ReadModels;

/// <summary>Parts of a row, kept as JSON, that most have in the standard form, which is null.</summary>
internal static class JsonPart
{
    public static string? Write<T>(T? part)
        where T : class => part is null ? null : JsonSerializer.Serialize(part, Json.Stored);

    public static T? Read<T>(string? text)
        where T : class => text is null ? null : JsonSerializer.Deserialize<T>(text, Json.Stored);
}
