using System.Net;
using System.Text.Json;
using Dapper;
using OrderToCash.TestKit;

namespace OrderToCash.Invoicing.Tests.Http;

/// <summary>INV-11: one customer, whose account is kept in dollars, with documents in dollars and in euros.</summary>
[Collection("Read models")]
public class SeveralCurrencies(InvoicingApp app)
{
    private static readonly DateOnly Day = TestApi.Today;

    private static readonly DateOnly Month = new DateOnly(Day.Year, Day.Month, 1).AddMonths(-1);

    [Fact]
    public async Task An_invoice_is_in_the_currency_it_names_and_nowhere_added_to_another()
    {
        var (entity, customer) = await CustomerAsync();
        var dollars = await app.Client.IssueAsync(customer, 100, Day.AddDays(-40));
        (await BillAsync(customer, 50, "GBP")).ShouldBe(HttpStatusCode.UnprocessableEntity, "no-exchange-rate");
        (await BillAsync(customer, 50, "euro"))
            .ShouldBe(HttpStatusCode.UnprocessableEntity, "invalid-invoice").Text.ShouldContain("/currency");

        var euros = (await BillAsync(customer, 50, "EUR")).ShouldBe(HttpStatusCode.Created);

        (Amount(euros["total"]), Amount(euros["baseBalance"])).ShouldBe(("50.00 EUR", "55.00 USD"));
        Amount(dollars["total"]).ShouldBe("100.00 USD");
        var statement = await app.Client.ReadAsync(
            $"/v1/customers/{customer}/statement?from={Day.AddDays(-60):O}&to={Day:O}");
        statement["accounts"].EnumerateArray().Select(account => Amount(account.GetProperty("closing")))
            .ShouldBe(["50.00 EUR", "100.00 USD"]);
        var aging = await app.Client.ReadAsync($"/v1/reports/aging?legalEntity={entity}&by=customer");
        aging["rows"].EnumerateArray()
            .Select(row => (row.GetProperty("currency").GetString(), row.GetProperty("total").GetString()))
            .ShouldBe([("EUR", "50.00"), ("USD", "100.00")], ignoreOrder: true);
        var tied = await app.Client.ReadAsync($"/v1/reports/tie-out?legalEntity={entity}");
        tied["ties"].GetBoolean().ShouldBeTrue(tied.Text);
        (await app.Client.ReadAsync($"/v1/invoices?customerId={customer}&currency=EUR"))["items"].EnumerateArray()
            .ShouldHaveSingleItem().GetProperty("id").GetGuid().ShouldBe(euros.Id);
    }

    [Fact]
    public async Task It_is_credited_and_corrected_in_its_currency_whatever_the_account_is_kept_in()
    {
        var (_, customer) = await CustomerAsync();
        var invoice = (await BillAsync(customer, 100, "EUR")).ShouldBe(HttpStatusCode.Created);

        (await CreditAsync(customer, 10, invoice.Id, "USD"))
            .ShouldBe(HttpStatusCode.UnprocessableEntity, "other-currency");
        var memo = (await CreditAsync(customer, 10, invoice.Id)).ShouldBe(HttpStatusCode.Created);
        (Amount(memo["total"]), Amount(memo["open"])).ShouldBe(("10.00 EUR", "0.00 EUR"));

        var wrong = (await BillAsync(customer, 30, "EUR")).ShouldBe(HttpStatusCode.Created);
        var corrected = (await app.Client.PostAsync(
            $"/v1/invoices/{wrong.Id}/correct", new { reason = "too much", lines = Lines(20) }))
            .ShouldBe(HttpStatusCode.Created);
        Amount(corrected["invoice"].GetProperty("total")).ShouldBe("20.00 EUR");
    }

    /// <summary>The dollars are older and would be more than enough.</summary>
    [Fact]
    public async Task Open_credits_settle_what_is_owed_in_their_currency_and_no_deposit_nets_another()
    {
        var (entity, customer) = await CustomerAsync();
        var dollars = (await CreditAsync(customer, 500)).ShouldBe(HttpStatusCode.Created);
        var euros = (await CreditAsync(customer, 20, currency: "EUR")).ShouldBe(HttpStatusCode.Created);
        var invoice = (await BillAsync(customer, 100, "EUR")).ShouldBe(HttpStatusCode.Created);

        (await app.Client.PostAsync($"/v1/credit-memos/{dollars.Id}/applications", new { invoiceId = invoice.Id }))
            .ShouldBe(HttpStatusCode.UnprocessableEntity, "other-currency");
        var applied = (await app.Client.PostAsync($"/v1/customers/{customer}/credit-memos/apply", new { }))
            .ShouldBe(HttpStatusCode.OK)["applied"].EnumerateArray().ShouldHaveSingleItem();
        (applied.GetProperty("creditMemoId").GetGuid(), applied.GetProperty("invoiceId").GetGuid(),
            Amount(applied.GetProperty("amount"))).ShouldBe((euros.Id, invoice.Id, "20.00 EUR"));

        var deposit = (await app.Client.PostAsync(
            "/v1/deposits", new { customerId = customer, invoiceDate = Day, lines = Lines(70) }))
            .ShouldBe(HttpStatusCode.Created);
        (await app.Client.PostAsync($"/v1/deposits/{deposit.Id}/applications", new { invoiceId = invoice.Id }))
            .ShouldBe(HttpStatusCode.UnprocessableEntity, "other-currency");
        var tied = await app.Client.ReadAsync($"/v1/reports/tie-out?legalEntity={entity}");
        tied["ties"].GetBoolean().ShouldBeTrue(tied.Text);
    }

