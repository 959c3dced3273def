using Microsoft.Playwright;

namespace OrderToCash.Documents;

/// <summary>
/// One running browser and the process that drives it. Once it is retired it ends with the last page printed in it.
/// </summary>
internal sealed class Browser
{
    private static readonly string[] Arguments =
    [
        "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update",
        "--disable-sync", "--disable-extensions", "--disable-default-apps", "--disable-breakpad", "--mute-audio",
        "--no-first-run", "--font-render-hinting=none",

        // Requests are refused one by one below, but the browser also opens connections of its own accord, to be quick
        // when a request comes. All of them end at a proxy that nobody is.
        "--proxy-server=http://127.0.0.1:9", "--proxy-bypass-list=<-loopback>",
        "--host-resolver-rules=MAP * ~NOTFOUND", "--dns-prefetch-disable",
    ];

    private static readonly BrowserNewContextOptions Isolated = new()
    {
        JavaScriptEnabled = false,
        Offline = true,
        AcceptDownloads = false,
        ServiceWorkers = ServiceWorkerPolicy.Block,
    };

    private readonly Lock _counting = new();
    private readonly IPlaywright _driver;
    private readonly IBrowser _browser;
    private int _printing;
    private bool _retired;

    private Browser(IPlaywright driver, IBrowser browser) => (_driver, _browser) = (driver, browser);

    /// <summary>False once it has ended, by whatever cause.</summary>
    public bool IsRunning => _browser.IsConnected;

    /// <summary>True when no further page is begun in it.</summary>
    public bool IsRetired => _retired;

    /// <summary>Pages that were begun in it.</summary>
    public int Pages { get; private set; }

    /// <summary>Starts a browser.</summary>
    public static async Task<Browser> StartAsync(PrinterOptions options)
    {
        IPlaywright? driver = null;
        var program = options.Chromium is { Length: > 0 } named ? named : InstalledChromium.Find();
        try
        {
            driver = await Playwright.CreateAsync();
            return new Browser(driver, await driver.Chromium.LaunchAsync(new()
            {
                ExecutablePath = program,
                ChromiumSandbox = options.Sandbox,
                Args = Arguments,
                Timeout = 60_000,
            }));
        }
        catch (Exception error) when (error is PlaywrightException or TimeoutException)
        {
            driver?.Dispose();
            throw new PrinterUnavailableException(program is not null
                ? $"{program} did not start: {FirstLine(error)}"
                : "PDF files are printed by Chromium, which is not installed here. Install the package chromium, or " +
                    "name the program in Printer:Chromium.", error);
        }
    }

    /// <summary>
    /// Prints a page in a context of its own: nothing of it is left when the next is printed. What it would load is
    /// refused; pictures are in the page itself, as data.
    /// </summary>
    public async Task<byte[]> PrintAsync(string html)
    {
        lock (_counting)
        {
            _printing++;
            Pages++;
        }

        try
        {
            await using var context = await _browser.NewContextAsync(Isolated);
            await context.RouteAsync("**/*", route => route.AbortAsync());
            var page = await context.NewPageAsync();
            await page.SetContentAsync(html, new() { WaitUntil = WaitUntilState.Load });
            return await page.PdfAsync(new() { PreferCSSPageSize = true, PrintBackground = true, Tagged = true });
        }
        finally
        {
            bool close;
            lock (_counting)
                close = --_printing == 0 && _retired;
            if (close)
                await CloseAsync();
        }
    }

    /// <summary>Begins no further page; ends now when nothing is being printed, or when it hangs.</summary>
    public async Task RetireAsync(bool hangs)
    {
        bool close;
        lock (_counting)
        {
            close = hangs || (_printing == 0 && !_retired);
            _retired = true;
        }

        if (close)
            await CloseAsync();
    }

    internal static string FirstLine(Exception error) => error.Message.Split('\n', 2)[0].Trim();

    private async Task CloseAsync()
    {
        try
        {
            await _browser.CloseAsync();
        }
        catch (PlaywrightException)
        {
            // It has ended already.
        }
        finally
        {
            // Ends the driver, and with it whatever is left of the browser.
            _driver.Dispose();
        }
    }
}
