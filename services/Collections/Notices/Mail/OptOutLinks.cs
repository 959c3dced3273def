using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;

namespace OrderToCash.Collections.Contacts;

/// <summary>
/// Section <c>OptOut</c> of the configuration: where whoever gets a notice by mail says that no more are wanted.
/// </summary>
public sealed class OptOutOptions
{
    /// <summary>
    /// Where the gateway is reached from outside, e.g. <c>https://api.acme.example/</c>; without it mails carry no
    /// link.
    /// </summary>
    public Uri? Address { get; set; }

    /// <summary>
    /// What links are signed with: at least 32 random bytes in base64, the same in every instance. With another one the
    /// links of all mails before are void.
    /// </summary>
    public string? Key { get; set; }

    /// <summary>Mails carry links.</summary>
    internal bool IsOn => Address is not null;

    internal bool IsValid => Address is null
        ? string.IsNullOrEmpty(Key)
        : Address is { IsAbsoluteUri: true, Scheme: "https" or "http" } && IsStrong(Key);

    private static bool IsStrong(string? key)
    {
        var bytes = new byte[(key?.Length ?? 0) + 1];
        return key is not null && Convert.TryFromBase64String(key, bytes, out var count) && count >= 32;
    }
}

/// <summary>
/// Links by which whoever gets a notice says that no more are wanted at the address it came to. They name the notice
/// and are signed (HMAC-SHA256, its first 16 bytes), so that nobody can speak for others; nothing of them is kept.
/// </summary>
public sealed class OptOutLinks(IOptions<OptOutOptions> options)
{
    /// <summary>The path of the endpoint.</summary>
    public const string Path = "v1/collections/opt-outs";

    private const int Half = 16;

    private readonly byte[] _key = options.Value.IsOn ? Convert.FromBase64String(options.Value.Key!) : [];

    /// <summary>The link in the mail of a notice; null where mails carry none.</summary>
    public string? Of(Guid noticeId)
    {
        if (options.Value.Address is not { } address)
            return null;
        var token = new byte[2 * Half];
        noticeId.TryWriteBytes(token, bigEndian: true, out _);
        Sign(token.AsSpan(0, Half), token.AsSpan(Half));
        return new Uri(address, $"{Path}/{Base64Url.EncodeToString(token)}").ToString();
    }

    /// <summary>The notice that a token was made for; null where it was not made here.</summary>
    public Guid? NoticeOf(string token)
    {
        var (bytes, expected) = (new byte[2 * Half], new byte[Half]);
        if (!options.Value.IsOn
            || Base64Url.DecodeFromChars(token, bytes, out _, out var count) != OperationStatus.Done
            || count != bytes.Length)
            return null;
        Sign(bytes.AsSpan(0, Half), expected);
        return CryptographicOperations.FixedTimeEquals(bytes.AsSpan(Half), expected)
            ? new Guid(bytes.AsSpan(0, Half), bigEndian: true)
            : null;
    }

    private void Sign(ReadOnlySpan<byte> notice, Span<byte> signature)
    {
        Span<byte> whole = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_key, notice, whole);
        whole[..Half].CopyTo(signature);
    }
}
