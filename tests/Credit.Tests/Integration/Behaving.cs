using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using OrderToCash.Contracts;
using OrderToCash.Contracts.CashApplication.V1;
using OrderToCash.Contracts.Collections.V1;
using OrderToCash.Contracts.Invoicing.V1;
using static OrderToCash.Credit.Tests.CreditBed;

namespace OrderToCash.Credit.Tests.Integration;

/// <summary>What the other services tell of a customer's conduct becomes part of its score.</summary>
public sealed partial class Behaving(CreditBed bed) : IClassFixture<CreditBed>
{
    private static readonly DateOnly Now = TimeProvider.System.Today("America/Chicago");

    /// <summary>D-40: late is what the bank's value date says; all of this was posted today.</summary>
    [Fact]
    public async Task money_is_weighed_by_amount_and_recency_and_what_was_taken_back_counts_no_more()
    {
        var customer = await bed.CustomerAsync();
        var (late, bounced) = (Paid(customer, 300, due: -10, paid: 0), Paid(customer, 900, due: 60, paid: 0));
        await TellAsync(
            late, Paid(customer, 100, due: 0, paid: 0), bounced,
            Paid(customer, 400, due: -170, paid: -180), Paid(customer, 5_000, due: -800, paid: -790),
            new PaymentReversed(
                bounced.InvoiceId, bounced.AllocationId, bounced.ReceiptId, bounced.Amount, Now,
                bounced.Item with { Balance = bounced.Amount }));

        var behaviour = await BehaviourAsync(customer);

        // 300 ten days late, 100 to the day, 400 of half a year ago (half their weight) ten days early.
        behaviour.Text("daysBeyondTerms").ShouldBe($"{((300 * 10) - (200 * 10)) / 600m:0.00}");
        behaviour.Text("onTimePercent").ShouldBe("50.00");
        behaviour.Text("lastPayment").ShouldBe($"{Now:yyyy-MM-dd}");
    }

    [Fact]
    public async Task billing_of_a_month_is_the_average_of_the_months_the_policy_looks_at()
    {
        var customer = await bed.CustomerAsync();
        foreach (var (amount, days) in new[] { (600m, 5), (600m, 200), (9_999m, 500) })
        {
            var issued = Issued(customer, NewId(), amount);
            await bed.PublishAsync(issued with
            {
                InvoiceDate = Now.AddDays(-days),
                Items = [issued.Items[0] with { InvoiceDate = Now.AddDays(-days) }],
            });
        }

        await bed.ExposureBecomesAsync(customer, 11_199, 0, 0);
        (await BehaviourAsync(customer)).Text("monthlyBilling").ShouldBe("100.00");
    }

    /// <summary>Who is written off is not forgotten; who is credited owed nothing.</summary>
    [Fact]
    public async Task what_was_given_up_counts_as_late_and_what_was_void_or_billed_again_is_no_billing()
    {
        var customer = await bed.CustomerAsync();
        var (lost, wrong, corrected, memo) = (NewId(), NewId(), NewId(), NewId());
        var item = Issued(customer, lost, 500).Items[0] with { DueDate = Now.AddDays(-100), InvoiceDate = Now };
        OpenItem closed = item with { Balance = item.Balance with { Amount = 0 } };
        await bed.PublishAsync(Issued(customer, lost, 500) with { Items = [item] });
        await bed.PublishAsync(IssuedNow(wrong, 9_000));
        await bed.PublishAsync(Voided(customer, wrong, 9_000), version: 2);
        await bed.PublishAsync(IssuedNow(corrected, 700));
        await bed.PublishAsync(new CreditMemoIssued(
            memo, "CM-1", "US01", customer, Now, "correction", corrected, new MoneyAmount(700, "USD"),
            new MoneyAmount(0, "USD"), new MoneyAmount(700, "USD")));
        await bed.PublishAsync(IssuedNow(NewId(), 700));
        await bed.PublishAsync(
            new OpenItemsChanged(lost, "written-off", item.Amount, Now, "bankrupt", NewId(), [closed]), version: 2);
        await bed.ExposureBecomesAsync(customer, 1_400, 0, 0);
        await Eventually.BecomesTrue(async () => await HasRowAsync("credit_losses", lost)
            && await HasRowAsync("billing_sources", corrected), "all is heard");

        var behaviour = await BehaviourAsync(customer);

        (behaviour.Text("daysBeyondTerms"), behaviour.Text("onTimePercent"), behaviour.Text("monthlyBilling"))
            .ShouldBe(("100.00", "0.00", "100.00"));

        InvoiceIssued IssuedNow(Guid invoice, decimal amount)
        {
            var issued = Issued(customer, invoice, amount);
            return issued with
            {
                InvoiceDate = Now,
                Items = [issued.Items[0] with { InvoiceDate = Now, DueDate = Now.AddDays(30) }],
            };
        }
    }

