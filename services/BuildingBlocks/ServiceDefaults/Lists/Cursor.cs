using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using OrderToCash.Kernel;

namespace OrderToCash.ServiceDefaults;

/// <summary>
/// Where a page ended: the order of the list and the sort values of its last row, as opaque text. The check bytes catch
/// damage, not malice: a forged cursor only names another starting point in what the caller may see anyway.
/// </summary>
public static class Cursor
{
    private const int CheckBytes = 4;

    /// <summary>The cursor after a row.</summary>
    public static string Write(string order, IReadOnlyList<object> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var json = JsonSerializer.SerializeToUtf8Bytes<object[]>([order, .. values], Json.Wire);
        return Base64Url.EncodeToString([.. json, .. Check(json)]);
    }

    /// <summary>The sort values in a cursor made for the same order; anything else is 400 <c>bad-cursor</c>.</summary>
    public static IReadOnlyList<object> Read(string cursor, string order, IReadOnlyList<Type> types)
    {
        ArgumentNullException.ThrowIfNull(cursor);
        ArgumentNullException.ThrowIfNull(types);
        try
        {
            var bytes = Base64Url.DecodeFromChars(cursor);
            var json = bytes.AsSpan(0, Math.Max(0, bytes.Length - CheckBytes));
            if (!Check(json).AsSpan().SequenceEqual(bytes.AsSpan(json.Length)))
                throw Bad();
            var parts = JsonSerializer.Deserialize<JsonElement[]>(json, Json.Wire) ?? throw Bad();
            if (parts.Length != types.Count + 1 || parts[0].GetString() != order)
                throw Bad();
            return [.. types.Select((type, index) => parts[index + 1].Deserialize(type, Json.Wire) ?? throw Bad())];
        }
        catch (Exception error) when (error is FormatException or JsonException or InvalidOperationException)
        {
            throw Bad();
        }
    }

    private static byte[] Check(ReadOnlySpan<byte> json) => SHA256.HashData(json)[..CheckBytes];

    private static ProblemException Bad() => new(Problems.Malformed(
        "bad-cursor", "/cursor", "The cursor is not one that this list gave in this order; start without a cursor."));
}
