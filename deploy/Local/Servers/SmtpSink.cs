using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace OrderToCash.Local.Servers;

/// <summary>
/// A mail server that delivers to nobody: it speaks SMTP (RFC 5321) and keeps every mail as a file, for development, tests and
/// demonstrations. Files are named by the order of arrival, <c>00001-recipient.eml</c>.
/// </summary>
public sealed class SmtpSink : IAsyncDisposable
{
    private const int MaxLineLength = 4096;
    private const int MaxMailBytes = 25 * 1024 * 1024;

    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private int _count;

    private SmtpSink(TcpListener listener, string folder)
    {
        (_listener, Folder) = (listener, folder);
        _count = Directory.EnumerateFiles(folder, "*.eml").Count();
        _accepting = AcceptAsync();
    }

    /// <summary>Where the mails are.</summary>
    public string Folder { get; }

    /// <summary>Where it listens.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>When set, a mail for this recipient is refused with 550.</summary>
    public Func<string, bool> Refuses { get; set; } = _ => false;

    /// <summary>Starts to listen; on a free loopback port unless said otherwise.</summary>
    public static SmtpSink Start(string folder, IPAddress? address = null, int port = 0)
    {
        Directory.CreateDirectory(folder);
        var listener = new TcpListener(address ?? IPAddress.Loopback, port);
        listener.Start();
        return new SmtpSink(listener, folder);
    }

    /// <summary>The mails so far, oldest first, as they came over the wire.</summary>
    public IReadOnlyList<string> Mails() =>
        [.. Directory.EnumerateFiles(Folder, "*.eml").Order(StringComparer.Ordinal).Select(File.ReadAllText)];

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
        var conversations = new List<Task>();
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                conversations.RemoveAll(conversation => conversation.IsCompleted);
                conversations.Add(ConverseAsync(client));
            }
            catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                break;
            }
        }

        await Task.WhenAll(conversations);
    }

    private async Task ConverseAsync(TcpClient client)
    {
        using var _ = client;
        try
        {
            // Latin-1 keeps every byte of the mail as it is.
            await using var stream = client.GetStream();
            using var reader = new StreamReader(stream, Encoding.Latin1);
            await using var writer = new StreamWriter(stream, Encoding.ASCII) { NewLine = "\r\n", AutoFlush = true };
            await writer.WriteLineAsync("220 ordertocash mail sink");
            await AnswerAsync(reader, writer);
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException)
        {
            // The client went away in the middle; a mail it had not finished does not exist.
        }
    }

    private async Task AnswerAsync(StreamReader reader, StreamWriter writer)
    {
        var recipients = new List<string>();
        while (await reader.ReadLineAsync(_stop.Token) is { Length: <= MaxLineLength } line)
        {
            var verb = line.Split(' ', ':')[0].ToUpperInvariant();
            switch (verb)
            {
                case "EHLO" or "HELO":
                    await writer.WriteLineAsync("250-ordertocash\r\n250-8BITMIME\r\n250 SMTPUTF8");
                    break;
                case "RCPT" when Refuses(Address(line)):
                    await writer.WriteLineAsync("550 5.1.1 No such mailbox");
                    break;
                case "RCPT":
                    recipients.Add(Address(line));
                    await writer.WriteLineAsync("250 2.1.5 OK");
                    break;
                case "DATA" when recipients.Count == 0:
                    await writer.WriteLineAsync("503 5.5.1 No recipient");
                    break;
                case "DATA":
                    await writer.WriteLineAsync("354 End with <CRLF>.<CRLF>");
                    await writer.WriteLineAsync(await KeepAsync(recipients[0], reader) ? "250 2.0.0 OK" : "552 5.3.4 Too large");
                    recipients.Clear();
                    break;
                case "QUIT":
                    await writer.WriteLineAsync("221 2.0.0 Bye");
                    return;
                default:
                    if (verb is "MAIL" or "RSET")
                        recipients.Clear();
                    await writer.WriteLineAsync(
                        verb is "MAIL" or "RSET" or "NOOP" ? "250 2.0.0 OK" : "502 5.5.2 Command not implemented");
                    break;
            }
        }
    }

    /// <summary>Reads up to the lone dot; the file appears only when the mail is whole.</summary>
    private async Task<bool> KeepAsync(string recipient, StreamReader reader)
    {
        var mail = new StringBuilder();
        while (await reader.ReadLineAsync(_stop.Token) is { } line && line != ".")
        {
            if (mail.Length <= MaxMailBytes)
                mail.Append(line.StartsWith('.') ? line[1..] : line).Append("\r\n");
        }

        if (mail.Length > MaxMailBytes)
            return false;
        var name = string.Concat(recipient.Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '@' or '.' ? letter : '_'));
        var number = Interlocked.Increment(ref _count).ToString("00000", CultureInfo.InvariantCulture);
        var file = Path.Combine(Folder, $"{number}-{name}.eml");
        await File.WriteAllTextAsync(file + ".part", mail.ToString(), Encoding.Latin1);
        File.Move(file + ".part", file);
        return true;
    }

    private static string Address(string line)
    {
        var (open, close) = (line.IndexOf('<', StringComparison.Ordinal), line.IndexOf('>', StringComparison.Ordinal));
        return open >= 0 && close > open ? line[(open + 1)..close] : "";
    }
}
