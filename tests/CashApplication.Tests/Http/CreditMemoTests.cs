using System.Text.Json;
using OrderToCash.CashApplication.Tests.Support;
using OrderToCash.Contracts;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.Kernel;
using OrderToCash.TestKit;
using static OrderToCash.CashApplication.Tests.Support.Http;

namespace OrderToCash.CashApplication.Tests.Http;

/// <summary>Credit memos of Invoicing as matching knows them.</summary>
public sealed class Credit_memos(CashApp app) : IClassFixture<CashApp>, IAsyncLifetime
{
    public async ValueTask InitializeAsync()
    {
        await app.IntroducedAsync();
        await TakeOffAsync(true);
    }

    [Fact]
    public async Task are_asked_for_with_the_money_and_promised_until_the_answer()
    {
        var invoice = await app.Invoicing.InvoiceAsync("INV-US01-2026-810001", 1000m);
        var memo = await IssueAsync("CM-US01-2026-810007", 100m);

        var receipt = await app.Client.PostAsync(
            "/v1/receipts", Receipt("900.00", "INV-US01-2026-810001 less CM-US01-2026-810007"));

        var allocation = receipt.Items("allocations").ShouldHaveSingleItem();
        allocation.Amount("amount").ShouldBe(900m);
        var credit = allocation.Items("credits").ShouldHaveSingleItem();
        (credit.Id("creditMemoId"), credit.Amount("amount")).ShouldBe((memo, 100m));

        // While it is asked for, neither the rest of the invoice nor the credit memo is there for others.
        var other = await app.Client.PostAsync(
            "/v1/receipts", Receipt("100.00", "INV-US01-2026-810001 CM-US01-2026-810007"));
        other.Items("allocations").ShouldBeEmpty();

        await app.Invoicing.PublishAsync(Applied(receipt, invoice, 900m, memo, 100m), 3);
        await app.Invoicing.PublishAsync(
            new CreditMemoChanged(
                memo, "applied", invoice, new MoneyAmount(100m, "USD"), new MoneyAmount(0m, "USD")), 2);
        (await EventuallyAsync(receipt.Id(), now => now.Amount("applied") == 900m)).Items("allocations")[0]
            .Text("status").ShouldBe("confirmed");
    }

    /// <summary>What was confirmed with the money is settled by Invoicing, or the customer does not tie.</summary>
    [Fact]
    public async Task that_invoicing_did_not_apply_with_the_money_do_not_tie()
    {
        const string number = "INV-US01-2026-810061";
        var invoice = await app.Invoicing.InvoiceAsync(number, 500m);
        var memo = await IssueAsync("CM-US01-2026-810067", 50m);
        var receipt = await app.Client.PostAsync(
            "/v1/receipts", Receipt("450.00", $"{number} less CM-US01-2026-810067"));
        await app.Invoicing.PublishAsync(Applied(receipt, invoice, 450m, memo, 50m, number), 3);
        await EventuallyAsync(receipt.Id(), now => now.Amount("applied") == 450m);
        var wrong = (await DifferencesAsync()).Single(one => one.Text("kind") == "credit");
        (wrong.Id(), wrong.Amount("expected"), wrong.Amount("found")).ShouldBe((invoice, 50m, 0m));

        var item = Invoicing.Item(number, 500m, Invoicing.Globex) with { Balance = new MoneyAmount(450m, "USD") };
        await app.Invoicing.PublishAsync(
            new OpenItemsChanged(
                invoice, "credit-applied", new MoneyAmount(50m, "USD"), new DateOnly(2026, 11, 3), "with the money",
                Ids.From("test-application", number), [item]), 2);
        await Eventually.BecomesTrue(
            async () => (await DifferencesAsync()).All(one => one.Id() != invoice), "the credit memo is applied");

        // A person takes it back in Invoicing: both books are right, and nothing differs.
        await app.Invoicing.PublishAsync(
            new OpenItemsChanged(
                invoice, "credit-unapplied", new MoneyAmount(-50m, "USD"), new DateOnly(2026, 11, 4), "not theirs",
                Ids.From("test-application-taken-back", number),
                [item with { Balance = new MoneyAmount(500m, "USD") }]),
            3);
        await Eventually.BecomesTrue(
            () => app.ScalarAsync<bool>("select exists (select 1 from item_movements " +
                $"where invoice_id = '{invoice}' and kind = 'credit-unapplied')"),
            "it is taken back");
        (await DifferencesAsync()).ShouldNotContain(one => one.Text("kind") == "credit");

        async Task<JsonElement[]> DifferencesAsync() =>
            [.. (await app.Client.ReadAsync($"/v1/customers/{Invoicing.Globex}/reconciliation"))
                .Items("differences").Where(one => one.Id() == invoice)];
    }