    /// <summary>A customer is not punctual for paying late in another currency.</summary>
    [Fact]
    public async Task payments_in_other_currencies_count_by_the_rate_of_the_day()
    {
        await bed.EntityAsync("BC01");
        await (await bed.App.Operator.PutAsJsonAsync($"/v1/credit/exchange-rates/{Now:yyyy-MM-dd}", new
        {
            @base = "USD",
            rates = new Dictionary<string, string> { ["EUR"] = "2" },
        })).ShouldBeAsync(HttpStatusCode.OK);
        var customer = await bed.CustomerAsync(entity: "BC01");
        var (dollars, euros) = (Paid(customer, 100, due: 0, paid: 0), Paid(customer, 50, due: -40, paid: 0));
        await TellAsync(dollars, euros with
        {
            Amount = euros.Amount with { Currency = "EUR" },
            Item = euros.Item with
            {
                Amount = euros.Item.Amount with { Currency = "EUR" },
                Balance = euros.Item.Balance with { Currency = "EUR" },
            },
        });

        (await BehaviourAsync(customer)).Text("daysBeyondTerms").ShouldBe("20.00");
    }

    private async Task<bool> HasRowAsync(string table, Guid invoice)
    {
        await using var find = bed.Database.CreateCommand(
            $"select exists (select 1 from {table} where invoice_id = $1)");
        find.Parameters.AddWithValue(invoice);
        return (bool)(await find.ExecuteScalarAsync())!;
    }

    [Fact]
    public async Task broken_promises_count_until_they_turn_out_to_be_kept_and_bounced_payments_count()
    {
        var customer = await bed.CustomerAsync();
        var before = await bed.HandledCountAsync();
        var (kept, broken) = (Promise(customer), Promise(customer));
        await bed.PublishAsync(new PromiseKept(kept with { Status = "kept" }), version: 3);
        await bed.PublishAsync(new PromiseBroken(kept), version: 2);
        await bed.PublishAsync(new PromiseBroken(broken), version: 2);
        var receipt = NewId();
        await bed.PublishAsync(Bounced(receipt, customer), version: 2);
        await bed.PublishAsync(Receipt(receipt, customer, 100));
        await bed.PublishAsync(
            new ReceiptReversed(NewId(), "US01", "error", null, Now, Balance(customer, 0)), version: 2);
        await Eventually.BecomesTrue(async () => await bed.HandledCountAsync() >= before + 6, "all is heard");

        var behaviour = await BehaviourAsync(customer);

        (behaviour.GetProperty("brokenPromises").GetInt32(), behaviour.GetProperty("returnedPayments").GetInt32())
            .ShouldBe((1, 1));
    }

    /// <summary>
    /// The receipt is told to be void before Invoicing has taken its money back: until then the invoice seems paid.
    /// </summary>
    [Fact]
    public async Task a_bounced_payment_holds_the_account_where_the_policy_says_so_until_it_is_made_good()
    {
        await bed.EntityAsync("BH01");
        await bed.PolicyAsync("BH01", policy => policy with
        {
            Holds = policy.Holds with { OnReturnedPayment = true },
        });
        var customer = await bed.CustomerAsync(limit: 1_000, entity: "BH01");
        var (invoice, receipt) = (NewId(), NewId());
        var open = Issued(customer, invoice, 100).Items[0] with { DueDate = Now.AddDays(10) };
        var paid = open with { Balance = open.Amount with { Amount = 0 } };
        await bed.PublishAsync(new PaymentApplied(invoice, NewId(), receipt, open.Amount, Now, Now, paid), version: 2);
        await bed.PublishAsync(Receipt(receipt, customer, 0));
        await bed.ExposureBecomesAsync(customer, 0, 0, 0);
        await Eventually.BecomesTrue(async () => await IsPaidAsync(receipt), "the payment is known");

        await bed.PublishAsync(Bounced(receipt, customer), version: 2);
        await HoldsBecomeAsync(customer, "returned-payment");
        await TouchAsync(customer);
        (await bed.AccountAsync(customer)).Codes("placedHolds").ShouldBe(["returned-payment"], "nothing is paid again");
        await bed.PublishAsync(
            new PaymentReversed(invoice, NewId(), receipt, open.Amount, Now, open), version: 3);
        await bed.ExposureBecomesAsync(customer, 100, 0, 0);
        await TouchAsync(customer);
        (await bed.AccountAsync(customer)).Codes("placedHolds").ShouldBe(["returned-payment"], "it is open again");

        await bed.PublishAsync(new PaymentApplied(invoice, NewId(), NewId(), open.Amount, Now, Now, paid), version: 4);
        await HoldsBecomeAsync(customer);
    }

