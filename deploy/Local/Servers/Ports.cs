using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace OrderToCash.Local.Servers;

/// <summary>Loopback ports.</summary>
public static class Ports
{
    // Below the range from which systems take the source ports of outgoing connections, so that
    // a port found free is not taken by a passing client before its server listens.
    private const int First = 20_000;
    private const int End = 32_000;

    /// <summary>A port on which nobody listens.</summary>
    public static int Free()
    {
        for (var tried = 0; tried < 1000; tried++)
        {
            var port = RandomNumberGenerator.GetInt32(First, End);
            if (IsFree(port))
                return port;
        }

        throw new ServerException($"No free loopback port was found between {First} and {End}.");
    }

    /// <summary>
    /// The wanted port when it is free, any free one when none is wanted; else a sentence naming the variable to set.
    /// </summary>
    public static int Choose(int? wanted, string variable, string server)
    {
        if (wanted is not { } port)
            return Free();

        return IsFree(port) ? port : throw new ServerException(
            $"Port {port} of 127.0.0.1, meant for {server}, is in use by another program. " +
            $"Stop that program, or choose another port: {variable}={port + 1000}.");
    }

    /// <summary>True when nobody listens on the port of 127.0.0.1.</summary>
    public static bool IsFree(int port)
    {
        // .NET sets SO_REUSEADDR on Unix listeners, so connections in TIME_WAIT do not make a port look busy.
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>The port given by an environment variable, or the usual one.</summary>
    public static int FromEnvironment(string variable, int usual) => Environment.GetEnvironmentVariable(variable) switch
    {
        null or "" => usual,
        var text when ushort.TryParse(text, out var port) && port > 0 => port,
        var text => throw new ServerException($"{variable} is '{text}'; it must be a port between 1 and 65535."),
    };
}