    /// <summary>
    /// What is open of a credit memo is its total less all that Invoicing did to it, in whatever order.
    /// </summary>
    [Fact]
    public async Task tie_to_what_is_open_applied_and_paid_back()
    {
        var customer = Ids.From("test-customer", "tying credits");
        await app.Invoicing.PublishAsync(new CustomerRegistered(
            customer, "CUST-US01-000083", "US01", "Tyrell", null, "USD", "US", "en", null, "NET 30", null, []), 1);
        var memo = Ids.From("test-memo", "CM-US01-2026-810077");
        await ChangeAsync("applied", 60m, open: 40m, version: 2);
        await ChangeAsync("refunded", 30m, open: 10m, version: 3);
        await IssueAsync("CM-US01-2026-810077", 100m, customer, open: 10m);
        await ChangeAsync("refund-returned", 30m, open: 40m, version: 5);
        await ChangeAsync("unapplied", 60m, open: 100m, version: 6);
        await Eventually.BecomesTrue(() => KnownAsync(4), "all of it is known");
        (await DifferencesAsync()).ShouldBeEmpty();

        // Told twice, as after a restore, it happened once.
        await ChangeAsync("unapplied", 60m, open: 100m, version: 6);
        await ChangeAsync("voided", 100m, open: 0m, version: 7);
        await Eventually.BecomesTrue(() => KnownAsync(5), "it is cancelled");
        (await DifferencesAsync()).ShouldBeEmpty();

        await app.ScalarAsync<int>($"update credit_memos set open = 1 where credit_memo_id = '{memo}' returning 1");
        var wrong = (await DifferencesAsync()).ShouldHaveSingleItem();
        (wrong.Text("kind"), wrong.Id(), wrong.Text("number"), wrong.Amount("expected"), wrong.Amount("found"))
            .ShouldBe(("credit-memo", memo, "CM-US01-2026-810077", 0m, 1m));

        // Of one that an older version took in nothing is known to compare with.
        await app.ScalarAsync<int>(
            $"update credit_memos set total = null where credit_memo_id = '{memo}' returning 1");
        (await DifferencesAsync()).ShouldBeEmpty();

        Task ChangeAsync(string kind, decimal amount, decimal open, long version) => app.Invoicing.PublishAsync(
            new CreditMemoChanged(memo, kind, null, new MoneyAmount(amount, "USD"), new MoneyAmount(open, "USD")),
            version);

        Task<bool> KnownAsync(int changes) => app.ScalarAsync<bool>(
            $"select count(*) = {changes} from credit_memo_movements where credit_memo_id = '{memo}'");

        async Task<JsonElement[]> DifferencesAsync() =>
            (await app.Client.ReadAsync($"/v1/customers/{customer}/reconciliation")).Items("differences");
    }

    /// <summary>
    /// Until the policy says so, while an older Invoicing may run, nobody is asked to apply a credit memo.
    /// </summary>
    [Fact]
    public async Task are_not_asked_for_before_the_policy_says_so()
    {
        await app.Invoicing.InvoiceAsync("INV-US01-2026-810051", 1000m);
        await IssueAsync("CM-US01-2026-810057", 100m);
        await TakeOffAsync(false);
        (await app.Client.PostAsync(
            "/v1/receipts", Receipt("900.00", "INV-US01-2026-810051 less CM-US01-2026-810057")))
            .Items("allocations").ShouldHaveSingleItem().Items("credits").ShouldBeEmpty();
        await TakeOffAsync(true);
    }

    /// <summary>At the first catch-up all that ever was is told: none of it wakes what waits.</summary>
    [Fact]
    public async Task of_long_ago_are_no_news()
    {
        var customer = Ids.From("test-customer", "long ago");
        var now = TimeProvider.System.GetUtcNow();
        await IssueAsync("CM-US01-2026-810061", 10m, customer, happenedAt: now - TimeSpan.FromDays(8));
        (await NewsAsync()).ShouldBe(0);
        await IssueAsync("CM-US01-2026-810062", 10m, customer, happenedAt: now - TimeSpan.FromDays(6));
        (await NewsAsync()).ShouldBe(1);

        Task<long> NewsAsync() => app.ScalarAsync<long>(
            $"select count(*) from match_news where kind = 'customer' and subject = '{customer}'");
    }

    /// <summary>What Invoicing refuses waits for a person; nothing of it is applied.</summary>
    [Fact]
    public async Task that_invoicing_does_not_apply_leave_the_money_to_a_person()
    {
        var invoice = await app.Invoicing.InvoiceAsync("INV-US01-2026-810011", 500m);
        await IssueAsync("CM-US01-2026-810017", 50m);
        var receipt = await app.Client.PostAsync(
            "/v1/receipts", Receipt("450.00", "INV-US01-2026-810011 less CM-US01-2026-810017"));
        await app.Invoicing.PublishAsync(
            new PaymentApplicationRejected(
                invoice, 1, receipt.Items("allocations").Single().Id(), receipt.Id(), new MoneyAmount(450m, "USD"),
                "exceeds-open", "0.00 USD of CM-US01-2026-810017 is open; 50.00 USD is more than that."), 2);
        var now = await EventuallyAsync(receipt.Id(), one => one.Amount("unapplied") == 450m);
        now.GetProperty("waiting").Text("reason").ShouldBe("rejected");
    }

