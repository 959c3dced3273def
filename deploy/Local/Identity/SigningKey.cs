using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace OrderToCash.Local.Identity;

/// <summary>
/// The issuer of development tokens: a P-256 key in a folder that only this user reads, and the JWKS file that the
/// services trust. A deployment has an identity provider instead.
/// </summary>
public sealed class SigningKey : IDisposable
{
    /// <summary>The <c>iss</c> of every token it signs.</summary>
    public const string Issuer = "ordertocash-development";

    /// <summary>The <c>aud</c> of every token it signs.</summary>
    public const string Audience = "ordertocash";

    private readonly ECDsa _key;
    private readonly string _id;

    private SigningKey(ECDsa key, string jwksFile)
    {
        (_key, JwksFile) = (key, jwksFile);
        _id = Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo()))[..16];
    }

    /// <summary>The public half, in the form services read (RFC 7517).</summary>
    public string JwksFile { get; }

    /// <summary>The key of a folder; made there when there is none yet.</summary>
    public static SigningKey In(string folder)
    {
        var file = Path.Combine(folder, "signing-key.pem");
        var jwks = Path.Combine(folder, "jwks.json");
        Directory.CreateDirectory(folder);
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        if (File.Exists(file))
            key.ImportFromPem(File.ReadAllText(file));
        else
            WritePrivate(file, key.ExportPkcs8PrivateKeyPem());
        var signing = new SigningKey(key, jwks);
        signing.WriteJwks();
        return signing;
    }

    /// <summary>A signed token.</summary>
    /// <param name="subject">Who: <c>sub</c>.</param>
    /// <param name="scopes">Space-separated scopes.</param>
    /// <param name="roles">Roles, for authority.</param>
    /// <param name="entities">Legal entities the caller may see; <c>*</c> for all.</param>
    /// <param name="lifetime">How long it is good for.</param>
    public string Token(
        string subject, string scopes, IReadOnlyList<string> roles, IReadOnlyList<string> entities, TimeSpan lifetime)
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        return new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Issuer,
            Audience = Audience,
            NotBefore = now.AddMinutes(-1),
            IssuedAt = now,
            Expires = now + lifetime,
            Claims = new Dictionary<string, object>(StringComparer.Ordinal)
            {
                ["sub"] = subject,
                ["scope"] = scopes,
                ["roles"] = roles,
                ["entities"] = entities,
            },
            SigningCredentials = new SigningCredentials(
                new ECDsaSecurityKey(_key) { KeyId = _id }, SecurityAlgorithms.EcdsaSha256),
        });
    }

    /// <summary>A token of a role for a person named after it, for all legal entities.</summary>
    public string TokenOf(string role, TimeSpan? lifetime = null) =>
        Token(role, Roles.Scopes[role], [role], ["*"], lifetime ?? TimeSpan.FromHours(12));

    /// <inheritdoc/>
    public void Dispose() => _key.Dispose();

    private static void WritePrivate(string file, string pem)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var writer = new StreamWriter(file, options);
        writer.Write(pem);
    }

    private void WriteJwks()
    {
        var point = _key.ExportParameters(includePrivateParameters: false).Q;
        var json = JsonSerializer.Serialize(new
        {
            keys = new[]
            {
                new
                {
                    kty = "EC",
                    crv = "P-256",
                    x = Base64UrlEncoder.Encode(point.X),
                    y = Base64UrlEncoder.Encode(point.Y),
                    kid = _id,
                    use = "sig",
                    alg = "ES256",
                },
            },
        });
        if (File.Exists(JwksFile) && File.ReadAllText(JwksFile) == json)
            return;
        File.WriteAllText(JwksFile + ".new", json);
        File.Move(JwksFile + ".new", JwksFile, overwrite: true);
    }
}
