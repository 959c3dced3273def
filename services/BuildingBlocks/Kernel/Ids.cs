using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace OrderToCash.Kernel;

/// <summary>
/// Identifiers. New things get a UUIDv7 (RFC 9562 section 5.7: ordered by time, so that indexes stay dense). Things
/// with a natural key get a UUIDv8 derived from it (SHA-256 of the key), so that the same key always names the same
/// stream.
/// </summary>
public static class Ids
{
    private const char Separator = '\u001f';
    private const char EscapeSign = '\u001b';

    /// <summary>A new UUIDv7 at the clock's present millisecond.</summary>
    public static Guid Next(TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(clock);
        return Guid.CreateVersion7(clock.GetUtcNow());
    }

    /// <summary>
    /// The identifier of a natural key, e.g. <c>Ids.From("legal-entity", "US01")</c>. Parts are kept apart, whatever
    /// is in them, so ("a","bc") and ("ab","c") differ. Never change the parts of a key that is in use.
    /// </summary>
    public static Guid From(params ReadOnlySpan<string> parts)
    {
        var escaped = new string[parts.Length];
        for (var index = 0; index < parts.Length; index++)
            escaped[index] = Escape(parts[index]);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(string.Join(Separator, escaped)), hash);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }

    /// <summary>A stable 64-bit number for a name: the key of an advisory lock.</summary>
    public static long LockKey(string name)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(name), hash);
        return BinaryPrimitives.ReadInt64BigEndian(hash);
    }

    /// <summary>A part from outside may hold the separator: it is marked there, and so is the mark.</summary>
    private static string Escape(string part) => part.AsSpan().ContainsAny(Separator, EscapeSign)
        ? part.Replace($"{EscapeSign}", $"{EscapeSign}{EscapeSign}", StringComparison.Ordinal)
            .Replace($"{Separator}", $"{EscapeSign}{Separator}", StringComparison.Ordinal)
        : part;
}
