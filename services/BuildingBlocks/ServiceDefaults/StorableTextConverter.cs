using System.Text.Json;
using System.Text.Json.Serialization;

namespace OrderToCash.ServiceDefaults;

/// <summary>
/// Reads texts that can be stored: PostgreSQL has no NUL, and half a surrogate pair is no character. Such a text is
/// refused where it stands in the body instead of failing in the database.
/// </summary>
internal sealed class StorableTextConverter : JsonConverter<string>
{
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.String)
            throw new JsonException("must be a text");
        return Checked(ref reader);
    }

    public override string ReadAsPropertyName(
        ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Checked(ref reader);

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value);

    public override void WriteAsPropertyName(Utf8JsonWriter writer, string value, JsonSerializerOptions options) =>
        writer.WritePropertyName(value);

    private static string Checked(ref Utf8JsonReader reader)
    {
        string text;
        try
        {
            text = reader.GetString()!;
        }
        catch (InvalidOperationException error)
        {
            throw new JsonException("holds half a character", error);
        }

        return text.Contains('\0', StringComparison.Ordinal) ? throw new JsonException("holds a NUL character") : text;
    }
}
