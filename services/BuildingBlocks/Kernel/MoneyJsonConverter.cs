using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace OrderToCash.Kernel;

/// <summary>
/// <c>{"amount":"1250.00","currency":"USD"}</c>: the amount is written as text and read from text or number.
/// Anything else, an unknown currency, or more decimals than the currency has is a <see cref="JsonException"/>.
/// </summary>
public sealed class MoneyJsonConverter : JsonConverter<Money>
{
    /// <inheritdoc/>
    public override Money Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException("Money is an object with amount and currency.");

        decimal? amount = null;
        Currency? currency = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (IsNamed(ref reader, "amount"u8))
            {
                reader.Read();
                amount = DecimalJson.Read(ref reader);
            }
            else if (IsNamed(ref reader, "currency"u8))
            {
                reader.Read();
                currency = ReadCurrency(ref reader);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        if (amount is null)
            throw new JsonException("Money needs an amount.");
        if (currency is not { } known)
            throw new JsonException("Money needs a currency.");
        if (!Money.TryOf(amount.Value, known, out var money))
            throw new JsonException($"{known} has {known.MinorUnits} decimals and amounts below 10^15.");
        return money;
    }

    /// <summary>As we write it, which costs nothing to find out, or in other letters.</summary>
    private static bool IsNamed(ref Utf8JsonReader reader, ReadOnlySpan<byte> name) =>
        reader.ValueTextEquals(name)
        || (reader.HasValueSequence || reader.ValueIsEscaped
            ? Encoding.ASCII.GetString(name).Equals(reader.GetString(), StringComparison.OrdinalIgnoreCase)
            : Ascii.EqualsIgnoreCase(reader.ValueSpan, name));

    private static Currency ReadCurrency(ref Utf8JsonReader reader)
    {
        Span<char> letters = stackalloc char[JsonText.Longest];
        if (JsonText.Copy(ref reader, letters) is not { } length)
            throw new JsonException("A currency is a code of ISO 4217.");
        var code = letters[..length];
        return Currency.TryOf(code, out var currency)
            ? currency
            : throw new JsonException($"'{code}' is not an ISO 4217 currency.");
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Money value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStartObject();
        Span<byte> text = stackalloc byte[DecimalJson.MaxLength];
        writer.WriteString("amount"u8, DecimalJson.Format(value.Amount, text));
        writer.WriteString("currency"u8, value.Currency.Code);
        writer.WriteEndObject();
    }
}

/// <summary>
/// Decimals that are not money (quantities, unit prices, rates): written as text so that no reader turns them
/// into binary floats, read from text or number. Exponents, blanks and group separators are refused.
/// </summary>
public sealed class DecimalJsonConverter : JsonConverter<decimal>
{
    /// <inheritdoc/>
    public override decimal Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        DecimalJson.Read(ref reader);

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, decimal value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        Span<byte> text = stackalloc byte[DecimalJson.MaxLength];
        writer.WriteStringValue(DecimalJson.Format(value, text));
    }
}

internal static class DecimalJson
{
    /// <summary>29 digits, a sign and a point are the longest a decimal writes; of more it would drop some.</summary>
    public const int MaxLength = 31;

    private const NumberStyles Plain = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;

    public static decimal Read(ref Utf8JsonReader reader)
    {
        Span<char> text = stackalloc char[JsonText.Longest];
        return JsonText.Copy(ref reader, text) is { } length and <= MaxLength
            && decimal.TryParse(text[..length], Plain, CultureInfo.InvariantCulture, out var number)
                ? number
                : throw new JsonException("Expected a decimal such as \"1250.00\".");
    }

    public static ReadOnlySpan<byte> Format(decimal value, Span<byte> text)
    {
        value.TryFormat(text, out var length, provider: CultureInfo.InvariantCulture);
        return text[..length];
    }
}

/// <summary>Short texts and numbers, read without a string of each.</summary>
internal static class JsonText
{
    /// <summary>Characters that a decimal may have, each of them escaped.</summary>
    public const int Longest = DecimalJson.MaxLength * 6;

    /// <summary>How many characters of the room it takes; null for what is no text and no number, or longer.</summary>
    public static int? Copy(ref Utf8JsonReader reader, scoped Span<char> room)
    {
        var length = reader.HasValueSequence ? reader.ValueSequence.Length : reader.ValueSpan.Length;
        if (length > room.Length)
            return null;
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                return reader.CopyString(room);
            case JsonTokenType.Number:
                Span<byte> digits = stackalloc byte[Longest];
                if (reader.HasValueSequence)
                    reader.ValueSequence.CopyTo(digits);
                else
                    reader.ValueSpan.CopyTo(digits);
                return Encoding.ASCII.GetChars(digits[..(int)length], room);
            default:
                return null;
        }
    }
}
