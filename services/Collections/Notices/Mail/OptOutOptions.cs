namespace OrderToCash.Collections.Notices.Mail;

/// <summary>
/// Section <c>OptOut</c> of the configuration: where whoever gets a notice by mail says that no more are wanted.
/// </summary>
public sealed class OptOutOptions
{
    /// <summary>
    /// Where the gateway is reached from outside, with a slash at its end, e.g. <c>https://api.acme.example/</c>;
    /// without it mails carry no link. By http only on this machine.
    /// </summary>
    public Uri? Address { get; set; }

    /// <summary>
    /// What links are signed with: at least 32 random bytes in base64, the same in every instance. Without an address
    /// it is good for the links of mails before.
    /// </summary>
    public string? Key { get; set; }

    /// <summary>
    /// What links were signed with before, with blanks between; those that are out stay good as long as it is here.
    /// </summary>
    public string? PreviousKeys { get; set; }

    /// <summary>What a link may be signed with; the first is that of new ones.</summary>
    internal IEnumerable<string> Keys => $"{Key} {PreviousKeys}".Split(
        ' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>An address can be linked to, and all keys are strong enough.</summary>
    public bool IsValid =>
        (Address is null || (IsBase(Address) && !string.IsNullOrWhiteSpace(Key))) && Keys.All(IsStrong);

    private static bool IsBase(Uri address) =>
        address.IsAbsoluteUri
        && address is { Query: "", Fragment: "" }
        && address.AbsolutePath.EndsWith('/')
        && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback));

    private static bool IsStrong(string key)
    {
        var bytes = new byte[key.Length + 1];
        return Convert.TryFromBase64String(key, bytes, out var count) && count >= 32;
    }
}