    /// <summary>
    /// Each 1,000, due on the day before the month; the fixed fee is one of dollars, the percent of both.
    /// </summary>
    [Fact]
    public async Task Finance_charges_are_billed_per_currency_and_each_once_until_they_are_void()
    {
        var (entity, customer) = await CustomerAsync();
        (await app.Client.PutAsync($"/v1/customers/{customer}", new
        {
            name = "Late Ltd",
            country = "US",
            terms = "NET 30",
            clauses = new { lateFee = "25", lateFeePercent = "1", interestPercent = "9" },
        })).ShouldBe(HttpStatusCode.OK);
        await app.Client.IssueAsync(customer, 1_000, Month.AddDays(-31));
        var euros = (await BillAsync(customer, 1_000, "EUR", Month.AddDays(-31))).ShouldBe(HttpStatusCode.Created);
        var run = new { legalEntity = entity, period = $"{Month:yyyy-MM}" };

        var preview = await RunAsync(new { run.legalEntity, run.period, preview = true });
        var billed = await RunAsync(run);
        var again = await RunAsync(run);

        var days = DateTime.DaysInMonth(Month.Year, Month.Month);
        var interest = decimal.Round(1_000 * 0.09m / 365 * days, 2, MidpointRounding.AwayFromZero);
        string[] totals =
        [
            FormattableString.Invariant($"{interest + 35} USD"), FormattableString.Invariant($"{interest + 10} EUR"),
        ];
        foreach (var memos in new[] { preview, billed, again })
            memos.Select(memo => Amount(memo.GetProperty("total"))).ShouldBe(totals);
        again.ShouldAllBe(memo => memo.GetProperty("alreadyBilled").GetBoolean());
        Ids(again).ShouldBe(Ids(billed));
        (await app.Client.ReadAsync($"/v1/invoices?customerId={customer}&kind=debit-memo"))["items"].GetArrayLength()
            .ShouldBe(2);
        (await GivenOnceAsync()).ShouldBe(1);
        (await app.Client.PostAsync($"/v1/invoices/{Ids(billed).Last()}/void", new { reason = "agreed" }))
            .ShouldBe(HttpStatusCode.OK);
        (await GivenOnceAsync()).ShouldBe(0, "another month may charge the fee that is void");
        var tied = await app.Client.ReadAsync($"/v1/reports/tie-out?legalEntity={entity}");
        tied["ties"].GetBoolean().ShouldBeTrue(tied.Text);

        async Task<long> GivenOnceAsync()
        {
            await using var connection = await app.Database.Source.OpenConnectionAsync();
            return await connection.ExecuteScalarAsync<long>(
                "select count(*) from charged_once where invoice_id = @Id", new { euros.Id });
        }

        async Task<List<JsonElement>> RunAsync(object request) => [.. (await app.Client.PostAsync(
            "/v1/finance-charge-runs", request)).ShouldBe(HttpStatusCode.OK)["debitMemos"].EnumerateArray()];

        static IEnumerable<Guid> Ids(IEnumerable<JsonElement> memos) =>
            memos.Select(memo => memo.GetProperty("invoiceId").GetGuid());
    }

    [Fact]
    public async Task A_schedule_bills_in_the_currency_that_was_agreed()
    {
        var (entity, customer) = await CustomerAsync();
        object Schedule(string currency) => new
        {
            customerId = customer,
            name = "Hosting",
            currency,
            plan = new { dates = new[] { new { billOn = Day, lines = Lines(80) } } },
        };
        (await app.Client.PostAsync("/v1/billing-schedules", Schedule("euro")))
            .ShouldBe(HttpStatusCode.UnprocessableEntity).Text.ShouldContain("/currency");

        (await app.Client.PostAsync("/v1/billing-schedules", Schedule("EUR"))).ShouldBe(HttpStatusCode.Created)
            ["currency"].GetString().ShouldBe("EUR");
        (await app.Client.PostAsync("/v1/billing-runs", new { legalEntity = entity })).ShouldBe(HttpStatusCode.OK);

        await Eventually.Becomes(
            () => app.Client.ReadAsync($"/v1/invoices?customerId={customer}&currency=EUR"),
            list => list["items"].GetArrayLength() == 1, "it is billed");
    }

    private static object[] Lines(decimal unitPrice) => [new { description = "Widget", quantity = "1", unitPrice }];

    private Task<Answer> BillAsync(Guid customerId, decimal amount, string currency, DateOnly? date = null) =>
        app.Client.PostAsync(
            "/v1/invoices", new { customerId, currency, invoiceDate = date ?? Day, lines = Lines(amount) });

    private Task<Answer> CreditAsync(
        Guid customerId, decimal amount, Guid? invoiceId = null, string? currency = null) =>
        app.Client.PostAsync(
            "/v1/credit-memos", new { customerId, reason = "price", invoiceId, currency, lines = Lines(amount) });

    /// <summary>A euro is worth 1.10 dollars, now and when the oldest document is dated.</summary>
    private async Task<(string Entity, Guid Customer)> CustomerAsync()
    {
        var entity = await app.EntityAsync();
        await app.Client.RateAsync(entity, "EUR", 1.10m, Month.AddDays(-31));
        await app.Client.RateAsync(entity, "EUR", 1.10m, Day);
        return (entity, await app.Client.RegisterAsync(entity));
    }

    private static string Amount(JsonElement money) =>
        $"{money.GetProperty("amount").GetString()} {money.GetProperty("currency").GetString()}";
}
