using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OrderToCash.Local.Servers;
using OrderToCash.TestKit;

namespace OrderToCash.Documents.Tests;

/// <summary>The printer with the real browser, which is installed where it is missing and may be.</summary>
public sealed class PrinterFixture : IAsyncLifetime
{
    public static readonly DateTimeOffset Dated = new(2026, 11, 30, 23, 59, 58, TimeSpan.Zero);

    public PdfPrinter Printer { get; } = With(new PrinterOptions());

    public static PdfPrinter With(PrinterOptions options) =>
        new(Options.Create(options), TimeProvider.System, NullLogger<PdfPrinter>.Instance);

    public async ValueTask InitializeAsync() =>
        await Chromium.EnsureAsync(text => TestContext.Current.SendDiagnosticMessage(text));

    public ValueTask DisposeAsync() => Printer.DisposeAsync();
}

public sealed partial class Printing(PrinterFixture fixture) : IClassFixture<PrinterFixture>
{
    private const string ThreePages =
        "<html><head><meta charset='utf-8'><title>Trois pages</title><style>@page { size: A4; margin: 2cm }</style>" +
        "</head><body><p>é</p><p style='page-break-before:always'>ü</p><p style='page-break-before:always'>ñ</p>" +
        "</body></html>";

    private PdfPrinter Printer => fixture.Printer;

    [Fact]
    public async Task a_page_becomes_a_pdf_on_the_paper_that_its_css_names()
    {
        var pdf = Latin(await Printer.PrintAsync(ThreePages, PrinterFixture.Dated));

        pdf.ShouldStartWith("%PDF-");
        pdf.TrimEnd().ShouldEndWith("%%EOF");
        Pages(pdf).ShouldBe(3);
        // A4 is 210 mm by 297 mm, in points of 1/72 inch.
        var box = Box().Match(pdf);
        decimal.Round(decimal.Parse(box.Groups["width"].Value, null)).ShouldBe(595);
        decimal.Round(decimal.Parse(box.Groups["height"].Value, null)).ShouldBe(842);
    }

    [Fact]
    public async Task the_same_page_and_moment_are_the_same_bytes_also_in_another_browser()
    {
        var first = await Printer.PrintAsync(ThreePages, PrinterFixture.Dated);
        await using var other = PrinterFixture.With(new PrinterOptions());

        (await Printer.PrintAsync(ThreePages, PrinterFixture.Dated)).ShouldBe(first);
        (await other.PrintAsync(ThreePages, PrinterFixture.Dated)).ShouldBe(first);
        Latin(first).ShouldContain("/CreationDate (D:20261130235958");
    }

    [Fact]
    public async Task a_page_runs_no_script_and_reaches_no_network_and_no_file()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var address = $"http://{listener.LocalEndpoint}";
        var html = $"""
            <html><head><link rel="stylesheet" href="{address}/a.css">
            <link rel="preconnect" href="{address}"><link rel="dns-prefetch" href="{address}">
            </head><body><p>one page</p><img src="{address}/a.png"><iframe src="{address}"></iframe>
            <iframe src="file:///etc/passwd"></iframe><object data="{address}/b"></object>
            <script>document.body.innerHTML = '<p style="page-break-after:always">x</p>'.repeat(20);</script>
            </body></html>
            """;

        var pdf = Latin(await Printer.PrintAsync(html, PrinterFixture.Dated));

