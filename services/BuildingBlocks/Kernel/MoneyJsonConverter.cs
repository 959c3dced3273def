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
        string? code = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString();
            reader.Read();
            if (string.Equals(name, "amount", StringComparison.OrdinalIgnoreCase))
                amount = DecimalJson.Read(ref reader);
            else if (string.Equals(name, "currency", StringComparison.OrdinalIgnoreCase))
                code = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
            else
                reader.Skip();
        }

        if (amount is null)
            throw new JsonException("Money needs an amount.");
        if (!Currency.TryOf(code, out var currency))
            throw new JsonException($"'{code}' is not an ISO 4217 currency.");
        if (!Money.TryOf(amount.Value, currency, out var money))
            throw new JsonException($"{currency} has {currency.MinorUnits} decimals and amounts below 10^15.");
        return money;
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Money value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStartObject();
        writer.WriteString("amount"u8, value.Amount.ToString(CultureInfo.InvariantCulture));
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
        writer.WriteStringValue(value.ToString(CultureInfo.InvariantCulture));
    }
}

internal static class DecimalJson
{
    /// <summary>29 digits, a sign and a point are the longest a decimal writes; of more it would drop some.</summary>
    private const int MaxLength = 31;

    private const NumberStyles Plain = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;

    public static decimal Read(ref Utf8JsonReader reader)
    {
        var text = reader.TokenType switch
        {
            JsonTokenType.String => reader.GetString(),
            JsonTokenType.Number when reader.HasValueSequence => Encoding.ASCII.GetString(reader.ValueSequence),
            JsonTokenType.Number => Encoding.ASCII.GetString(reader.ValueSpan),
            _ => null,
        };
        return text is { Length: <= MaxLength }
            && decimal.TryParse(text, Plain, CultureInfo.InvariantCulture, out var number)
                ? number
                : throw new JsonException("Expected a decimal such as \"1250.00\".");
    }
}
