using System.Globalization;
using System.Text.Json.Nodes;
using OrderToCash.EndToEnd.Tests.Support;
using OrderToCash.Local.Demo;
using OrderToCash.TestKit;

namespace OrderToCash.EndToEnd.Tests;

/// <summary>
/// One customer from the order to the money, a returned payment and the reminder, through the gateway only.
/// </summary>
public sealed class OrderToCashStory(RunningSystem system)
{
    private readonly Api _api = system.Controller;

    [Fact]
    public async Task from_the_order_to_the_reminder_every_service_agrees()
    {
        var seller = await Seller.OpenAsync(_api, "STORY");
        await OrdersAreCheckedAsync(seller);

        var ordered = await seller.InvoiceAsync(250m, daysAgo: 60, order: "STORY-1");
        var other = await seller.InvoiceAsync(100m, daysAgo: 50);
        await ExposureIsAsync(seller, receivables: 378m, orders: 0m, unapplied: 0m);

        var rest = await PayAsync(seller, ordered, other);

        // The order that waited has room now and is let go by itself.
        await ExposureIsAsync(seller, receivables: 0m, orders: 900m, unapplied: 0m);
        await _api.PostAsync("/v1/credit/order-checks/STORY-2/cancel", new { reason = "They waited too long." });
        await TheAccountShowsAllPaidAsync(seller);

        await _api.PostAsync($"/v1/receipts/{rest}/reverse", new { reason = "nsf", code = "R01" });
        var again = await seller.BalanceIsAsync(ordered, 170m);
        again["status"]!.GetValue<string>().ShouldBe("partially-paid");
        await seller.ReceiptAsync(30m, "on account, with thanks");
        await OrderAsync(seller, "STORY-3", 90m, "approved");
        await ExposureIsAsync(seller, receivables: 170m, orders: 90m, unapplied: 30m);

        await TheReminderAsksForAsync(seller, ordered, notFor: other);
        await BooksAgreeAsync(seller, cash: 100m + 170m + 108m + 30m, reversed: 170m, open: 170m);
    }

    private async Task OrdersAreCheckedAsync(Seller seller)
    {
        await _api.PutAsync($"/v1/credit/accounts/{seller.Customer}/limit", new
        {
            limit = Seller.Usd(1_000m),
            reason = "Opening limit",
        });
        await OrderAsync(seller, "STORY-1", 270m, "approved");
        await OrderAsync(seller, "STORY-2", 900m, "held");
        await ExposureIsAsync(seller, receivables: 0m, orders: 270m, unapplied: 0m);
    }

    private static async Task OrderAsync(Seller seller, string order, decimal amount, string decision)
    {
        var check = await seller.CheckOrderAsync(order, amount);
        check["decision"]!.GetValue<string>().ShouldBe(decision, check.ToJsonString());
    }

    /// <summary>
    /// A part by wire; the rest, another invoice and the bank's fee by a statement. Gives the rest's receipt.
    /// </summary>
    private async Task<Guid> PayAsync(Seller seller, JsonNode ordered, JsonNode other)
    {
        await seller.OpenItemIsAsync(Seller.Number(ordered), 270m);
        await seller.OpenItemIsAsync(Seller.Number(other), 108m);
        await seller.ReceiptAsync(100m, $"first part of {Seller.Number(ordered)}");
        await seller.BalanceIsAsync(ordered, 170m);
        await seller.OpenItemIsAsync(Seller.Number(ordered), 170m);

        var import = await seller.StatementAsync(
            DemoBook.Entities[0].Iban(501),
            new BankLine(170m, "Globex Corporation", null, $"rest of {Seller.Number(ordered)}"),
            new BankLine(108m, "Globex Corporation", null, $"{Seller.Number(other)}"),
            new BankLine(-12.50m, "", null, "Account maintenance fee"));
        await seller.BalanceIsAsync(ordered, 0m);
        await seller.BalanceIsAsync(other, 0m);
        return import["receiptIds"]!.AsArray()[0]!.GetValue<Guid>();
    }

