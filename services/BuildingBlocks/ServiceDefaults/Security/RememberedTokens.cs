using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace OrderToCash.ServiceDefaults;

/// <summary>
/// Validates tokens and remembers good ones for a short time, as a caller sends the same one with every request and its
/// signature is most of what a small request would cost. It is known by its hash; never beyond its expiry, and not
/// after a change of the issuer's keys that <paramref name="keys"/> tells of. What is found out about it is only read,
/// by many requests at once.
/// </summary>
/// <param name="keys">The issuer's keys as one object, another one after each change; null where nobody tells, as of an
/// issuer that is asked for them: a key that it withdraws then counts for at most 30 seconds after they are read again.
/// </param>
/// <param name="clock">The clock.</param>
internal sealed class RememberedTokens(Func<object?> keys, TimeProvider clock) : TokenHandler
{
    /// <summary>Far more than callers at one time; who makes up tokens has none of them validated.</summary>
    private const int Most = 10_000;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private readonly JsonWebTokenHandler _handler = new() { MapInboundClaims = false };
    private readonly ConcurrentDictionary<string, Known> _known = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public override async Task<TokenValidationResult> ValidateTokenAsync(
        string token, TokenValidationParameters validationParameters)
    {
        ArgumentNullException.ThrowIfNull(token);
        var hash = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
        var present = keys();
        if (_known.TryGetValue(hash, out var known) && ReferenceEquals(known.Keys, present)
            && clock.GetElapsedTime(known.Since) < known.For)
            return known.Result;
        var since = clock.GetTimestamp();
        var result = await _handler.ValidateTokenAsync(token, validationParameters);
        if (result.IsValid)
        {
            if (_known.Count >= Most)
                _known.Clear();
            var left = result.SecurityToken.ValidTo - clock.GetUtcNow().UtcDateTime;
            _known[hash] = new Known(result, since, left < Longest ? left : Longest, present);
        }

        return result;
    }

    private sealed record Known(TokenValidationResult Result, long Since, TimeSpan For, object? Keys);
}
