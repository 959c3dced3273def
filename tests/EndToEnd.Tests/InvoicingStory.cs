using System.Globalization;
using System.Text.Json.Nodes;
using OrderToCash.EndToEnd.Tests.Support;
using OrderToCash.Kernel;
using OrderToCash.TestKit;

namespace OrderToCash.EndToEnd.Tests;

/// <summary>
/// A year of a legal entity through the gateway, quarter by quarter: it bills in two currencies, is paid, writes off,
/// revalues, provides for what may be lost and closes each month. The clocks of Invoicing and CashApplication go
/// through the year; at its end every quarter is printed again as it was known, to the byte.
/// </summary>
public sealed class InvoicingStory(RunningSystem system) : IAsyncLifetime
{
    private const string Code = "YEAR";

    private readonly List<(string Path, string Text)> _printed = [];
    private readonly List<string> _told = [];

    private OwnSystem _own = null!;
    private Api _controller = null!;
    private Seller _seller = null!;
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
            for (var month = first; month < first.AddMonths(3); month = month.AddMonths(1))
                owed = await MonthAsync(month);
            await PrintAsync(first, first.AddMonths(3).AddDays(-1));
        }

        await NothingGoesIntoAClosedMonthAsync();
        foreach (var (path, text) in _printed)
            (await _controller.TryAsync(HttpMethod.Get, path)).Text.ShouldBe(text, path);
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join('\n', _told));
    }

    private async Task OpenAsync()
    {
        _seller = await Seller.OpenAsync(_controller, Code);
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
        await Eventually.BecomesTrue(TiesAsync, "both journals are here");
    }

    private async Task<bool> TiesAsync() =>
        (await _controller.GetAsync($"/v1/reports/tie-out?legalEntity={Code}"))["ties"]!.GetValue<bool>();

    /// <summary>The quarter as it is known now, and that it ties.</summary>
    private async Task PrintAsync(DateOnly first, DateOnly last)
    {
        (await TiesAsync()).ShouldBeTrue();
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
        {
            var path = $"/v1/reports/{report}&legalEntity={Code}&knownAt={knownAt}";
            _printed.Add((path, (await _controller.TryAsync(HttpMethod.Get, path)).Text));
        }
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