    [Fact]
    public async Task a_breached_plan_counts_until_it_is_in_force_again_and_holds_until_a_person_lets_go()
    {
        var customer = await bed.CustomerAsync(limit: 1_000);
        var plan = Plan(customer);
        await bed.PublishAsync(new PlanBreached(plan, Missed: 1), version: 3);
        await HoldsBecomeAsync(customer, "breached-plan");
        (await BehaviourAsync(customer)).GetProperty("brokenPromises").GetInt32().ShouldBe(1);

        await TellAsync(new PlanActivated(plan with { Status = "active" }));
        (await BehaviourAsync(customer)).GetProperty("brokenPromises").GetInt32()
            .ShouldBe(1, "news from before the breach");
        await bed.PublishAsync(new PlanActivated(plan with { Status = "active" }), version: 4);
        await Eventually.BecomesTrue(
            async () => (await BehaviourAsync(customer)).GetProperty("brokenPromises").GetInt32() == 0,
            "the plan is in force again");
        await HoldsBecomeAsync(customer, "breached-plan");
    }

    [Fact]
    public async Task a_breach_of_long_ago_or_of_a_plan_that_is_in_force_again_is_kept_and_holds_nothing()
    {
        var customer = await bed.CustomerAsync(limit: 1_000);
        var (old, again) = (Plan(customer), Plan(customer));
        var before = await bed.HandledCountAsync();
        await bed.PublishAsync(
            new PlanBreached(old, Missed: 1), happened: TimeProvider.System.GetUtcNow().AddDays(-30));
        await bed.PublishAsync(new PlanActivated(again with { Status = "active" }), version: 4);
        await Eventually.BecomesTrue(async () => await bed.HandledCountAsync() >= before + 2, "both are heard");
        await TellAsync(new PlanBreached(again, Missed: 1));

        (await BehaviourAsync(customer)).GetProperty("brokenPromises").GetInt32().ShouldBe(1);
        await HoldsBecomeAsync(customer);
    }

    [Fact]
    public async Task a_breached_plan_does_not_hold_where_the_policy_says_so()
    {
        await bed.EntityAsync("BH02");
        await bed.PolicyAsync("BH02", policy => policy with
        {
            Holds = policy.Holds with { OnBreachedPlan = false },
        });
        var customer = await bed.CustomerAsync(limit: 1_000, entity: "BH02");
        await TellAsync(new PlanBreached(Plan(customer), Missed: 1));
        await HoldsBecomeAsync(customer);
    }

    [Fact]
    public async Task a_notice_of_collections_is_kept_once_per_item_and_step()
    {
        var customer = await bed.CustomerAsync(limit: 1_000);
        var invoice = NewId();
        await bed.PublishAsync(Issued(customer, invoice, 100));
        await bed.ExposureBecomesAsync(customer, 100, 0, 0);
        var notice = new DunningNoticeSent(
            NewId(), customer, "US01", Now, "reminder", "email", [new MoneyAmount(100, "USD")],
            [new DunnedItem(invoice, 1, "INV-1", Now.AddDays(-9), new MoneyAmount(100, "USD"))]);

        await TellAsync(notice, notice with { NoticeId = NewId(), Channel = "letter" });

        var history = await bed.Client.GetFromJsonAsync<JsonElement>($"/v1/credit/accounts/{customer}/history");
        history.GetProperty("items").EnumerateArray().Count(e => e.Text("type") == "items-dunned").ShouldBe(1);
    }

    [Fact]
    public async Task a_dispute_counts_when_it_is_lost()
    {
        var customer = await bed.CustomerAsync();
        await TellAsync(
            new DisputeResolved(Dispute(customer), "rejected"), new DisputeResolved(Dispute(customer), "credited"),
            new DisputeResolved(Dispute(customer), "withdrawn"));
        (await BehaviourAsync(customer)).GetProperty("brokenPromises").GetInt32().ShouldBe(1);
    }

    /// <summary>What is lost in the evening in Chicago is not lost tomorrow.</summary>
    [Fact]
    public async Task a_dispute_is_lost_on_the_day_it_is_where_the_legal_entity_sits()
    {
        var dispute = Dispute(await bed.CustomerAsync());
        var before = await bed.HandledCountAsync();
        await bed.PublishAsync(
            new DisputeResolved(dispute, "rejected"),
            happened: new DateTimeOffset(2026, 11, 10, 3, 0, 0, TimeSpan.Zero));
        await bed.HandledAsync(before + 1);
        await using var find = bed.Database.CreateCommand(
            "select day::text from credit_incidents where source_id = $1");
        find.Parameters.AddWithValue(dispute.DisputeId);
        (await find.ExecuteScalarAsync()).ShouldBe("2026-11-09");
    }

