using System.ComponentModel;
using System.Diagnostics;

namespace OrderToCash.Local.Servers;

/// <summary>Runs programs that end by themselves.</summary>
internal static class Tool
{
    /// <summary>Runs the program to its end and returns what it printed; throws with that text when it fails.</summary>
    public static async Task<string> RunAsync(
        string program, IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string>? environment = null, CancellationToken cancellation = default)
    {
        var (code, output) = await TryAsync(program, arguments, environment, cancellation);
        return code == 0 ? output : throw new ServerException($"{program} failed with code {code}: {output}");
    }

    /// <summary>Runs the program to its end and returns its exit code and everything it printed.</summary>
    public static async Task<(int Code, string Output)> TryAsync(
        string program, IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string>? environment = null, CancellationToken cancellation = default)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetPathRoot(Environment.CurrentDirectory),
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;

        using var process = new Process { StartInfo = start };
        try
        {
            process.Start();
        }
        catch (Win32Exception fault)
        {
            throw new ServerException($"{program} could not be started: {fault.Message}", fault);
        }

        process.StandardInput.Close();
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellation);
            var errors = process.StandardError.ReadToEndAsync(cancellation);
            await process.WaitForExitAsync(cancellation);
            return (process.ExitCode, (await output + await errors).Trim());
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }
}
