using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;

namespace OrderToCash.Collections.Notices.Mail;

/// <summary>
/// Links by which whoever gets a notice says that no more are wanted at the address it came to. They name the notice
/// and are signed (HMAC-SHA256, its first 16 bytes), so that nobody can speak for others. The log has them in the mails
/// as they were written; whoever reads a notice does not see them (<see cref="NoticeMail.WithoutOptOut"/>).
/// </summary>
public sealed class OptOutLinks(IOptions<OptOutOptions> options)
{
    private const string Path = "v1/collections/opt-outs";

    private const int Half = 16;

    private readonly byte[][] _keys = [.. options.Value.Keys.Select(Convert.FromBase64String)];

    /// <summary>The link in the mail of a notice; null where mails carry none.</summary>
    public string? Of(Guid noticeId)
    {
        if (options.Value.Address is not { } address)
            return null;
        var token = new byte[2 * Half];
        noticeId.TryWriteBytes(token, bigEndian: true, out _);
        Sign(_keys[0], token.AsSpan(0, Half), token.AsSpan(Half));
        return new Uri(address, $"{Path}/{Base64Url.EncodeToString(token)}").AbsoluteUri;
    }

    /// <summary>The notice that a token was made for; null where it was not made here.</summary>
    public Guid? NoticeOf(string token)
    {
        var bytes = new byte[2 * Half];
        return Base64Url.DecodeFromChars(token, bytes, out _, out var count) == OperationStatus.Done
            && count == bytes.Length
            && Array.Exists(_keys, key => IsSigned(key, bytes))
                ? new Guid(bytes.AsSpan(0, Half), bigEndian: true)
                : null;
    }

    private static bool IsSigned(byte[] key, ReadOnlySpan<byte> token)
    {
        Span<byte> expected = stackalloc byte[Half];
        Sign(key, token[..Half], expected);
        return CryptographicOperations.FixedTimeEquals(token[Half..], expected);
    }

    private static void Sign(byte[] key, ReadOnlySpan<byte> notice, Span<byte> signature)
    {
        Span<byte> whole = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, notice, whole);
        whole[..Half].CopyTo(signature);
    }
}
