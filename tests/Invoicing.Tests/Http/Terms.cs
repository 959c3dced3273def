using System.Net;
using OrderToCash.Contracts;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.TestKit;

namespace OrderToCash.Invoicing.Tests.Http;

public class Terms(InvoicingApp app)
{
    [Fact]
    public async Task Split_an_invoice_into_open_items_on_working_days_of_the_entity()
    {
        var entity = await app.EntityAsync();
        var calendar = new
        {
            dueDateRoll = "next",
            daysOff = new[] { "saturday", "sunday" },
            holidays = new[] { "2026-11-30" },
        };
        (await app.Client.PutAsync($"/v1/legal-entities/{entity}", new
        {
            name = "Test Inc.",
            baseCurrency = "USD",
            country = "US",
            timeZone = "UTC",
            calendar,
        })).ShouldBe(HttpStatusCode.OK)["calendar"].GetProperty("dueDateRoll").GetString().ShouldBe("next");
        var customer = await app.Client.RegisterAsync(entity);

        // 31 October 2026 is a Saturday; 30 November is the holiday.
        var issued = (await app.Client.PostAsync("/v1/invoices", TestApi.Invoice(
            customer, 100, new DateOnly(2026, 10, 1), "split 50%@30 25%@60 25%@90"))).ShouldBe(HttpStatusCode.Created);

        issued["terms"].GetString().ShouldBe("SPLIT 50%@30 25%@60 25%@90");
        issued["termsMismatch"].GetBoolean().ShouldBeTrue();
        issued["installments"].EnumerateArray().Select(due =>
            $"{due.GetProperty("dueDate").GetString()} {due.GetProperty("amount").GetProperty("amount").GetString()}")
            .ShouldBe(["2026-11-02 50.00", "2026-12-01 25.00", "2026-12-30 25.00"]);
        var published = await Eventually.Becomes(
            () => Task.FromResult(app.Bus.Heard<InvoiceIssued>(issued.Id)),
            heard => heard.Count == 1, "it is published");
        published[0].Items.Select(item => item.Installment).ShouldBe([1, 2, 3]);
        (await app.Client.ReadAsync($"/v1/reports/tie-out?legalEntity={entity}"))["ties"].GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task B27_an_invoice_is_overdue_with_its_first_late_installment()
    {
        var customer = await app.Client.RegisterAsync(await app.EntityAsync());
        var issued = await app.Client.PostAsync(
            "/v1/invoices", TestApi.Invoice(customer, 90, new DateOnly(2026, 10, 1), "SPLIT 30/60/90"));

        (await CountAsync("2026-10-31")).ShouldBe(0);
        (await CountAsync("2026-11-01")).ShouldBe(1);
        await app.Bus.PublishAsync(Messages.Requested(Some.NewId(), issued.Id, 30, installment: 1));
        await Eventually.Passes(async () => (await CountAsync("2026-11-30")).ShouldBe(0));
        (await CountAsync("2026-12-01")).ShouldBe(1);

        async Task<int> CountAsync(string day) =>
            (await app.Client.ReadAsync($"/v1/invoices?customerId={customer}&overdueAsOf={day}"))["items"]
                .GetArrayLength();
    }

    [Fact]
    public async Task Give_a_discount_that_the_other_services_are_told_of()
    {
        var entity = await app.EntityAsync();
        var customer = (await app.Client.PostAsync("/v1/customers", new
        {
            legalEntity = entity,
            name = "Globex",
            currency = "USD",
            country = "US",
            terms = "2/10 NET 30",
            discountGraceDays = 2,
        })).ShouldBe(HttpStatusCode.Created).Id;
        var issued = await app.Client.IssueAsync(customer, 100);
        var allocation = Some.NewId();

        await app.Bus.PublishAsync(
            Messages.Requested(allocation, issued.Id, 98) with { Discount = new MoneyAmount(2, "USD") });

        var applied = await Eventually.Becomes(
            () => Task.FromResult(app.Bus.Heard<PaymentApplied>(allocation)),
            heard => heard.Count == 1, "it is applied");
        applied[0].Discount.ShouldBe(new MoneyAmount(2, "USD"));
        applied[0].Item.Balance.Amount.ShouldBe(0);
        var item = app.Bus.Heard<InvoiceIssued>(issued.Id).ShouldHaveSingleItem().Items[0];
        item.DiscountUntil.ShouldBe(TestApi.Today.AddDays(12));
        item.Discount.ShouldBe(new MoneyAmount(2, "USD"));
        (await app.Client.ReadAsync($"/v1/invoices/{issued.Id}"))["status"].GetString().ShouldBe("paid");
        (await app.Client.ReadAsync($"/v1/reports/tie-out?legalEntity={entity}"))["ties"].GetBoolean().ShouldBeTrue();
    }

    /// <summary>CASH-05: discounts none, earned, or earned and unearned, as the contract says.</summary>
    [Fact]
    public async Task Allow_a_discount_that_comes_too_late_where_the_contract_does()
    {
        var entity = await app.EntityAsync();
        async Task<Answer> IssueAsync(object discounts)
        {
            var customer = (await app.Client.PostAsync("/v1/customers", new
            {
                legalEntity = entity,
                name = "Globex",
                currency = "USD",
                country = "US",
                terms = "2/10 NET 30",
                clauses = new { discounts },
            })).ShouldBe(HttpStatusCode.Created).Id;
            return await app.Client.IssueAsync(customer, 100, TestApi.Today.AddDays(-20));
        }

        var late = await IssueAsync(new { allow = "earned-and-unearned", unearnedDays = 15 });
        var none = await IssueAsync(new { allow = "none" });
        (late["terms"].GetString(), none["terms"].GetString(), none["termsMismatch"].GetBoolean())
            .ShouldBe(("2/10 NET 30", "NET 30", false));
        (await app.Client.ReadAsync($"/v1/invoices?customerId={none["customerId"].GetGuid()}"))["items"][0]
            .GetProperty("terms").GetString().ShouldBe("NET 30");
        var (first, second) = (Some.NewId(), Some.NewId());
        foreach (var (allocation, invoice) in new[] { (first, late), (second, none) })
        {
            await app.Bus.PublishAsync(Messages.Requested(allocation, invoice.Id, 98) with
            {
                Discount = new MoneyAmount(2, "USD"),
                ValueDate = TestApi.Today,
            });
        }

        var applied = await Eventually.Becomes(
            () => Task.FromResult(app.Bus.Heard<PaymentApplied>(first)), heard => heard.Count == 1, "it is applied");
        (applied[0].Discount, applied[0].Unearned).ShouldBe((new MoneyAmount(2, "USD"), new MoneyAmount(2, "USD")));
        applied[0].Item.Unearned!.Until.ShouldBe(TestApi.Today.AddDays(5));
        (await app.Client.ReadAsync($"/v1/invoices/{late.Id}/history")).Text
            .ShouldContain("10 days after", Case.Sensitive);
        await Eventually.BecomesTrue(
            () => app.Bus.Heard<PaymentApplicationRejected>(second).Count == 1, "it is rejected");
        var bounded = await IssueAsync(new { allow = "earned-and-unearned", unearnedUpTo = "1.50" });
        var third = Some.NewId();
        await app.Bus.PublishAsync(Messages.Requested(third, bounded.Id, 49) with
        {
            Discount = new MoneyAmount(1, "USD"),
            ValueDate = TestApi.Today,
        });
        (await Eventually.Becomes(
            () => Task.FromResult(app.Bus.Heard<PaymentApplied>(third)), heard => heard.Count == 1, "it is applied"))
            [0].Item.Unearned!.UpTo.ShouldBe(new MoneyAmount(0.50m, "USD"));
        none["installments"][0].GetProperty("discount").ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);
        (await app.Client.PostAsync("/v1/customers", new
        {
            legalEntity = entity,
            name = "Globex",
            currency = "USD",
            country = "US",
            terms = "2/10 NET 30",
            clauses = new { discounts = new { allow = "earned-and-unearned" } },
        })).ShouldBe(HttpStatusCode.UnprocessableEntity, "invalid-customer");
    }

