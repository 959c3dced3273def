using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace OrderToCash.Contracts;

/// <summary>Money on the wire: <c>{"amount":"1250.00","currency":"USD"}</c>.</summary>
/// <param name="Amount">Major units with the currency's decimals; text in JSON.</param>
/// <param name="Currency">ISO 4217 code.</param>
public sealed record MoneyAmount(
    [property: JsonConverter(typeof(DecimalTextConverter))] decimal Amount, string Currency);

/// <summary>Decimals travel as text, so that no reader makes binary floats of them; numbers are read too.</summary>
public sealed class DecimalTextConverter : JsonConverter<decimal>
{
    /// <summary>29 digits, a sign and a point.</summary>
    private const int LongestDecimal = 31;

    /// <inheritdoc/>
    public override decimal Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String
            ? decimal.Parse(reader.GetString()!, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint,
                CultureInfo.InvariantCulture)
            : reader.GetDecimal();

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, decimal value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        Span<byte> text = stackalloc byte[LongestDecimal];
        value.TryFormat(text, out var length, provider: CultureInfo.InvariantCulture);
        writer.WriteStringValue(text[..length]);
    }
}
