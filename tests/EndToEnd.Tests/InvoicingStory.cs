using System.Globalization;
using System.IO.Compression;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using OrderToCash.EndToEnd.Tests.Support;
using OrderToCash.Kernel;
using OrderToCash.TestKit;

namespace OrderToCash.EndToEnd.Tests;

/// <summary>
/// A year of a legal entity through the gateway, quarter by quarter: it bills in two currencies, is paid, writes off,
/// revalues, provides for what may be lost and closes each month, at whose end its books tie. One of its customers
/// goes through all that may become of what is owed (<see cref="YearOfACustomer"/>), and its statement says so. The
/// clocks of Invoicing and CashApplication go through the year; at its end every quarter is printed again as it was
/// known, to the byte.
/// </summary>
public sealed class InvoicingStory(RunningSystem system) : IAsyncLifetime
{
    private const string Code = "YEAR";

    private const string Json = "application/json";
    private const string Pdf = "application/pdf";
    private const string Xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

    private readonly List<(string Path, string Format, byte[] File)> _printed = [];
    private readonly List<string> _told = [];

    private OwnSystem _own = null!;
    private Api _controller = null!;
    private Seller _seller = null!;
    private YearOfACustomer _year = null!;
    private Guid _abroad;

    /// <summary>First month of the four quarters that are over.</summary>
    private DateOnly Beginning { get; } = new DateOnly(
        TimeProvider.System.GetUtcNow().Year, TimeProvider.System.GetUtcNow().Month, 1).AddMonths(-12);

    public async ValueTask InitializeAsync()
    {
        _own = await system.AnotherAsync("invoicing", "cash-application", "collections", "credit", "gateway");
        _controller = _own.As("controller");
    }

    public async ValueTask DisposeAsync()
    {
        _controller?.Dispose();
        if (_own is not null)
            await _own.DisposeAsync();
    }