        Pages(pdf).ShouldBe(1);
        listener.Pending().ShouldBeFalse();
    }

    [Fact]
    public async Task a_page_that_would_lead_elsewhere_reaches_nothing()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var address = $"http://{listener.LocalEndpoint}";
        var html = $"""<html><head><meta http-equiv="refresh" content="0;{address}"></head></html>""";

        // It may turn away while it is printed; then there is no file.
        var printed = await Record.ExceptionAsync(() => Printer.PrintAsync(html, PrinterFixture.Dated));

        printed.ShouldBeOneOf(null, printed as PrinterUnavailableException);
        listener.Pending().ShouldBeFalse();
    }

    [Fact]
    public async Task pages_are_printed_side_by_side()
    {
        var pdfs = await Task.WhenAll(Enumerable.Range(1, 6).Select(count => Printer.PrintAsync(
            string.Concat(Enumerable.Repeat("<div style='page-break-after:always'>x</div>", count)),
            PrinterFixture.Dated)));

        pdfs.Select(pdf => Pages(Latin(pdf))).ShouldBe([1, 2, 3, 4, 5, 6]);
    }

    [Fact]
    public async Task a_browser_that_was_killed_is_started_again()
    {
        await using var printer = PrinterFixture.With(new PrinterOptions());
        await printer.PrintAsync(ThreePages, PrinterFixture.Dated);

        KillBrowsersOf(Environment.ProcessId).ShouldBeGreaterThan(0);

        Pages(Latin(await printer.PrintAsync(ThreePages, PrinterFixture.Dated))).ShouldBe(3);
    }

    [Fact]
    public async Task a_page_that_is_not_printed_in_time_is_given_up_and_the_next_is_printed()
    {
        await using var slow = PrinterFixture.With(new PrinterOptions { TimeLimitSeconds = 0 });
        (await Should.ThrowAsync<PrinterUnavailableException>(
            () => slow.PrintAsync(ThreePages, PrinterFixture.Dated))).Problem.Status.ShouldBe(503);

        Pages(Latin(await Printer.PrintAsync(ThreePages, PrinterFixture.Dated))).ShouldBe(3);
    }

    [Fact]
    public async Task too_long_a_page_is_refused_before_it_is_printed() =>
        (await Should.ThrowAsync<DocumentTooLargeException>(
            () => Printer.PrintAsync(new string('x', PdfPrinter.MaxHtml + 1), PrinterFixture.Dated)))
        .Problem.Code.ShouldBe("document-too-large");

    [Fact]
    public async Task more_pages_than_may_wait_are_turned_away()
    {
        await using var busy = PrinterFixture.With(new PrinterOptions { AtOnce = 1, MaxWaiting = 1 });
        var pages = Enumerable.Range(0, 4).Select(_ => busy.PrintAsync(ThreePages, PrinterFixture.Dated)).ToList();

        foreach (var page in pages.Skip(2))
            (await Should.ThrowAsync<PrinterUnavailableException>(() => page)).Problem.RetryAfter.ShouldNotBeNull();
        await Task.WhenAll(pages.Take(2));
    }

    [Fact]
    public async Task a_browser_that_is_not_there_is_named()
    {
        await using var nowhere = PrinterFixture.With(new PrinterOptions { Chromium = "/nowhere/chromium" });

        var problem = (await Should.ThrowAsync<PrinterUnavailableException>(
            () => nowhere.PrintAsync(ThreePages, PrinterFixture.Dated))).Problem;

        (problem.Status, problem.Code).ShouldBe((503, "printer-unavailable"));
        problem.Detail.ShouldContain("/nowhere/chromium");
    }

    private static string Latin(byte[] pdf) => Encoding.Latin1.GetString(pdf);

    private static int Pages(string pdf) => Page().Count(pdf);

    /// <summary>Children of children are found by their parents in /proc; elsewhere none is found.</summary>
    private static int KillBrowsersOf(int process)
    {
        var killed = 0;
        foreach (var child in Process.GetProcesses().Where(one => ParentOf(one.Id) == process))
        {
            killed += KillBrowsersOf(child.Id);
            if (!child.ProcessName.StartsWith("chrom", StringComparison.Ordinal))
                continue;
            child.Kill();
            killed++;
        }

        return killed;
    }

    private static int ParentOf(int process)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{process}/stat");
            return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], null);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    [GeneratedRegex(@"/Type /Page\b", RegexOptions.None, 1000)]
    private static partial Regex Page();

    [GeneratedRegex(@"/MediaBox \[0 0 (?<width>[0-9.]+) (?<height>[0-9.]+)\]", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Box();
}
