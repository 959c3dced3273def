using System.Net;
using System.Net.Sockets;

namespace OrderToCash.EventSourcing.Tests.Samples;

/// <summary>
/// Stands between a client and PostgreSQL and counts round trips on the wire: how often the client spoke after the
/// server had.
/// </summary>
public sealed class CountingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly NpgsqlConnectionStringBuilder _server;
    private readonly Task _accepting;
    private int _roundTrips;

    private CountingProxy(string connectionString)
    {
        _server = new NpgsqlConnectionStringBuilder(connectionString);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int RoundTrips => Volatile.Read(ref _roundTrips);

    public string ConnectionString => new NpgsqlConnectionStringBuilder(_server.ConnectionString)
    {
        Host = "127.0.0.1",
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port,
        SslMode = SslMode.Disable,
    }.ConnectionString;

    public static CountingProxy Start(string connectionString) => new(connectionString);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var sessions = new List<Task>();
        try
        {
            while (true)
                sessions.Add(RelayAsync(await _listener.AcceptSocketAsync(_stop.Token)));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(sessions);
        }
    }

    private async Task RelayAsync(Socket client)
    {
        using var server = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using (client)
        {
            client.NoDelay = true;
            await server.ConnectAsync(_server.Host!, _server.Port);
            var serverSpoke = 1;
            await Task.WhenAny(
                PumpAsync(client, server, () =>
                {
                    if (Interlocked.Exchange(ref serverSpoke, 0) == 1)
                        Interlocked.Increment(ref _roundTrips);
                }),
                PumpAsync(server, client, () => Interlocked.Exchange(ref serverSpoke, 1)));
        }
    }

    private async Task PumpAsync(Socket from, Socket to, Action spoke)
    {
        var buffer = new byte[1 << 16];
        try
        {
            while (true)
            {
                var count = await from.ReceiveAsync(buffer, _stop.Token);
                if (count == 0)
                    return;
                spoke();
                await to.SendAsync(buffer.AsMemory(0, count), _stop.Token);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // One side has gone; the other follows when the sockets are closed.
        }
    }
}