    [Fact]
    public async Task money_of_several_customers_in_one_receipt_is_each_ones_own()
    {
        var (first, second) = (await bed.CustomerAsync(), await bed.CustomerAsync());
        var receipt = NewId();
        await bed.PublishAsync(Receipt(receipt, first, 100));
        await bed.ExposureBecomesAsync(first, 0, 0, 100);
        MoneyAmount Usd(decimal amount) => new(amount, "USD");
        await bed.PublishAsync(
            new ReceiptBalanceChanged(
                receipt, "US01", "transferred", Usd(30), Balance(first, 100) with
                {
                    Shares = [new CustomerShare(first, Usd(70)), new CustomerShare(second, Usd(30))],
                }),
            version: 2);
        await bed.ExposureBecomesAsync(second, 0, 0, 30);
        await bed.ExposureBecomesAsync(first, 0, 0, 70);

        await bed.PublishAsync(
            new ReceiptBalanceChanged(receipt, "US01", "refunded", Usd(100), Balance(first, 0)), version: 3);
        await bed.ExposureBecomesAsync(second, 0, 0, 0);
        await bed.ExposureBecomesAsync(first, 0, 0, 0);
    }

    private static PaymentApplied Paid(Guid customer, decimal amount, int due, int paid)
    {
        var invoice = NewId();
        var item = Issued(customer, invoice, amount).Items[0] with
        {
            DueDate = Now.AddDays(due),
            Balance = new MoneyAmount(0, "USD"),
        };
        return new PaymentApplied(
            invoice, NewId(), NewId(), new MoneyAmount(amount, "USD"), Now.AddDays(paid), Now, item);
    }

    private static ReceiptReversed Bounced(Guid receipt, Guid customer) =>
        new(receipt, "US01", "nsf", "R01", Now, Balance(customer, 0));

    private async Task TellAsync(params object[] messages)
    {
        var before = await bed.HandledCountAsync();
        foreach (var message in messages)
            await bed.PublishAsync(message, message is PaymentReversed ? 3 : 2);
        await Eventually.BecomesTrue(
            async () => await bed.HandledCountAsync() >= before + messages.Length, "all is heard");
    }

    private static Promise Promise(Guid customer) => new(
        NewId(), "US01", customer, new MoneyAmount(10, "USD"), new MoneyAmount(0, "USD"), Now.AddDays(-5),
        Now.AddDays(-3), 0, "broken", []);

    private static PaymentPlan Plan(Guid customer) => new(
        NewId(), "US01", customer, new MoneyAmount(100, "USD"), new MoneyAmount(0, "USD"), "breached",
        [new(1, Now.AddDays(-9), new MoneyAmount(50, "USD")), new(2, Now.AddDays(20), new MoneyAmount(50, "USD"))],
        []);

    private static Dispute Dispute(Guid customer) => new(
        NewId(), "US01", customer, NewId(), 1, "price", new MoneyAmount(10, "USD"), new MoneyAmount(0, "USD"),
        new MoneyAmount(0, "USD"), "rejected", "sales", null, Now);

    private async Task<JsonElement> BehaviourAsync(Guid customer)
    {
        var applied = await (await bed.Client.PostAsJsonAsync("/v1/credit/applications", new
        {
            customerId = customer,
            requestedLimit = new { amount = "100", currency = "USD" },
        })).ShouldBeAsync(HttpStatusCode.Created);
        var path = $"/v1/credit/applications/{applied.Text("id")}";
        await Eventually.BecomesTrue(
            async () => (await bed.Client.GetFromJsonAsync<JsonElement>(path)).Text("status") != "assessing",
            "the case is assessed");
        return (await bed.Client.GetFromJsonAsync<JsonElement>($"{path}/explanation"))
            .GetProperty("assessment").GetProperty("facts").GetProperty("behaviour");
    }

    private async Task<bool> IsPaidAsync(Guid receipt)
    {
        await using var find = bed.Database.CreateCommand(
            "select exists (select 1 from credit_payments where receipt_id = $1)");
        find.Parameters.AddWithValue(receipt);
        return (bool)(await find.ExecuteScalarAsync())!;
    }

    /// <summary>Something else happens to the account, and its holds have been looked at after it.</summary>
    private async Task TouchAsync(Guid customer)
    {
        var order = $"BH-{NewId()}";
        (await (await bed.CheckAsync(customer, order, 5_000)).BodyAsync()).Text("decision").ShouldBe("held");
        await (await bed.Client.PostAsJsonAsync(
            $"/v1/credit/order-checks/{order}/decline", new { reason = "no" })).ShouldBeAsync(HttpStatusCode.OK);
        await bed.ReactedAsync();
    }

    private Task HoldsBecomeAsync(Guid customer, params string[] codes) => Eventually.BecomesTrue(
        async () => (await bed.AccountAsync(customer)).Codes("placedHolds").SequenceEqual(codes),
        $"the holds are {string.Join(", ", codes)}");
}
