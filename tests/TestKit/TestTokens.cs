using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace OrderToCash.TestKit;

/// <summary>
/// An issuer of tokens with its public key in a file, as services take them: <c>Auth:JwksFile</c> = <see
/// cref="JwksFile"/>,
/// <c>Auth:Issuer</c> = <see cref="Issuer"/>.
/// </summary>
public sealed class TestTokens : IDisposable
{
    /// <summary>The <c>iss</c> of the tokens.</summary>
    public const string Issuer = "https://issuer.test";

    private static readonly string[] AllEntities = ["*"];

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("otc-jwks-");

    /// <summary>Makes a key and writes its public half to <see cref="JwksFile"/>.</summary>
    public TestTokens()
    {
        JwksFile = Path.Combine(_folder.FullName, "jwks.json");
        var point = _key.ExportParameters(includePrivateParameters: false).Q;
        File.WriteAllText(JwksFile, JsonSerializer.Serialize(new
        {
            keys = new[]
            {
                new
                {
                    kty = "EC", crv = "P-256", kid = "test", use = "sig", alg = "ES256",
                    x = Base64UrlEncoder.Encode(point.X), y = Base64UrlEncoder.Encode(point.Y),
                },
            },
        }));
    }

    /// <summary>Path of the file with the public key.</summary>
    public string JwksFile { get; }

    /// <summary>A token that is good for an hour.</summary>
    /// <param name="scopes">Scopes with blanks between.</param>
    /// <param name="subject">Who it is.</param>
    /// <param name="entities">Legal entities they may see; all by default.</param>
    /// <param name="roles">Their roles.</param>
    public string For(string scopes, string subject = "ana", string[]? entities = null, params string[] roles)
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        return new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Issuer,
            Audience = "ordertocash",
            IssuedAt = now,
            NotBefore = now.AddMinutes(-1),
            Expires = now.AddHours(1),
            Claims = new Dictionary<string, object>
            {
                ["sub"] = subject,
                ["scope"] = scopes,
                ["entities"] = entities ?? AllEntities,
                ["roles"] = roles,
            },
            SigningCredentials = new SigningCredentials(
                new ECDsaSecurityKey(_key) { KeyId = "test" }, SecurityAlgorithms.EcdsaSha256),
        });
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _key.Dispose();
        _folder.Delete(recursive: true);
    }
}