    /// <summary>
    /// What was said last holds, in whatever order it comes; it may come before the credit memo itself.
    /// </summary>
    [Fact]
    public async Task are_known_as_they_are_now_whatever_the_order()
    {
        var memo = Ids.From("test-memo", "CM-US01-2026-810027");
        await app.Invoicing.PublishAsync(
            new CreditMemoChanged(memo, "applied", null, new MoneyAmount(60m, "USD"), new MoneyAmount(20m, "USD")), 3);
        await app.Invoicing.PublishAsync(
            new CreditMemoChanged(memo, "applied", null, new MoneyAmount(20m, "USD"), new MoneyAmount(80m, "USD")), 2);
        await IssueAsync("CM-US01-2026-810027", 100m, open: 20m);
        await app.Invoicing.InvoiceAsync("INV-US01-2026-810021", 70m);
        var receipt = await app.Client.PostAsync("/v1/receipts", Receipt("50.00", "INV-US01-2026-810021"));
        receipt.Items("allocations").Single().Items("credits").Single().Amount("amount").ShouldBe(20m);
    }

    [Fact]
    public async Task that_come_later_explain_money_that_waits()
    {
        var customer = Ids.From("test-customer", "hooli");
        await app.Invoicing.PublishAsync(new CustomerRegistered(
            customer, "CUST-US01-000081", "US01", "Hooli Limited", null, "USD", "US", "en", null, "NET 30", null, []),
            1);
        await app.Invoicing.InvoiceAsync("INV-US01-2026-810031", 700m, customer);
        await app.Invoicing.InvoiceAsync("INV-US01-2026-810032", 650m, customer);
        var receipt = (await app.Client.PostAsync(
            "/v1/receipts", Receipt("1200.00", "INV-US01-2026-810031 INV-US01-2026-810032"))).Id();
        (await app.Client.ReadAsync($"/v1/receipts/{receipt}")).Items("allocations").ShouldBeEmpty();

        await IssueAsync("CM-US01-2026-810037", 150m, customer);

        var matched = await EventuallyAsync(receipt, now => now.Items("allocations").Length == 2);
        matched.Items("allocations").Sum(one => one.Amount("amount")).ShouldBe(1200m);
        matched.Items("allocations").SelectMany(one => one.Items("credits")).Single().Amount("amount").ShouldBe(150m);
    }

    /// <summary>What waited while nobody took credit memos off is looked at again once the policy says so.</summary>
    [Fact]
    public async Task explain_money_that_waits_once_the_policy_takes_them_off()
    {
        var customer = Ids.From("test-customer", "umbrella");
        await app.Invoicing.PublishAsync(new CustomerRegistered(
            customer, "CUST-US01-000082", "US01", "Umbrella Works", null, "USD", "US", "en", null, "NET 30", null, []),
            1);
        await TakeOffAsync(false);
        await app.Invoicing.InvoiceAsync("INV-US01-2026-810041", 701m, customer);
        await app.Invoicing.InvoiceAsync("INV-US01-2026-810042", 651m, customer);
        await IssueAsync("CM-US01-2026-810047", 150m, customer);
        var receipt = (await app.Client.PostAsync(
            "/v1/receipts", Receipt("1202.00", "INV-US01-2026-810041 INV-US01-2026-810042"))).Id();
        (await app.Client.ReadAsync($"/v1/receipts/{receipt}")).Items("allocations").ShouldBeEmpty();

        // Nothing else would look at money of last week again.
        await app.ScalarAsync<DateTime>(
            $"update receipts set recorded_at = now() - interval '7 days' where id = '{receipt}' " +
            "returning recorded_at");

        await TakeOffAsync(true);

        (await EventuallyAsync(receipt, now => now.Items("allocations").Length == 2)).Items("allocations")
            .SelectMany(one => one.Items("credits")).Single().Amount("amount").ShouldBe(150m);
    }

