namespace OrderToCash.Local.Servers;

/// <summary>The Docker engine, where there is one.</summary>
internal static class Docker
{
    /// <summary>The docker program if its engine answers, else null.</summary>
    public static async Task<string?> FindAsync(CancellationToken cancellation)
    {
        if (Programs.Find("docker") is not { } docker)
            return null;

        string[] words = ["info", "--format", "{{.ServerVersion}}"];
        var (code, _) = await Tool.TryAsync(docker, words, cancellation: cancellation);
        return code == 0 ? docker : null;
    }
}
