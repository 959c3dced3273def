using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;

namespace OrderToCash.Collections.Notices.Mail;

/// <summary>
/// Links by which whoever gets a notice says that no more are wanted at the address it came to. They name the notice,
/// and of a copy its reader (<see cref="NoticeWriter.Mark"/>), and are signed (HMAC-SHA256, its first 16 bytes), so
/// that nobody can speak for others. The log has them in the mails as they were written; whoever reads a notice does
/// not see them (<see cref="NoticeMail.WithoutOptOut"/>).
/// </summary>
public sealed class OptOutLinks(IOptions<OptOutOptions> options)
{
    private const string Path = "v1/collections/opt-outs";

    private const int Half = 16;

    private const int Mark = 4;

    private readonly byte[][] _keys = [.. options.Value.Keys.Select(Convert.FromBase64String)];

    /// <summary>The link in the mail of a notice; null where mails carry none.</summary>
    /// <param name="noticeId">The notice.</param>
    /// <param name="copyTo">Who reads the copy of it; null for the notice itself.</param>
    public string? Of(Guid noticeId, string? copyTo = null)
    {
        if (options.Value.Address is not { } address)
            return null;
        byte[] named =
        [
            .. noticeId.ToByteArray(bigEndian: true),
            .. copyTo is null ? [] : Convert.FromHexString(NoticeWriter.Mark(copyTo)),
        ];
        var token = new byte[named.Length + Half];
        named.CopyTo(token, 0);
        Sign(_keys[0], named, token.AsSpan(named.Length));
        return new Uri(address, $"{Path}/{Base64Url.EncodeToString(token)}").AbsoluteUri;
    }

    /// <summary>What a token was made for; null where it was not made here.</summary>
    public OptOutLink? Read(string token)
    {
        var bytes = new byte[Half + Mark + Half];
        if (Base64Url.DecodeFromChars(token, bytes, out _, out var count) != OperationStatus.Done
            || (count != Half + Half && count != bytes.Length)
            || !Array.Exists(_keys, key => IsSigned(key, bytes.AsSpan(0, count))))
            return null;
        return new OptOutLink(
            new Guid(bytes.AsSpan(0, Half), bigEndian: true),
            count == bytes.Length ? Convert.ToHexStringLower(bytes.AsSpan(Half, Mark)) : null);
    }

    private static bool IsSigned(byte[] key, ReadOnlySpan<byte> token)
    {
        Span<byte> expected = stackalloc byte[Half];
        Sign(key, token[..^Half], expected);
        return CryptographicOperations.FixedTimeEquals(token[^Half..], expected);
    }

    private static void Sign(byte[] key, ReadOnlySpan<byte> named, Span<byte> signature)
    {
        Span<byte> whole = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, named, whole);
        whole[..Half].CopyTo(signature);
    }
}

/// <summary>What a link to opt out was made for.</summary>
/// <param name="NoticeId">The notice.</param>
/// <param name="CopyMark">Of the reader of a copy; null for the notice itself.</param>
public sealed record OptOutLink(Guid NoticeId, string? CopyMark = null)
{
    /// <summary>
    /// The mail that carries it: a copy that is out also where the notice was written anew since and goes to others.
    /// Null where there is none.
    /// </summary>
    public NoticeMail? MailOf(Notice notice)
    {
        ArgumentNullException.ThrowIfNull(notice);
        return CopyMark is { } mark
            ? (notice.Prepared?.Copies ?? []).Concat(notice.CopiesBefore)
                .FirstOrDefault(copy => NoticeWriter.Mark(copy.To) == mark)
            : notice.Prepared?.Mail;
    }
}
