using System.Globalization;
using System.Text.Json;
using OrderToCash.CashApplication.Tests.Support;
using OrderToCash.CashApplication.UseCases;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using static OrderToCash.CashApplication.Tests.Support.Http;

namespace OrderToCash.CashApplication.Tests.Http;

/// <summary>"Did our wire of 1,234.56 come?": receipts, and those that wait, are found by what people know of them.
/// </summary>
public sealed class Receipts_that_are_sought(CashApp app) : IClassFixture<CashApp>, IAsyncLifetime
{
    private static readonly object[] Told =
    [
        Wire("wire", "1234.56", "2026-11-02", "Wayne Enterprises", "AT611904300234573201", "order 77-12 thanks", null),
        Wire("check", "1234.56", "2026-10-20", "Stark Industries", null, "INV-US01-2026-990001", "004711"),
        Wire("wire", "99.10", "2026-09-01", "Wayne Enterprises", "AT611904300234573201", "order 77-13", null),
    ];

    /// <summary>Recorded once, for all tests of the class.</summary>
    private static string[] _numbers = [];

    public async ValueTask InitializeAsync()
    {
        await app.IntroducedAsync();
        if (_numbers.Length > 0)
            return;
        var numbers = new List<string>();
        foreach (var receipt in Told)
            numbers.Add((await app.Client.PostAsync("/v1/receipts", receipt)).Text("number"));
        _numbers = [.. numbers];
    }

    [Theory]
    [InlineData("amount=1234.56", 0, 1)]
    [InlineData("amountFrom=99.10&amountTo=1000", 2)]
    [InlineData("amount=1234.56&from=2026-11-01", 0)]
    [InlineData("to=2026-09-30", 2)]
    [InlineData("payer=wayne", 0, 2)]
    [InlineData("payer=AT611904300234573201&amount=99.1", 2)]
    [InlineData("payer=order")]
    [InlineData("payer=wayn")]
    [InlineData("reference=77-12", 0)]
    [InlineData("reference=inv-us01-2026-990001", 1)]
    [InlineData("reference=wayne")]
    [InlineData("text=enterprises order", 0, 2)]
    [InlineData("text=004711", 1)]
    [InlineData("checkNumber=004711", 1)]
    [InlineData("checkNumber=4711")]
    [InlineData("method=check", 1)]
    [InlineData("currency=EUR")]
    [InlineData("bankAccount=NOWHERE")]
    public async Task are_found_by(string query, params int[] found)
    {
        foreach (var list in new[] { "receipts", "workbench" })
            (await NumbersAsync($"/v1/{list}?{query}")).ShouldBe(Numbers(found), ignoreOrder: true, list);
    }

    [Fact]
    public async Task are_found_by_number_page_by_page_and_by_nobody_of_another_legal_entity()
    {
        (await NumbersAsync($"/v1/receipts?number={_numbers[1]}")).ShouldBe([_numbers[1]]);
        var first = await app.Client.ReadAsync("/v1/receipts?amount=1234.56&limit=1&sort=valueDate");
        first.Items().ShouldHaveSingleItem().Text("valueDate").ShouldBe("2026-10-20");
        (await app.Client.ReadAsync(
            $"/v1/receipts?amount=1234.56&limit=1&sort=valueDate&cursor={Uri.EscapeDataString(first.Text("next"))}"))
            .Items().ShouldHaveSingleItem().Text("valueDate").ShouldBe("2026-11-02");
        using var canadian = app.ClientWith("cash:read", "CA01");
        (await canadian.ReadAsync("/v1/receipts?amount=1234.56")).Items().ShouldBeEmpty();
        (await canadian.ReadAsync("/v1/workbench?amount=1234.56")).Items().ShouldBeEmpty();
        await app.Client.ReadAsync("/v1/receipts?amount=much", 400);
    }

    /// <summary>Each filter can use an index of its own, however many receipts there are.</summary>
    [Theory]
    [InlineData("amount = 1234.56", "receipts_by_amount")]
    [InlineData(
        "receipt_words(coalesce(payer_name, '') || ' ' || coalesce(payer_account, '') || ' ' || " +
        "coalesce(reference, '') || ' ' || coalesce(check_number, '')) @> receipt_words('wayne 77')", "receipts_words")]
    public async Task are_found_by_an_index(string condition, string index)
    {
        await using var connection = await app.Database.OpenConnectionAsync();
        await using var plan = connection.CreateCommand();
        plan.CommandText = $"set enable_seqscan = off; explain select id from receipts where {condition}";
        await using var reader = await plan.ExecuteReaderAsync();
        var lines = new List<string>();
        while (await reader.ReadAsync())
            lines.Add(reader.GetString(0));
        string.Join('\n', lines).ShouldContain(index);
    }

    [Fact]
    public async Task that_wait_too_long_are_counted_by_queue()
    {
        var clock = new Later();
        using var watch = new OverdueCashWatch(
            app.Store, clock, Microsoft.Extensions.Logging.Abstractions.NullLogger<OverdueCashWatch>.Instance);
        var cancellation = TestContext.Current.CancellationToken;
        (await watch.CountAsync(cancellation)).GetValueOrDefault("unidentified").ShouldBe(0);
        clock.By = TimeSpan.FromDays(30);
        var waiting = await app.ScalarAsync<long>(
            "select count(*) from receipts where customer_id is null and unapplied > on_account " +
            "and aside = 'unidentified'");
        waiting.ShouldBeGreaterThan(0);
        (await watch.CountAsync(cancellation))["unidentified"].ShouldBe(waiting);
    }

    /// <summary>Cash of yesterday that is entered today is in yesterday's books.</summary>
    [Fact]
    public async Task are_posted_on_the_day_that_is_told_within_bounds()
    {
        var today = TimeProvider.System.Today("America/Chicago");
        var receipt = await app.Client.PostAsync("/v1/receipts", Posted(today.AddDays(-31)));
        receipt.Text("postingDate").ShouldBe(today.AddDays(-31).ToString("O", CultureInfo.InvariantCulture));
        (await app.ScalarAsync<string>(
            "select data->'Entry'->>'PostingDate' from mt_events where type = 'receipt_recorded' " +
            $"and stream_id = '{receipt.Id()}'")).ShouldBe(receipt.Text("postingDate"));
        foreach (var day in new[] { today.AddDays(1), today.AddDays(-32) })
            (await app.Client.PostAsync("/v1/receipts", Posted(day), 422)).ShouldHaveCode("bad-posting-date");

        static object Posted(DateOnly day) => new
        {
            legalEntity = "US01",
            method = "cash",
            amount = Usd("3.03"),
            valueDate = day,
            postingDate = day,
        };
    }

    private static object Wire(
        string method, string amount, string valueDate, string name, string? account, string reference,
        string? checkNumber) => new
        {
            legalEntity = "US01",
            method,
            amount = Usd(amount),
            valueDate,
            payer = new { name, account },
            reference,
            checkNumber,
        };

    private static string[] Numbers(int[] indexes) => [.. indexes.Select(index => _numbers[index])];

    /// <summary>Of those of this test alone.</summary>
    private async Task<string[]> NumbersAsync(string path) =>
    [
        .. (await app.Client.ReadAsync(path)).Items().Select(item => item.Text("number")).Intersect(_numbers),
    ];

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>The clock of somebody who looks later.</summary>
    private sealed class Later : TimeProvider
    {
        public TimeSpan By { get; set; }

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + By;
    }
}
