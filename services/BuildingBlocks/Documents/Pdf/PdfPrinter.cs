using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Playwright;

namespace OrderToCash.Documents;

/// <summary>
/// Makes PDF files: HTML in, the bytes of a PDF out, printed by one Chromium that is started with the first page, lives
/// as long as the process, and is started again when it has died. The page is laid out by its own CSS (<c>@page</c>
/// gives paper, margins and page numbers), runs no script and reaches no network. Whoever makes the HTML encodes what
/// comes from outside (<see cref="HtmlTemplate{T}"/> does).
/// </summary>
public sealed partial class PdfPrinter(
    IOptions<PrinterOptions> options, TimeProvider clock, ILogger<PdfPrinter> log) : IAsyncDisposable
{
    /// <summary>Longest page, in characters of HTML.</summary>
    public const int MaxHtml = 16 * 1024 * 1024;

    /// <summary>Largest file, in bytes.</summary>
    public const int MaxPdf = 32 * 1024 * 1024;

    /// <summary>Browsers grow with what they print; after so many pages a fresh one takes over.</summary>
    private const int PagesPerBrowser = 1_000;

    private static readonly byte[][] Dates = ["/CreationDate (D:"u8.ToArray(), "/ModDate (D:"u8.ToArray()];

    private readonly SemaphoreSlim _turns = new(options.Value.AtOnce, options.Value.AtOnce);
    private readonly SemaphoreSlim _starting = new(1, 1);
    private Browser? _browser;
    private int _asked;

    /// <summary>
    /// Prints a page. Throws <see cref="PrinterUnavailableException"/> where nothing can be printed now, and
    /// <see cref="DocumentTooLargeException"/> where the page is too large.
    /// </summary>
    /// <param name="html">A whole document.</param>
    /// <param name="dated">
    /// The moment the file says it was made at: the same page and moment are the same bytes on the same machine.
    /// </param>
    /// <param name="cancellation">Stops waiting.</param>
    public async Task<byte[]> PrintAsync(string html, DateTimeOffset dated, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(html);
        if (html.Length > MaxHtml)
            throw new DocumentTooLargeException($"The page has {html.Length} characters; {MaxHtml} can be printed.");
        var asked = Interlocked.Increment(ref _asked);
        try
        {
            if (asked > options.Value.AtOnce + options.Value.MaxWaiting)
                throw new PrinterUnavailableException("Too many pages wait to be printed. Try again shortly.");
            await _turns.WaitAsync(cancellation);
            try
            {
                return Dated(await PrintAsync(html, cancellation), dated);
            }
            finally
            {
                _turns.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _asked);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_browser is { } browser)
            await browser.RetireAsync(hangs: true);
        _turns.Dispose();
        _starting.Dispose();
    }

    /// <summary>A page whose browser died under it is printed once more, in another one.</summary>
    private async Task<byte[]> PrintAsync(string html, CancellationToken cancellation)
    {
        for (var last = false; ; last = true)
        {
            var browser = await BrowserAsync(cancellation);
            try
            {
                var pdf = await browser.PrintAsync(html)
                    .WaitAsync(TimeSpan.FromSeconds(options.Value.TimeLimitSeconds), clock, cancellation);
                return pdf.Length <= MaxPdf
                    ? pdf
                    : throw new DocumentTooLargeException($"The file has {pdf.Length} bytes; it may have {MaxPdf}.");
            }
            catch (PlaywrightException died) when (!last)
            {
                LogDied(log, Browser.FirstLine(died));
                await browser.RetireAsync(hangs: false);
            }
            catch (Exception failed) when (failed is PlaywrightException or TimeoutException)
            {
                await browser.RetireAsync(hangs: true);
                throw new PrinterUnavailableException(
                    $"The page was not printed: {Browser.FirstLine(failed)}", failed);
            }
        }
    }

    private async Task<Browser> BrowserAsync(CancellationToken cancellation)
    {
        await _starting.WaitAsync(cancellation);
        try
        {
            if (_browser is { IsRunning: true, IsRetired: false, Pages: < PagesPerBrowser } running)
                return running;
            if (_browser is { } old)
                await old.RetireAsync(hangs: false);
            return _browser = await Browser.StartAsync(options.Value);
        }
        finally
        {
            _starting.Release();
        }
    }

    /// <summary>Chromium writes the time of printing, always in this form; one time is as long as another.</summary>
    private static byte[] Dated(byte[] pdf, DateTimeOffset dated)
    {
        var text = Encoding.ASCII.GetBytes(
            dated.UtcDateTime.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture));
        foreach (var mark in Dates)
        {
            if (pdf.AsSpan().IndexOf(mark) is >= 0 and var at)
                text.CopyTo(pdf, at + mark.Length);
        }

        return pdf;
    }

    [LoggerMessage(Level = LogLevel.Warning, EventName = "documents.printer.died",
        Message = "The browser that prints has died and is started again: {Reason}")]
    private static partial void LogDied(ILogger log, string reason);
}
