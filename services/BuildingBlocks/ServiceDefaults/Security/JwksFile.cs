using Microsoft.IdentityModel.Tokens;

namespace OrderToCash.ServiceDefaults;

/// <summary>
/// Public keys from a file. The file is looked at again when it has changed, at most once a second; a change that
/// cannot be read leaves the keys that were there, so a half-written file locks nobody out.
/// </summary>
internal sealed class JwksFile(string path, TimeProvider clock)
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private IReadOnlyList<SecurityKey> _keys = [];
    private (DateTime Written, long Length) _stamp;
    private long _looked;

    /// <summary>All keys; another list after each change of the file.</summary>
    public IReadOnlyList<SecurityKey> Keys => Read();

    /// <summary>Keys by id; all keys when the token names none.</summary>
    public IEnumerable<SecurityKey> Find(string? keyId) =>
        string.IsNullOrEmpty(keyId) ? Keys : Keys.Where(key => key.KeyId == keyId);

    /// <summary>Why the file cannot serve, as a sentence, or null.</summary>
    public static string? Problem(string path)
    {
        if (!File.Exists(path))
            return $"Auth:JwksFile: there is no file {path}.";
        try
        {
            return Load(path).Count > 0 ? null : $"Auth:JwksFile: {path} holds no public signing key.";
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return $"Auth:JwksFile: {path} cannot be read as a JSON Web Key Set.";
        }
    }

    private IReadOnlyList<SecurityKey> Read()
    {
        lock (_lock)
        {
            if (_keys.Count > 0 && clock.GetElapsedTime(_looked) < LookInterval)
                return _keys;
            _looked = clock.GetTimestamp();
            try
            {
                var file = new FileInfo(path);
                var stamp = (file.LastWriteTimeUtc, file.Length);
                if (stamp != _stamp && Load(path) is { Count: > 0 } keys)
                    (_keys, _stamp) = (keys, stamp);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
            {
                // Being replaced right now: the next look finds it.
            }

            return _keys;
        }
    }

    private static IReadOnlyList<SecurityKey> Load(string path) =>
        // A symmetric key in a public set would let everybody who reads the set sign tokens.
        [.. new JsonWebKeySet(File.ReadAllText(path)).GetSigningKeys().Where(key => key is not SymmetricSecurityKey)];
}