    private async Task TheAccountShowsAllPaidAsync(Seller seller)
    {
        await ExposureIsAsync(seller, receivables: 0m, orders: 0m, unapplied: 0m);
        var account = await Eventually.Becomes(
            () => _api.GetAsync($"/v1/customers/{seller.Customer}/account"),
            account => account["receipts"]!["items"]!.AsArray().All(
                receipt => receipt!["status"]!.GetValue<string>() == "applied"),
            "every receipt is applied");
        account["customer"]!["name"]!.GetValue<string>().ShouldBe("Globex Corporation");
        account["invoices"]!["items"]!.AsArray().Select(invoice => invoice!["status"]!.GetValue<string>())
            .ShouldBe(["paid", "paid"]);
        account["receipts"]!["items"]!.AsArray().Count.ShouldBe(3);
        Api.Amount(account["credit"]!["limit"]).ShouldBe(1_000m);
        account["unavailable"]!.AsArray().ShouldBeEmpty();
        account["denied"]!.AsArray().ShouldBeEmpty();
    }

    private async Task TheReminderAsksForAsync(Seller seller, JsonNode owed, JsonNode notFor)
    {
        await Eventually.Becomes(
            () => _api.ListAsync($"/v1/collections/worklist?legalEntity={seller.Code}"),
            rows => rows.Sum(row => Api.Amount(row["overdue"])) == 170m, "170.00 is overdue");
        var run = await _api.PostAsync("/v1/collections/dunning-runs", new { legalEntity = seller.Code });
        var notice = run["notices"]!.AsArray().ShouldHaveSingleItem()!;
        notice["blockedBy"].ShouldBeNull();
        Api.Amount(notice["amount"]).ShouldBe(170m);

        await Eventually.BecomesTrue(() => Mails(seller).Count == 1, "the reminder is sent");
        var mail = Mails(seller).ShouldHaveSingleItem();
        mail.ShouldContain(Seller.Number(owed));
        mail.ShouldNotContain(Seller.Number(notFor));
    }

    /// <summary>What the customer got, as its mail program shows it.</summary>
    private List<string> Mails(Seller seller) =>
    [
        .. system.System.Mail.Mails
            .Where(mail => mail.To.Any(to => to.Contains(seller.Email, StringComparison.Ordinal)))
            .Select(mail => MailText.Of(mail.Content)),
    ];

    private Task ExposureIsAsync(Seller seller, decimal receivables, decimal orders, decimal unapplied) =>
        Eventually.Becomes(
            async () => (await _api.GetAsync($"/v1/credit/accounts/{seller.Customer}"))["exposure"]!,
            exposure => Api.Amount(exposure["openReceivables"]) == receivables
                && Api.Amount(exposure["openOrders"]) == orders
                && Api.Amount(exposure["unappliedCash"]) == unapplied
                && Api.Amount(exposure["total"]) == receivables + orders - unapplied,
            $"credit sees {receivables} open, {orders} ordered, {unapplied} unapplied");

    private async Task BooksAgreeAsync(Seller seller, decimal cash, decimal reversed, decimal open)
    {
        var receipts = await _api.GetAsync($"/v1/reports/cash-tie-out?legalEntity={seller.Code}");
        receipts["ties"]!.GetValue<bool>().ShouldBeTrue(receipts.ToJsonString());
        var row = receipts["rows"]!.AsArray().ShouldHaveSingleItem()!;
        Api.Amount(row["receipts"]).ShouldBe(cash);
        Api.Amount(row["reversed"]).ShouldBe(reversed);
        Api.Amount(row["pending"]).ShouldBe(0m);

        var ledger = await Eventually.Becomes(
            () => _api.GetAsync($"/v1/reports/tie-out?legalEntity={seller.Code}"),
            ledger => ledger["ties"]!.GetValue<bool>(), "the ledger ties");
        Api.Amount(ledger["rows"]![0]!["openItems"]).ShouldBe(open);

        var lines = await JournalAsync(seller);
        lines.ShouldNotBeEmpty();
        lines.Sum(line => Api.Amount(line["debit"])).ShouldBe(lines.Sum(line => Api.Amount(line["credit"])));
    }

    private async Task<List<JsonNode>> JournalAsync(Seller seller)
    {
        var lines = new List<JsonNode>();
        foreach (var month in Enumerable.Range(0, 4).Select(back => seller.Today.AddMonths(-back)))
        {
            var period = month.ToString("yyyy-MM", CultureInfo.InvariantCulture);
            var entries = await _api.ListAsync($"/v1/journal-entries?period={period}&legalEntity={seller.Code}");
            lines.AddRange(entries.SelectMany(entry => entry["lines"]!.AsArray()).Select(line => line!));
        }

        return lines;
    }
}
