namespace OrderToCash.Local.Servers;

/// <summary>The account under which a server runs: PostgreSQL refuses to run as root.</summary>
internal sealed class SystemUser
{
    private readonly string? _name;

    private SystemUser(string? name) => _name = name;

    /// <summary>The account of this process.</summary>
    public static readonly SystemUser Current = new(null);

    /// <summary>True when this process may do everything.</summary>
    public static bool IsRoot => !OperatingSystem.IsWindows() && Environment.IsPrivilegedProcess;

    /// <summary>
    /// An account that may run a database server: this one, or <c>postgres</c> or <c>nobody</c> for root.
    /// </summary>
    public static SystemUser ForDatabase()
    {
        if (!IsRoot)
            return Current;

        var accounts = File.ReadLines("/etc/passwd").Select(line => line.Split(':')[0]).ToHashSet();
        return new SystemUser(new[] { "postgres", "nobody" }.FirstOrDefault(accounts.Contains)
            ?? throw new ServerException(
                "PostgreSQL refuses to run as root and there is no user 'postgres'; run as a normal user."));
    }

    /// <summary>
    /// The words before a command that make it run under this account and, where asked for, get a signal when the
    /// thread that started it ends. Empty where nothing is to be changed or the system has no setpriv.
    /// </summary>
    public IReadOnlyList<string> Prefix(string? deathSignal)
    {
        var setpriv = Programs.Find("setpriv");
        if (setpriv is null)
        {
            return _name is null ? [] : throw new ServerException(
                $"Running PostgreSQL as root needs setpriv (package util-linux) to become user '{_name}'; " +
                "install it, or run as a normal user.");
        }

        List<string> words = [setpriv];
        if (_name is not null)
            words.AddRange([$"--reuid={_name}", $"--regid={GroupOf(_name)}", "--clear-groups"]);
        if (deathSignal is not null)
            words.AddRange(["--pdeathsig", deathSignal]);
        return words.Count == 1 ? [] : words;
    }

    /// <summary>Makes the folder, gives it to this account, and says whether the account can reach it.</summary>
    public async Task<bool> OwnAsync(string folder, CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        if (_name is null)
            return true;

        await Tool.RunAsync("chown", [$"{_name}:{GroupOf(_name)}", folder], cancellation: cancellation);
        var prefix = Prefix(null);
        string[] words = [.. prefix.Skip(1), "test", "-w", folder];
        var (code, _) = await Tool.TryAsync(prefix[0], words, cancellation: cancellation);
        return code == 0;
    }

    /// <summary>Gives a file to this account, which alone may read it.</summary>
    public async Task OwnFileAsync(string file, CancellationToken cancellation)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        if (_name is not null)
            await Tool.RunAsync("chown", [$"{_name}:{GroupOf(_name)}", file], cancellation: cancellation);
    }

    private static string GroupOf(string user) =>
        File.ReadLines("/etc/passwd").Select(line => line.Split(':')).First(fields => fields[0] == user)[3];
}