    /// <summary>Before a release is taken back nothing is asked for with a credit memo any more.</summary>
    [Fact]
    public async Task are_not_asked_for_again_once_the_policy_says_no_more()
    {
        var invoice = await app.Invoicing.InvoiceAsync("INV-US01-2026-810091", 1000m);
        var memo = await IssueAsync("CM-US01-2026-810097", 100m);
        var receipt = await app.Client.PostAsync(
            "/v1/receipts", Receipt("900.00", "INV-US01-2026-810091 less CM-US01-2026-810097"));
        await app.Invoicing.PublishAsync(
            Applied(receipt, invoice, 900m, memo, 100m, "INV-US01-2026-810091"), 3);
        await EventuallyAsync(receipt.Id(), now => now.Amount("applied") == 900m);
        await app.Client.PostAsync($"/v1/receipts/{receipt.Id()}/reverse",
            new { reason = "return", amount = Usd("200.00"), reference = "D-1" }, 202);
        await TakeOffAsync(false);
        await app.Invoicing.PublishAsync(
            app.Invoicing.Reverse(receipt.Id(), receipt.Items("allocations").Single().Id(), invoice, 900m) with
            {
                Item = Invoicing.Item("INV-US01-2026-810091", 1000m, Invoicing.Globex),
                Credits = [new AppliedCredit(memo, new MoneyAmount(100m, "USD"))],
            },
            4);
        var again = (await EventuallyAsync(receipt.Id(), now => now.Items("allocations").Length == 2))
            .Items("allocations").Single(one => one.Text("status") == "pending");
        (again.Amount("amount"), again.Items("credits").Length).ShouldBe((700m, 0));
        await TakeOffAsync(true);
    }

    /// <summary>
    /// An older instance at Invoicing leaves them out: the money is taken back, and its advice is there for the next
    /// payment, or for this one again.
    /// </summary>
    [Fact]
    public async Task that_invoicing_left_out_let_their_advice_wait_again()
    {
        const string number = "INV-US01-2026-810101";
        var invoice = await app.Invoicing.InvoiceAsync(number, 500m);
        var memo = await IssueAsync("CM-US01-2026-810107", 50m);
        var advice = (await app.Client.PostAsync("/v1/remittances", new
        {
            legalEntity = "US01",
            amount = Usd("450.00"),
            paymentReference = "PAY-810101",
            lines = new[]
            {
                new { documentNumber = number, paid = Usd("500.00") },
                new { documentNumber = "CM-US01-2026-810107", paid = Usd("-50.00") },
            },
        })).Id();
        var receipt = await app.Client.PostAsync("/v1/receipts", Receipt("450.00", "PAY-810101"));
        receipt.Items("allocations").ShouldHaveSingleItem().Items("credits").ShouldHaveSingleItem();
        (await app.Client.ReadAsync($"/v1/remittances/{advice}")).Id("receiptId").ShouldBe(receipt.Id());

        await app.Invoicing.PublishAsync(
            Applied(receipt, invoice, 450m, memo, 50m, number) with { Credits = null }, 3);

        await EventuallyAsync(receipt.Id(), now => now.Items("allocations")[0].Text("status") == "reversal-pending");
        (await app.Client.ReadAsync($"/v1/remittances/{advice}")).Text("status").ShouldBe("waiting");
    }

    private Task<JsonElement> TakeOffAsync(bool takesOff) => app.Client.PutAsync(
        "/v1/cash-policies/US01", new { autoApplyThreshold = "0.90", takesOffCreditMemos = takesOff });

    private async Task<Guid> IssueAsync(
        string number, decimal amount, Guid? customer = null, decimal? open = null, DateTimeOffset? happenedAt = null)
    {
        var (memo, money) = (Ids.From("test-memo", number), new MoneyAmount(amount, "USD"));
        await app.Invoicing.PublishAsync(
            new CreditMemoIssued(
                memo, number, "US01", customer ?? Invoicing.Globex, new DateOnly(2026, 10, 20), "goodwill", null, money,
                new MoneyAmount(0m, "USD"), money), 1, happenedAt: happenedAt);
        await Eventually.BecomesTrue(
            async () => await app.ScalarAsync<long>(
                $"select count(*) from credit_memos where number = '{number}' and open = {open ?? amount}") == 1,
            $"{number} is known");
        return memo;
    }

    private static PaymentApplied Applied(
        JsonElement receipt, Guid invoice, decimal amount, Guid memo, decimal credited,
        string number = "INV-US01-2026-810001") => new(
            invoice, receipt.Items("allocations").Single().Id(), receipt.Id(), new MoneyAmount(amount, "USD"),
            new DateOnly(2026, 11, 2), new DateOnly(2026, 11, 3),
            Invoicing.Item(number, amount + credited, Invoicing.Globex) with
            {
                Balance = new MoneyAmount(0m, "USD"),
            },
            Credits: [new AppliedCredit(memo, new MoneyAmount(credited, "USD"))]);

    private Task<JsonElement> EventuallyAsync(Guid receipt, Func<JsonElement, bool> condition) => Eventually.Becomes(
        () => app.Client.ReadAsync($"/v1/receipts/{receipt}"), condition, $"receipt {receipt} is as expected");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