    [Fact]
    public async Task a_year_with_its_closes()
    {
        JsonNode? owed = null;
        for (var quarter = 0; quarter < 4; quarter++)
        {
            var first = Beginning.AddMonths(3 * quarter);
            var day = first.AddMonths(3).AddDays(2);
            await TheDayIsAsync(day);
            if (owed is null)
                await OpenAsync();
            else
                await PaidAsync(owed, day);
            await _year.TradeAsync(quarter);
            await Eventually.BecomesTrue(TiesAsync, "both journals are here");
            for (var month = first; month < first.AddMonths(3); month = month.AddMonths(1))
                owed = await MonthAsync(month);
            await PrintAsync(first, first.AddMonths(3).AddDays(-1));
        }

        await NothingGoesIntoAClosedMonthAsync();
        TheStatementReads();
        TheAgingOpens();
        foreach (var (path, format, file) in _printed)
            (await _controller.DownloadAsync(path, format)).SequenceEqual(file).ShouldBeTrue(path);
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join('\n', _told));
    }

    private async Task OpenAsync()
    {
        _seller = await Seller.OpenAsync(_controller, Code);
        _year = new YearOfACustomer(_controller, _seller, Beginning);
        _abroad = Seller.Id(await _controller.PostAsync("/v1/customers", new
        {
            legalEntity = Code,
            name = "Initech GmbH",
            currency = "EUR",
            country = "DE",
            terms = "NET 60",
        }));
        using var operators = _own.As("operator");
        await operators.PutAsync($"/v1/legal-entities/{Code}/month-end-policy", new
        {
            lossRates = new object[]
            {
                new { upTo = 0, percent = "0.5" }, new { upTo = 60, percent = "5" }, new { percent = "40" },
            },
            flux = new { percent = "20", amount = "1000000" },
        });
    }

    /// <summary>Bills, writes a little off, and closes; gives the invoice at home.</summary>
    private async Task<JsonNode> MonthAsync(DateOnly first)
    {
        var last = first.AddMonths(1).AddDays(-1);
        var rate = 1.05m + (first.Month / 100m);
        await RateAsync("daily", first, rate);
        await RateAsync("month-end", last, rate + 0.01m);
        var home = await _controller.PostAsync("/v1/invoices", Wish(_seller.Customer, 1_000m, first.AddDays(4)));
        await _controller.PostAsync("/v1/invoices", Wish(_abroad, 500m, first.AddDays(5)));
        await _controller.PostAsync(
            $"/v1/invoices/{Seller.Id(home)}/write-offs", new { reason = "scrap", amount = "10", postingDate = last });

        var period = $"/v1/periods/{Code}/{first:yyyy-MM}";
        await _controller.PostAsync($"{period}/revaluation", new { reason = "month end" });
        var provision = await _controller.PostAsync($"{period}/provision", new { reason = "month end" });
        var checklist = await _controller.GetAsync($"{period}/checklist");
        checklist["ready"]!.GetValue<bool>().ShouldBeTrue($"{checklist}");
        (await _controller.PostAsync($"{period}/close", new { reason = "month end" }))["status"]!.GetValue<string>()
            .ShouldBe("closed");
        _told.Add($"{first:yyyy-MM} closed, allowance {Api.Amount(provision["allowance"])}");
        await TiesAtAsync(last);
        return home;
    }

    private async Task PaidAsync(JsonNode invoice, DateOnly day)
    {
        var open = Api.Amount((await _controller.GetAsync($"/v1/invoices/{Seller.Id(invoice)}"))["balance"]);
        await _seller.OpenItemIsAsync(Seller.Number(invoice), open);
        await _controller.PostAsync("/v1/receipts", new
        {
            legalEntity = Code,
            method = "wire",
            amount = Seller.Usd(open),
            valueDate = day,
            customerId = _seller.Customer,
            reference = $"for {Seller.Number(invoice)}",
        });
        await _seller.BalanceIsAsync(invoice, 0m);
    }

    private async Task<bool> TiesAsync() =>
        (await _controller.GetAsync($"/v1/reports/tie-out?legalEntity={Code}"))["ties"]!.GetValue<bool>();

    /// <summary>In each currency subledger = open items = control account at the end of a day.</summary>
    private async Task TiesAtAsync(DateOnly day)
    {
        var report = await _controller.GetAsync($"/v1/reports/tie-out?legalEntity={Code}&asOf={day:O}");
        report["ties"]!.GetValue<bool>().ShouldBeTrue($"{day:O} {report}");
        foreach (var row in report["rows"]!.AsArray())
        {
            var sums = new[] { "subledger", "openItems", "controlAccount" }
                .Select(sum => Api.Amount(row![sum])).ToList();
            sums.ShouldAllBe(sum => sum == sums[0]);
            _told.Add($"{day:O} {row!["currency"]} {string.Join(" = ", sums)}");
        }
    }

    /// <summary>The quarter as it is known now, and that it ties; the first and the whole year also on paper.</summary>
    private async Task PrintAsync(DateOnly first, DateOnly last)
    {
        var rolled = await _controller.GetAsync(
            $"/v1/reports/roll-forward?legalEntity={Code}&from={first:O}&to={last:O}");
        var books = rolled["books"]!.AsArray().ShouldHaveSingleItem()!;
        books["ties"]!.GetValue<bool>().ShouldBeTrue($"{books}");
        _told.Add($"{last:O} receivables {Api.Amount(books["closing"])} = {Api.Amount(books["controlAccount"])}");
        var now = (TimeProvider.System.GetUtcNow() + Offset).ToString("O", CultureInfo.InvariantCulture);
        var knownAt = Uri.EscapeDataString(now);
        foreach (var report in new[] { $"aging?asOf={last:O}", $"dso?from={first:O}&to={last:O}",
            $"roll-forward?from={first:O}&to={last:O}", $"tie-out?asOf={last:O}",
            $"concentration?asOf={last:O}" })
            await KeepAsync($"/v1/reports/{report}&legalEntity={Code}&knownAt={knownAt}", Json);
        await KeepAsync($"/v1/reports/aging?asOf={last:O}&legalEntity={Code}&knownAt={knownAt}", Xlsx);
        if (first == Beginning || last == Beginning.AddMonths(12).AddDays(-1))
        {
            await KeepAsync(
                $"/v1/customers/{_year.Customer}/statement?from={Beginning:O}&to={last:O}&knownAt={knownAt}", Pdf);
        }
    }

    private async Task KeepAsync(string path, string format) =>
        _printed.Add((path, format, await _controller.DownloadAsync(path, format)));

    /// <summary>The last one printed names all that became of what was owed, and what is left.</summary>
    private void TheStatementReads()
    {
        var text = NoticeText.Plain(PdfText.Of(_printed.Last(one => one.Format == Pdf).File));
        text.ShouldContain("Hooli Inc.");
        foreach (var amount in new[] { "1,058.40", "21.60", "800.00", "540.00", "108.00", "1,252.00", "500.00" })
            text.ShouldContain(amount);
    }

    /// <summary>Whoever opens the last one sees the customer's row, and numbers that add.</summary>
    private void TheAgingOpens()
    {
        using var book = new ZipArchive(new MemoryStream(_printed.Last(one => one.Format == Xlsx).File));
        using var sheet = book.GetEntry("xl/worksheets/sheet1.xml")!.Open();
        var rows = XDocument.Load(sheet).Descendants().Where(element => element.Name.LocalName == "row")
            .Select(row => row.Elements().Select(cell => cell.Value).ToList()).ToList();
        var hooli = rows.Single(row => row.Contains("Hooli Inc."));
        hooli.Zip(rows[0]).Where(cell => cell.Second is "120+" or "total").Select(cell => cell.First)
            .ShouldBe(["500.00", "500.00"]);
        hooli[^1].ShouldBe("CUST-YEAR-000003");
    }

    private async Task NothingGoesIntoAClosedMonthAsync()
    {
        var late = await _controller.TryAsync(
            HttpMethod.Post, "/v1/invoices", Wish(_seller.Customer, 5m, Beginning.AddMonths(11)),
            $"{Ids.Next(TimeProvider.System)}");
        late.Problem.ShouldBe("period-closed");
        late.Text.ShouldContain($"{Beginning.AddMonths(12):O}");
    }

    private Task RateAsync(string type, DateOnly day, decimal rate) => _controller.PutAsync(
        $"/v1/legal-entities/{Code}/exchange-rates/{type}/{day:O}",
        new { rates = new[] { new { currency = "EUR", rate = rate.ToString(CultureInfo.InvariantCulture) } } });

    private static object Wish(Guid customer, decimal net, DateOnly day) => new
    {
        customerId = customer,
        invoiceDate = day,
        lines = new[]
        {
            new
            {
                description = "Service",
                quantity = "1",
                unitPrice = net.ToString(CultureInfo.InvariantCulture),
            },
        },
    };

    private TimeSpan Offset { get; set; }

    /// <summary>Invoicing and CashApplication are stopped and started at noon of another day.</summary>
    private Task TheDayIsAsync(DateOnly day)
    {
        Offset = new DateTimeOffset(day, new TimeOnly(17, 0), TimeSpan.Zero) - TimeProvider.System.GetUtcNow();
        return _own.TravelAsync(Offset, "invoicing", "cash-application");
    }
}
