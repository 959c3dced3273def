using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.CashApplication.Tests.Support;

/// <summary>Signs tokens with a key whose public half is in a file.</summary>
internal sealed class Issuer : IDisposable
{
    public const string Name = "https://issuer.test";

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public Issuer()
    {
        JwksPath = Path.Combine(Directory.CreateTempSubdirectory("otc-jwks").FullName, "jwks.json");
        var jwk = JsonWebKeyConverter.ConvertFromECDsaSecurityKey(
            new ECDsaSecurityKey(ECDsa.Create(_key.ExportParameters(includePrivateParameters: false)))
            { KeyId = "key" });
        File.WriteAllText(JwksPath, JsonSerializer.Serialize(new
        {
            keys = new[]
            {
                new { kty = jwk.Kty, crv = jwk.Crv, x = jwk.X, y = jwk.Y, kid = "key", use = "sig", alg = "ES256" },
            },
        }));
    }

    public string JwksPath { get; }

    public string Token(string? scope = null, string entities = "*", string subject = "ana", params string[] roles)
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        var handler = new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false };
        return handler.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Name,
            Audience = "ordertocash",
            NotBefore = now.AddMinutes(-5),
            Expires = now.AddHours(1),
            Claims = new Dictionary<string, object>
            {
                ["sub"] = subject,
                ["scope"] = scope ?? string.Join(' ', Scopes.All.Select(one => one.Scope)),
                ["entities"] = entities,
                ["roles"] = roles,
            },
            SigningCredentials = new SigningCredentials(
                new ECDsaSecurityKey(_key) { KeyId = "key" }, SecurityAlgorithms.EcdsaSha256),
        });
    }

    public void Dispose()
    {
        _key.Dispose();
        Directory.Delete(Path.GetDirectoryName(JwksPath)!, recursive: true);
    }
}
