using System.Globalization;
using System.Text.Json.Nodes;
using OrderToCash.EndToEnd.Tests.Support;
using OrderToCash.TestKit;

namespace OrderToCash.EndToEnd.Tests;

/// <summary>
/// What happens to one customer in four quarters: it takes a cash discount, pays a part and is charged for the rest,
/// pays a deposit that an invoice is netted with, is credited, is written off, and pays some of that in the end.
/// </summary>
internal sealed class YearOfACustomer(Api api, Seller seller, DateOnly beginning)
{
    private Guid _customer;
    private JsonNode _late = null!;
    private JsonNode _deposit = null!;
    private JsonNode _charged = null!;

    /// <summary>What its statement at the end of the year says is owed.</summary>
    public const decimal Owed = 500m;

    /// <summary>Who it is.</summary>
    public Guid Customer => _customer;

    /// <summary>What happens in a quarter before its months are closed, the first one as 0.</summary>
    public Task TradeAsync(int quarter) => quarter switch
    {
        0 => BuysAsync(),
        1 => IsDeliveredAndCreditedAsync(),
        2 => IsWrittenOffAsync(),
        _ => PaysAfterAllAsync(),
    };

    private async Task BuysAsync()
    {
        _customer = Seller.Id(await api.PostAsync("/v1/customers", new
        {
            legalEntity = seller.Code,
            name = "Hooli Inc.",
            currency = "USD",
            country = "US",
            terms = "2/10 NET 30",
            clauses = new { lateFee = "25", interestPercent = "12", reference = "MSA-7" },
            contacts = new[] { new { name = "Gavin Belson", role = "accounts-payable", email = "ap@hooli.example" } },
        }));
        var early = await BilledAsync("/v1/invoices", 1_000m, Day(0, 5));
        _late = await BilledAsync("/v1/invoices", 2_000m, Day(1, 6));
        _deposit = await BilledAsync("/v1/deposits", 500m, Day(2, 10));

        await seller.OpenItemIsAsync(Seller.Number(early), 1_080m);
        await PaysAsync(1_058.40m, Day(0, 10), $"for {Seller.Number(early)} less 2 %");
        await seller.BalanceIsAsync(early, 0m);

        await seller.OpenItemIsAsync(Seller.Number(_late), 2_160m);
        var part = await PaysAsync(800m, Day(2, 20), "on account of our debts");
        await api.PostAsync($"/v1/receipts/{Seller.Id(part)}/allocations", new
        {
            allocations = new[] { new { invoiceId = Seller.Id(_late), amount = Seller.Usd(800m) } },
        });
        await seller.BalanceIsAsync(_late, 1_360m);

        await seller.OpenItemIsAsync(Seller.Number(_deposit), 540m);
        await PaysAsync(540m, Day(2, 21), $"deposit {Seller.Number(_deposit)}");
        await seller.BalanceIsAsync(_deposit, 0m);

        _charged = await ChargedAsync();
        var memo = await api.GetAsync($"/v1/invoices/{_charged["invoiceId"]!.GetValue<Guid>()}");
        Api.Amount(memo["balance"]).ShouldBe(25m + Interest());
    }

    /// <summary>
    /// 12 % a year on what was open at the end of each overdue day of the third month, by the day the money came.
    /// </summary>
    private decimal Interest()
    {
        var open = 0m;
        var due = DateOnly.Parse(_late["dueDate"]!.GetValue<string>(), CultureInfo.InvariantCulture);
        for (var day = due.AddDays(1); day < Day(3, 1); day = day.AddDays(1))
            open += day < Day(2, 20) ? 2_160m : 1_360m;
        return decimal.Round(open * 12 / 100 / 365, 2, MidpointRounding.AwayFromZero);
    }

    private async Task IsDeliveredAndCreditedAsync()
    {
        (await ChargedAsync())["alreadyBilled"]!.GetValue<bool>().ShouldBeTrue();
        var delivered = await BilledAsync(
            "/v1/invoices", 1_500m, Day(3, 10), new[] { new { depositId = Seller.Id(_deposit) } });
        Api.Amount(delivered["balance"]).ShouldBe(1_620m - 540m);
        await seller.OpenItemIsAsync(Seller.Number(delivered), 1_080m);
        await PaysAsync(1_080m, Day(4, 20), $"rest of {Seller.Number(delivered)}");
        await seller.BalanceIsAsync(delivered, 0m);

        var charge = await api.GetAsync($"/v1/invoices/{_charged["invoiceId"]!.GetValue<Guid>()}");
        await seller.OpenItemIsAsync(Seller.Number(charge), Api.Amount(charge["balance"]));
        await PaysAsync(Api.Amount(charge["balance"]), Day(4, 20), $"charges {Seller.Number(charge)}");
        await seller.BalanceIsAsync(charge, 0m);

        var memo = await api.PostAsync("/v1/credit-memos", new
        {
            customerId = _customer,
            reason = "return",
            creditDate = Day(4, 10),
            lines = Lines(100m),
        });
        await api.PostAsync(
            $"/v1/credit-memos/{Seller.Id(memo)}/applications", new { invoiceId = Seller.Id(_late) });
        await seller.BalanceIsAsync(_late, 1_252m);
    }

    private async Task IsWrittenOffAsync()
    {
        var lost = await api.PostAsync(
            $"/v1/invoices/{Seller.Id(_late)}/write-offs", new { reason = "insolvent", postingDate = Day(8, 28) });
        Api.Amount(lost["balance"]).ShouldBe(0m);
        lost["status"]!.GetValue<string>().ShouldBe("written-off");
    }

    /// <summary>What it pays is posted when it is applied, after the year: until then it is owed.</summary>
    private async Task PaysAfterAllAsync()
    {
        await api.PostAsync($"/v1/invoices/{Seller.Id(_late)}/recoveries", new
        {
            reason = "dividend of the insolvency",
            amount = Owed,
            postingDate = Day(10, 10),
        });
        await seller.OpenItemIsAsync(Seller.Number(_late), Owed);
        await PaysAsync(Owed, Day(11, 20), $"dividend, {Seller.Number(_late)}");
        await seller.BalanceIsAsync(_late, 0m);
    }

    /// <summary>What the run of the third month has for it.</summary>
    private async Task<JsonNode> ChargedAsync()
    {
        var run = await api.PostAsync(
            "/v1/finance-charge-runs", new { legalEntity = seller.Code, period = $"{Day(2, 1):yyyy-MM}" });
        var billed = run["debitMemos"]!.AsArray().ShouldHaveSingleItem()!;
        billed["customerId"]!.GetValue<Guid>().ShouldBe(_customer);
        return billed;
    }

    private DateOnly Day(int month, int day) => beginning.AddMonths(month).AddDays(day - 1);

    private Task<JsonNode> BilledAsync(string path, decimal net, DateOnly day, object? deposits = null) =>
        api.PostAsync(path, new { customerId = _customer, invoiceDate = day, lines = Lines(net), deposits });

    private Task<JsonNode> PaysAsync(decimal amount, DateOnly day, string text) => api.PostAsync("/v1/receipts", new
    {
        legalEntity = seller.Code,
        method = "wire",
        amount = Seller.Usd(amount),
        valueDate = day,
        customerId = _customer,
        reference = text,
    });

    private static object[] Lines(decimal net) =>
    [
        new
        {
            description = "Compression engine, licence",
            quantity = "1",
            unitPrice = net.ToString(CultureInfo.InvariantCulture),
            taxRate = "0.08",
            taxCode = "NY",
        },
    ];
}
