using System.ComponentModel;
using System.Diagnostics;

namespace OrderToCash.Local.Servers;

/// <summary>What to run as a child.</summary>
public sealed record ChildCommand
{
    /// <summary>What people call it; the program when null.</summary>
    public string? Name { get; init; }

    /// <summary>The program's file.</summary>
    public required string Program { get; init; }

    /// <summary>Its arguments.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Environment variables besides those of this process.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>The file that gets what the child prints; appended to.</summary>
    public required string LogFile { get; init; }

    /// <summary>Where it runs; the root folder when null, so that it holds on to no other.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>The account it runs under.</summary>
    internal SystemUser User { get; init; } = SystemUser.Current;

    /// <summary>Its data will be deleted, so it need not end in order: it is killed, which is quicker.</summary>
    internal bool Disposable { get; init; }

    /// <summary>What makes it end in order.</summary>
    internal Signal StopSignal { get; init; } = Signal.Terminate;
}

/// <summary>
/// A process of ours that runs until we end it. It is in a session of its own, so that Ctrl-C in the terminal reaches
/// only us and we stop the children in order; on Linux it also ends when this process dies without a word.
/// </summary>
public sealed class ChildProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Process _process;
    private readonly ChildCommand _command;
    private readonly StreamWriter _log;

    private ChildProcess(Process process, ChildCommand command, StreamWriter log) =>
        (_process, _command, _log) = (process, command, log);

    /// <summary>The process id.</summary>
    public int Id => _process.Id;

    /// <summary>True when it has ended, by whatever cause.</summary>
    public bool HasExited => _process.HasExited;

    internal Process Process => _process;

    /// <summary>Starts the child.</summary>
    public static Task<ChildProcess> StartAsync(ChildCommand command) => Spawner.RunAsync(() => Start(command));

    /// <summary>Asks it to end and waits; kills it when it does not within twenty seconds.</summary>
    public async Task StopAsync()
    {
        Unix.Send(_process, _command.StopSignal);
        if (!await ExitsWithinAsync(_process, Patience))
            await KillAsync();
    }

    /// <summary>Ends it without asking, as a crash would.</summary>
    public async Task KillAsync()
    {
        Unix.Send(_process, Signal.Kill);
        await ExitsWithinAsync(_process, Patience);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await (_command.Disposable ? KillAsync() : StopAsync());
        _process.Dispose();
        await _log.DisposeAsync();
    }

    /// <summary>Throws with the end of the log when the child has ended although it should run.</summary>
    internal void ThrowIfExited()
    {
        if (!_process.HasExited)
            return;
        _process.WaitForExit(1000);
        throw new ServerException(
            $"{_command.Name ?? _command.Program} ended with code {_process.ExitCode}: {LogTail()}");
    }

    internal static async Task<bool> ExitsWithinAsync(Process process, TimeSpan patience)
    {
        using var timeout = new CancellationTokenSource(patience);
        try
        {
            await process.WaitForExitAsync(timeout.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return process.HasExited;
        }
    }

    private static ChildProcess Start(ChildCommand command)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(command.LogFile)!);
        var stream = new FileStream(
            command.LogFile, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        var log = new StreamWriter(stream) { AutoFlush = true };
        var process = new Process { StartInfo = StartInfo(command) };
        process.OutputDataReceived += (_, line) => Write(log, line.Data);
        process.ErrorDataReceived += (_, line) => Write(log, line.Data);
        try
        {
            process.Start();
        }
        catch (Win32Exception fault)
        {
            process.Dispose();
            log.Dispose();
            throw new ServerException($"{command.Program} could not be started: {fault.Message}", fault);
        }

        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new ChildProcess(process, command, log);
    }

    private static ProcessStartInfo StartInfo(ChildCommand command)
    {
        List<string> words = [];
        if (Programs.Find("setsid") is { } setsid)
            words.Add(setsid);
        words.AddRange(command.User.Prefix(command.StopSignal == Signal.Interrupt ? "INT" : "TERM"));
        words.Add(command.Program);
        words.AddRange(command.Arguments);

        var start = new ProcessStartInfo(words[0], words.Skip(1))
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = command.WorkingDirectory ?? Path.GetPathRoot(System.Environment.CurrentDirectory),
        };
        foreach (var (name, value) in command.Environment)
            start.Environment[name] = value;
        return start;
    }

    // Lines of both streams come on different threads, the last ones maybe after the log was closed.
    private static void Write(StreamWriter log, string? line)
    {
        lock (log)
        {
            if (line is not null && log.BaseStream is { CanWrite: true })
                log.WriteLine(line);
        }
    }

    /// <summary>The last lines that the child printed.</summary>
    internal string LogTail()
    {
        using var stream = new FileStream(
            _command.LogFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(stream);
        var lines = reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return string.Join(Environment.NewLine, lines.TakeLast(20)) + $" (log: {_command.LogFile})";
    }
}
