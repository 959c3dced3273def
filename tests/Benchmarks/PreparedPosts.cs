using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using OrderToCash.Kernel;
using OrderToCash.Local.Processes;

namespace OrderToCash.Benchmarks;

/// <summary>A request ready to leave, but for its Idempotency-Key.</summary>
/// <param name="Bytes">Head and body.</param>
/// <param name="KeyAt">Where the 36 characters of the key belong.</param>
internal sealed record PreparedPost(ReadOnlyMemory<byte> Bytes, int KeyAt);

/// <summary>
/// Sends prepared requests to a service over kept connections, each under a fresh Idempotency-Key, and reads of an
/// answer its status and its length: what measures must not take the machine from what is measured. Anything but 200
/// and 201 throws.
/// </summary>
internal sealed class PreparedPosts(OrderToCashSystem system, ServiceInstance instance) : IDisposable
{
    private readonly ConcurrentBag<Connection> _idle = [];
    private readonly string _token = system.Key.TokenOf("controller");

    public PreparedPosts(OrderToCashSystem system, string service)
        : this(system, system.Instance(service))
    {
    }

    public PreparedPost Prepare(string path, string body)
    {
        const string key = "Idempotency-Key: ";
        var start = $"POST {path} HTTP/1.1\r\nHost: {instance.Address.Authority}\r\n{key}";
        var rest = $"\r\nAuthorization: Bearer {_token}\r\nContent-Type: application/json\r\n" +
            $"Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}";
        return new PreparedPost(
            Encoding.UTF8.GetBytes($"{start}{Guid.Empty}{rest}"), Encoding.UTF8.GetByteCount(start));
    }

    public async Task SendAsync(PreparedPost post, CancellationToken cancellation)
    {
        if (!_idle.TryTake(out var connection))
            connection = await Connection.OpenAsync(instance.Address, cancellation);
        await connection.SendAsync(post, cancellation);
        _idle.Add(connection);
    }

    public void Dispose()
    {
        foreach (var connection in _idle)
            connection.Dispose();
    }

    private sealed class Connection(Socket socket) : IDisposable
    {
        private static readonly byte[][] Good = [[.. "HTTP/1.1 200 "u8], [.. "HTTP/1.1 201 "u8]];

        private byte[] _buffer = new byte[16 * 1024];

        public static async Task<Connection> OpenAsync(Uri address, CancellationToken cancellation)
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(address.Host, address.Port, cancellation);
            return new Connection(socket);
        }

        public async Task SendAsync(PreparedPost post, CancellationToken cancellation)
        {
            if (_buffer.Length < post.Bytes.Length)
                _buffer = new byte[post.Bytes.Length];
            post.Bytes.CopyTo(_buffer);
            Ids.Next(TimeProvider.System).TryFormat(_buffer.AsSpan(post.KeyAt), out _);
            for (var sent = 0; sent < post.Bytes.Length;)
                sent += await socket.SendAsync(_buffer.AsMemory(sent..post.Bytes.Length), cancellation);
            await ReceiveAsync(cancellation);
        }

        public void Dispose() => socket.Dispose();

        /// <summary>Reads one answer to its end; a body larger than the buffer is read over itself.</summary>
        private async Task ReceiveAsync(CancellationToken cancellation)
        {
            var (received, head) = (0, -1);
            while (head < 0)
            {
                received += await MoreAsync(received, cancellation);
                head = _buffer.AsSpan(0, received).IndexOf("\r\n\r\n"u8);
            }

            var body = LengthOf(_buffer.AsSpan(0, head));
            for (var left = head + 4 + body - received; left > 0;)
                left -= await MoreAsync(left < _buffer.Length - received ? received : head + 4, cancellation);
        }

        private async Task<int> MoreAsync(int from, CancellationToken cancellation)
        {
            var read = await socket.ReceiveAsync(_buffer.AsMemory(from), cancellation);
            return read > 0 ? read : throw new IOException("The service has closed the connection.");
        }

        private static int LengthOf(ReadOnlySpan<byte> head)
        {
            var name = "\r\nContent-Length: "u8;
            var at = head.IndexOf(name);
            if (at < 0 || !(head.StartsWith(Good[0]) || head.StartsWith(Good[1])))
                throw new InvalidOperationException($"The answer was {Encoding.UTF8.GetString(head)}");
            var rest = head[(at + name.Length)..];
            var end = rest.IndexOf((byte)'\r');
            return int.Parse(end < 0 ? rest : rest[..end], CultureInfo.InvariantCulture);
        }
    }
}
