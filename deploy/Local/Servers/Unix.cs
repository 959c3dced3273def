using System.Diagnostics;
using System.Runtime.InteropServices;

namespace OrderToCash.Local.Servers;

/// <summary>Signal numbers that are the same on every Unix.</summary>
internal enum Signal
{
    /// <summary>PostgreSQL: end now, without waiting for clients.</summary>
    Interrupt = 2,

    /// <summary>End at once, nothing is asked.</summary>
    Kill = 9,

    /// <summary>End in order.</summary>
    Terminate = 15,
}

internal static class Unix
{
    /// <summary>Sends the signal; a process that is gone already is no error.</summary>
    public static void Send(Process process, Signal signal)
    {
        if (process.HasExited)
            return;
        if (OperatingSystem.IsWindows() || signal == Signal.Kill)
            process.Kill();
        else
            _ = SendSignal(process.Id, (int)signal);
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int process, int signal);
}
