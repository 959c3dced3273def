using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace OrderToCash.ServiceDefaults.Tests.Support;

/// <summary>An issuer with its keys in a file, as deploy/Local and any other issuer has them.</summary>
public sealed class Issuer : IDisposable
{
    public const string Name = "https://issuer.test";

    private readonly List<ECDsaSecurityKey> _keys = [];

    public Issuer()
    {
        JwksPath = Path.Combine(Directory.CreateTempSubdirectory("otc-jwks").FullName, "jwks.json");
        Rotate();
    }

    public string JwksPath { get; }

    /// <summary>A new key; the file then holds only that one.</summary>
    public void Rotate()
    {
        var key = new ECDsaSecurityKey(ECDsa.Create(ECCurve.NamedCurves.nistP256)) { KeyId = $"key-{_keys.Count + 1}" };
        _keys.Add(key);
        var jwk = JsonWebKeyConverter.ConvertFromECDsaSecurityKey(new ECDsaSecurityKey(
            ECDsa.Create(key.ECDsa.ExportParameters(includePrivateParameters: false)))
        { KeyId = key.KeyId });
        var set = JsonSerializer.Serialize(new
        {
            keys = new[]
            {
                new { kty = jwk.Kty, crv = jwk.Crv, x = jwk.X, y = jwk.Y, kid = key.KeyId, use = "sig", alg = "ES256" },
            },
        });
        File.WriteAllText(JwksPath + ".new", set);
        File.Move(JwksPath + ".new", JwksPath, overwrite: true);
    }

    public string Token(
        object? scope = null, object? entities = null, string subject = "ana", string issuer = Name,
        string audience = "ordertocash",
        TimeSpan? expiresIn = null, SecurityKey? key = null, string algorithm = SecurityAlgorithms.EcdsaSha256)
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        var expires = now + (expiresIn ?? TimeSpan.FromMinutes(10));
        var handler = new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false };
        return handler.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = issuer,
            Audience = audience,
            NotBefore = expires - TimeSpan.FromHours(1),
            Expires = expires,
            Claims = new Dictionary<string, object>
            {
                ["sub"] = subject,
                ["scope"] = scope ?? string.Join(' ', Scopes.All.Select(one => one.Scope)),
                ["entities"] = entities ?? "*",
                ["roles"] = new[] { "clerk" },
            },
            SigningCredentials = new SigningCredentials(key ?? _keys[^1], algorithm),
        });
    }

    public void Dispose() => _keys.ForEach(key => key.ECDsa.Dispose());
}
