using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace OrderToCash.Faults.Stage;

/// <summary>Stands between the services and the broker: connections can be cut while both ends live on.</summary>
internal sealed class CuttableProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Socket, byte> _clients = [];
    private readonly int _target;
    private readonly Task _accepting;

    private CuttableProxy(int target)
    {
        _target = target;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Where it listens.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Is told what a client sends, before it is passed on.</summary>
    public Action<Socket, ReadOnlyMemory<byte>> Heard { get; set; } = (_, _) => { };

    /// <summary>Passes loopback connections on to this port.</summary>
    public static CuttableProxy To(int port) => new(port);

    /// <summary>Resets each connection with this probability; returns how many.</summary>
    public int Cut(Random random, int percent)
    {
        var cut = 0;
        foreach (var client in _clients.Keys.Where(_ => random.Next(100) < percent))
        {
            // Without lingering the other end gets a reset, as when a firewall drops its table.
            client.Close(0);
            cut++;
        }

        return cut;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var sessions = new ConcurrentDictionary<Task, byte>();
        try
        {
            while (true)
            {
                var session = RelayAsync(await _listener.AcceptSocketAsync(_stop.Token));
                sessions.TryAdd(session, 0);
                _ = session.ContinueWith(
                    done => sessions.TryRemove(done, out var _), CancellationToken.None,
                    TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(sessions.Keys);
        }
    }

    private async Task RelayAsync(Socket client)
    {
        using var server = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using (client)
        {
            client.NoDelay = true;
            _clients.TryAdd(client, 0);
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, _target, _stop.Token);
                await Task.WhenAny(
                    PumpAsync(client, server, sent => Heard(client, sent)), PumpAsync(server, client, _ => { }));
            }
            catch (Exception error) when (error is SocketException or OperationCanceledException)
            {
                // The broker is away; the client sees a closed connection.
            }
            finally
            {
                _clients.TryRemove(client, out _);
            }
        }
    }

    private async Task PumpAsync(Socket from, Socket to, Action<ReadOnlyMemory<byte>> heard)
    {
        var buffer = new byte[1 << 16];
        try
        {
            while (await from.ReceiveAsync(buffer, _stop.Token) is var count and > 0)
            {
                var rest = buffer.AsMemory(0, count);
                heard(rest);
                while (rest.Length > 0)
                    rest = rest[await to.SendAsync(rest, _stop.Token)..];
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // One side has gone; the other follows when the sockets are closed.
        }
    }
}