    [Fact]
    public async Task I19_wider_cash_discounts_need_those_who_approve_terms()
    {
        var entity = await app.EntityAsync();
        object[] rules = [new { kind = "terms", upTo = (string?)null, approvals = 1, role = "controller" }];
        (await app.Client.PutAsync($"/v1/legal-entities/{entity}/approval-matrix", new { rules }))
            .ShouldBe(HttpStatusCode.OK);
        var customer = await app.Client.RegisterAsync(entity);
        var path = $"/v1/customers/{customer}";
        var bounded = new { allow = "earned-and-unearned", unearnedDays = 5, unearnedUpTo = "20" };
        foreach (var wish in new[] { With(bounded), With(null, 3) })
            (await app.Client.PutAsync(path, wish)).ShouldBe(HttpStatusCode.Conflict, "approval-required");

        (await app.Client.PutAsync(path, With(new { allow = "none" }))).ShouldBe(HttpStatusCode.OK);
        (await app.Client.PutAsync(path, With(null))).ShouldBe(HttpStatusCode.Conflict, "approval-required");
        var merge = $"/v1/customers/{customer}/merge";
        var into = new { survivorId = await app.Client.RegisterAsync(entity), reason = "one" };
        (await app.Client.PostAsync(merge, into)).ShouldBe(HttpStatusCode.Conflict, "approval-required");

        static object With(object? discounts, int discountGraceDays = 0) => new
        {
            name = "Globex",
            country = "US",
            terms = "NET 30",
            discountGraceDays,
            clauses = new { discounts },
        };
    }
}
