using System.Net;
using System.Net.Sockets;
using System.Text;

namespace OrderToCash.Local.Servers;

/// <summary>A mail as the sink took it.</summary>
/// <param name="From">Reverse path of the envelope.</param>
/// <param name="To">Forward paths of the envelope.</param>
/// <param name="Content">Header and body, dot-stuffing removed.</param>
public sealed record ReceivedMail(string From, IReadOnlyList<string> To, string Content);

/// <summary>
/// A mail server (RFC 5321) that delivers nothing: it keeps what it takes in memory and, where a folder is given,
/// writes each mail there as an .eml file that mail programs open. It listens on the loopback address unless told
/// otherwise.
/// </summary>
public sealed class SmtpSink : IAsyncDisposable
{
    private const int MaxLine = 64 * 1024;
    private const int MaxMail = 25 * 1024 * 1024;

    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly List<ReceivedMail> _mails = [];
    private readonly DirectoryInfo? _folder;
    private readonly Task _accepting;

    private SmtpSink(TcpListener listener, DirectoryInfo? folder)
    {
        (_listener, _folder) = (listener, folder);
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    /// <summary>Where it listens.</summary>
    public int Port { get; }

    /// <summary>Where the .eml files are, or null.</summary>
    public string? Folder => _folder?.FullName;

    /// <summary>
    /// Asked for every recipient: an SMTP reply that refuses it (<c>550 5.1.1 no such mailbox</c>), or null.
    /// </summary>
    public Func<string, string?>? Refuse { get; set; }

    /// <summary>Called when a mail is taken, before the sender is told so.</summary>
    public Action<ReceivedMail>? Taken { get; set; }

    /// <summary>What it took so far, oldest first.</summary>
    public IReadOnlyList<ReceivedMail> Mails
    {
        get
        {
            lock (_gate)
                return [.. _mails];
        }
    }

    /// <summary>Starts listening.</summary>
    /// <param name="port">A port, or 0 for any free one.</param>
    /// <param name="folder">Where to write .eml files, or null.</param>
    /// <param name="address">The address to listen on; loopback when null.</param>
    public static SmtpSink Start(int port = 0, string? folder = null, IPAddress? address = null)
    {
        var listener = new TcpListener(address ?? IPAddress.Loopback, port);
        listener.Start();
        return new SmtpSink(listener, folder is null ? null : Directory.CreateDirectory(folder));
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
        var sessions = new List<Task>();
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                sessions.RemoveAll(session => session.IsCompleted);
                sessions.Add(ServeAsync(client));
            }
        }
        catch (Exception stopped) when (
            stopped is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(sessions);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                await using var stream = client.GetStream();
                await new Session(this, new LineStream(stream, _stop.Token)).RunAsync();
            }
            catch (Exception gone) when (gone is IOException or OperationCanceledException)
            {
                // The client went away, or the sink is being stopped.
            }
        }
    }

    private void Keep(ReceivedMail mail)
    {
        int number;
        lock (_gate)
        {
            _mails.Add(mail);
            number = _mails.Count;
        }

        if (_folder is not null)
        {
            var name = $"{TimeProvider.System.GetUtcNow():yyyyMMdd-HHmmss}-{number:0000}.eml";
            File.WriteAllText(Path.Combine(_folder.FullName, name), mail.Content, Encoding.Latin1);
        }

        Taken?.Invoke(mail);
    }

    /// <summary>One connection: envelope commands, then the mail, as often as the client likes.</summary>
    private sealed class Session(SmtpSink sink, LineStream lines)
    {
        private readonly List<string> _to = [];
        private string? _from;

        public async Task RunAsync()
        {
            await lines.WriteAsync("220 sink.localhost ESMTP");
            while (await lines.ReadAsync() is { } line)
            {
                var verb = line.Split(' ', 2)[0].ToUpperInvariant();
                if (verb == "QUIT")
                {
                    await lines.WriteAsync("221 2.0.0 Bye");
                    return;
                }

                await lines.WriteAsync(verb == "DATA" ? await DataAsync() : Answer(verb, line));
            }
        }

        private string Answer(string verb, string line) => verb switch
        {
            "EHLO" => $"250-sink.localhost\r\n250-8BITMIME\r\n250 SIZE {MaxMail}",
            "HELO" => "250 sink.localhost",
            "MAIL" => Mail(Path(line)),
            "RCPT" => Recipient(Path(line)),
            "RSET" => Reset(),
            "NOOP" => "250 2.0.0 Ok",
            _ => "502 5.5.1 Not implemented",
        };

        private string Mail(string? from)
        {
            if (from is null)
                return "501 5.5.4 Syntax: MAIL FROM:<address>";
            Reset();
            _from = from;
            return "250 2.1.0 Ok";
        }

        private string Recipient(string? to)
        {
            if (_from is null)
                return "503 5.5.1 MAIL first";
            if (string.IsNullOrEmpty(to))
                return "501 5.5.4 Syntax: RCPT TO:<address>";
            if (sink.Refuse?.Invoke(to) is { } no)
                return no;
            _to.Add(to);
            return "250 2.1.5 Ok";
        }

        private async Task<string> DataAsync()
        {
            if (_from is null || _to.Count == 0)
                return "503 5.5.1 MAIL and RCPT first";
            await lines.WriteAsync("354 End with a line that holds only a dot");
            var content = new StringBuilder();
            while (await lines.ReadAsync() is { } line)
            {
                if (line == ".")
                {
                    if (content.Length > MaxMail)
                        return "552 5.3.4 Too large";
                    sink.Keep(new ReceivedMail(_from, [.. _to], content.ToString()));
                    Reset();
                    return "250 2.0.0 Taken";
                }

                if (content.Length <= MaxMail)
                    content.Append(line.StartsWith('.') ? line[1..] : line).Append("\r\n");
            }

            throw new IOException("The client left in the middle of a mail.");
        }

        private string Reset()
        {
            _from = null;
            _to.Clear();
            return "250 2.0.0 Ok";
        }

        private static string? Path(string line)
        {
            var open = line.IndexOf('<', StringComparison.Ordinal);
            var close = line.IndexOf('>', StringComparison.Ordinal);
            return open >= 0 && close > open ? line[(open + 1)..close] : null;
        }
    }

    /// <summary>Lines that end in CRLF; one byte is one character, so that nothing a mail holds is changed.</summary>
    private sealed class LineStream(NetworkStream stream, CancellationToken stop)
    {
        private readonly byte[] _buffer = new byte[8192];
        private int _at;
        private int _end;

        public async Task<string?> ReadAsync()
        {
            var line = new StringBuilder();
            while (true)
            {
                if (_at == _end)
                {
                    (_at, _end) = (0, await stream.ReadAsync(_buffer, stop));
                    if (_end == 0)
                        return null;
                }

                var c = (char)_buffer[_at++];
                if (c == '\n')
                    return line.Length > 0 && line[^1] == '\r' ? line.ToString(0, line.Length - 1) : line.ToString();
                if (line.Length == MaxLine)
                    throw new IOException("The line is too long.");
                line.Append(c);
            }
        }

        public async Task WriteAsync(string reply) =>
            await stream.WriteAsync(Encoding.ASCII.GetBytes(reply + "\r\n"), stop);
    }
}
