using System.Net;
using Npgsql;
using OrderToCash.Contracts.Credit.V1;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.TestKit;

namespace OrderToCash.Invoicing.Tests.Http;

public class CustomerChanges(InvoicingApp app)
{
    [Fact]
    public async Task Are_shown_listed_told_and_used_by_the_next_invoice()
    {
        var customer = await app.Client.RegisterAsync(await app.EntityAsync());

        var changed = (await app.Client.PutAsync($"/v1/customers/{customer}", Change("Globex Worldwide")))
            .ShouldBe(HttpStatusCode.OK);

        (await app.Client.ReadAsync($"/v1/customers/{customer}")).Text.ShouldBe(changed.Text);
        changed["termsOrigin"].GetString().ShouldBe("approved-request");
        changed["clauses"].GetProperty("interestPercent").GetString().ShouldBe("9.5");
        changed["version"].GetInt64().ShouldBe(2);
        (await app.Client.ReadAsync($"/v1/customers?q=Globex%20Worldwide&sort=number"))["items"].EnumerateArray()
            .Single(item => item.GetProperty("id").GetGuid() == customer).ToString()
            .ShouldBe(changed.Json.ToString());
        var told = await Eventually.Becomes(
            () => Task.FromResult(app.Bus.Heard<CustomerChanged>(customer)), heard => heard.Count == 1, "told");
        (told[0].Name, told[0].Status, told[0].MaySuspend).ShouldBe(("Globex Worldwide", "active", true));
        (await app.Client.IssueAsync(customer))["terms"].GetString().ShouldBe("EOM + 15");
        (await app.Client.PutAsync($"/v1/customers/{Some.NewId()}", Change("x")))
            .ShouldBe(HttpStatusCode.NotFound, "not-found");
    }

    [Fact]
    public async Task A_parent_is_never_below_its_child()
    {
        var entity = await app.EntityAsync();
        var top = await app.Client.RegisterAsync(entity, "Top");
        var middle = await app.Client.RegisterAsync(entity, "Mid");
        var below = await app.Client.RegisterAsync(entity, "Low");
        (await app.Client.PutAsync($"/v1/customers/{middle}", Change("Mid", top))).ShouldBe(HttpStatusCode.OK);
        (await app.Client.PutAsync($"/v1/customers/{below}", Change("Low", middle))).ShouldBe(HttpStatusCode.OK);

        (await app.Client.PutAsync($"/v1/customers/{top}", Change("Top", below)))
            .ShouldBe(HttpStatusCode.UnprocessableEntity, "parent-below");
        (await app.Client.PutAsync($"/v1/customers/{top}", Change("Top", top)))
            .ShouldBe(HttpStatusCode.UnprocessableEntity, "parent-below");
        (await app.Client.PutAsync($"/v1/customers/{top}", Change("Top", Some.NewId())))
            .ShouldBe(HttpStatusCode.UnprocessableEntity, "unknown-parent");
        (await app.Client.ReadAsync($"/v1/customers?parentId={top}"))["items"].GetArrayLength().ShouldBe(1);
    }

    /// <summary>Each of the two is right alone, and both are checked before either is written.</summary>
    [Fact]
    public async Task Two_customers_that_become_each_others_parent_at_once_leave_no_ring()
    {
        var entity = await app.EntityAsync();
        var one = await app.Client.RegisterAsync(entity, "One");
        var two = await app.Client.RegisterAsync(entity, "Two");
        await using var connection = await app.Database.Source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.BatchCommands.Add(new TransactionLock("ordertocash:customer-parents").Take("all"));
        await batch.ExecuteNonQueryAsync();

        var both = Task.WhenAll(
            app.Client.PutAsync($"/v1/customers/{one}", Change("One", two)),
            app.Client.PutAsync($"/v1/customers/{two}", Change("Two", one)));
        await Eventually.Becomes(WaitingAsync, waiting => waiting >= 2, "both wait");
        await transaction.CommitAsync();

        var answers = await both;
        answers.Count(answer => answer.Status == HttpStatusCode.OK).ShouldBe(1);
        answers.Single(answer => answer.Status != HttpStatusCode.OK)
            .ShouldBe(HttpStatusCode.UnprocessableEntity, "parent-below");

        async Task<long> WaitingAsync()
        {
            await using var command = app.Database.Source.CreateCommand(
                "select count(*) from pg_locks where locktype = 'advisory' and not granted " +
                "and (classid::bigint << 32) | objid::bigint = $1");
            command.Parameters.AddWithValue(Ids.LockKey("ordertocash:customer-parents:all"));
            return (long)(await command.ExecuteScalarAsync())!;
        }
    }

    [Fact]
    public async Task A_suspended_customer_is_billed_and_the_invoice_says_so()
    {
        var customer = await app.Client.RegisterAsync(await app.EntityAsync());

        (await app.Client.PostAsync($"/v1/customers/{customer}/suspend", new { reason = "60 days past due" }))
            .ShouldBe(HttpStatusCode.OK)["status"].GetString().ShouldBe("suspended");
        (await app.Client.IssueAsync(customer))["customerStatus"].GetString().ShouldBe("suspended");
        (await app.Client.PostAsync($"/v1/customers/{customer}/reinstate", new { reason = "paid" }))
            .ShouldBe(HttpStatusCode.OK);
        (await app.Client.IssueAsync(customer))["customerStatus"].GetString().ShouldBe("active");
        (await app.Client.PostAsync($"/v1/customers/{customer}/terminate", new { reason = "" }))
            .ShouldBe(HttpStatusCode.UnprocessableEntity, "reason-required");
        var history = (await app.Client.ReadAsync($"/v1/customers/{customer}/history"))["items"].EnumerateArray();
        history.Select(item => item.GetProperty("type").GetString())
            .ShouldBe(["customer-registered", "customer-suspended", "customer-reinstated"]);
    }

    [Fact]
    public async Task B14_a_merge_leaves_documents_alone_and_bills_the_survivor()
    {
        var entity = await app.EntityAsync();
        var (duplicate, survivor) =
            (await app.Client.RegisterAsync(entity, "Globex Corp"), await app.Client.RegisterAsync(entity, "Globex"));
        var old = await app.Client.IssueAsync(duplicate, 30);
        await app.Client.IssueAsync(survivor, 70);
        var merge = new { survivorId = survivor, reason = "registered twice" };

        var merged = (await app.Client.PostAsync($"/v1/customers/{duplicate}/merge", merge))
            .ShouldBe(HttpStatusCode.OK);

        (merged["status"].GetString(), merged["mergedInto"].GetGuid()).ShouldBe(("merged", survivor));
        (await app.Client.ReadAsync($"/v1/invoices/{old.Id}")).Text.ShouldBe(old.Text);
        (await app.Client.IssueAsync(duplicate, 5))["customerId"].GetGuid().ShouldBe(survivor);
        var row = (await app.Client.ReadAsync($"/v1/reports/aging?legalEntity={entity}"))["rows"].EnumerateArray()
            .ShouldHaveSingleItem();
        (row.GetProperty("key").GetGuid(), row.GetProperty("total").GetString()).ShouldBe((survivor, "105.00"));
        foreach (var id in new[] { survivor, duplicate })
        {
            foreach (var basis in new[] { "due", "document" })
            {
                (await app.Client.ReadAsync($"/v1/reports/aging?customerId={id}&basis={basis}"))["rows"]
                    .EnumerateArray().Select(one => (one.GetProperty("key").GetGuid(),
                        one.GetProperty("total").GetString()))
                    .ShouldBe([(survivor, "105.00")]);
            }
        }

        (await app.Client.PostAsync($"/v1/customers/{survivor}/merge", new { survivorId = duplicate, reason = "x" }))
            .ShouldBe(HttpStatusCode.Conflict, "no-survivor");

        (await app.Client.PostAsync($"/v1/customers/{duplicate}/unmerge", new { reason = "two companies" }))
            .ShouldBe(HttpStatusCode.OK)["status"].GetString().ShouldBe("active");
        (await app.Client.IssueAsync(duplicate, 5))["customerId"].GetGuid().ShouldBe(duplicate);
        (await app.Client.ReadAsync($"/v1/reports/aging?legalEntity={entity}"))["rows"].GetArrayLength().ShouldBe(2);
        (await app.Client.ReadAsync($"/v1/reports/aging?customerId={duplicate}"))["rows"].EnumerateArray()
            .ShouldHaveSingleItem().GetProperty("total").GetString().ShouldBe("35.00");
    }

    [Fact]
    public async Task What_is_agreed_with_or_credited_to_a_duplicate_is_the_survivors()
    {
        var entity = await app.EntityAsync();
        var (duplicate, survivor) =
            (await app.Client.RegisterAsync(entity, "Globex Corp"), await app.Client.RegisterAsync(entity, "Globex"));
        var merge = new { survivorId = survivor, reason = "registered twice" };
        (await app.Client.PostAsync($"/v1/customers/{duplicate}/merge", merge)).ShouldBe(HttpStatusCode.OK);
        var (agreed, message) = (
            new CustomerTermsAgreed(duplicate, Some.NewId(), "NET 75", null, ""), Some.NewId());

        for (var time = 0; time < 2; time++)
            await app.Bus.PublishAsync(agreed, message, version: 7);
        await Eventually.Passes(async () =>
            (await app.Client.ReadAsync($"/v1/customers/{survivor}"))["terms"].GetString().ShouldBe("NET 75"));
        (await app.Client.IssueAsync(survivor))["terms"].GetString().ShouldBe("NET 75");
        object[] lines = [new { description = "x", quantity = "1", unitPrice = "40" }];
        (await app.Client.PostAsync("/v1/credit-memos", new { customerId = duplicate, reason = "goodwill", lines }))
            .ShouldBe(HttpStatusCode.Created)["customerId"].GetGuid().ShouldBe(survivor);

        // Terms of a merge need those who approve them; one that is done already needs nobody.
        object rule = new { kind = "terms", upTo = (string?)null, approvals = 1, role = "controller" };
        (await app.Client.PutAsync($"/v1/legal-entities/{entity}/approval-matrix", new { rules = new[] { rule } }))
            .ShouldBe(HttpStatusCode.OK);
        await app.Bus.PublishAsync(
            agreed with { CustomerId = survivor, Terms = "NET 80", BillingSchedule = "each quarter" }, version: 2,
            sequence: 9);
        await Eventually.Passes(async () =>
        {
            var shown = await app.Client.ReadAsync($"/v1/customers/{survivor}");
            (shown["terms"].GetString(), shown["agreedBilling"].GetString()).ShouldBe(("NET 80", "each quarter"));
            var listed = (await app.Client.ReadAsync($"/v1/customers?legalEntity={entity}"))["items"].EnumerateArray();
            listed.Single(item => item.GetProperty("id").GetGuid() == survivor).ToString()
                .ShouldBe(shown.Json.ToString());
        });
        (await app.Client.PostAsync($"/v1/customers/{duplicate}/merge", merge)).ShouldBe(HttpStatusCode.OK);

        // What was agreed with the duplicate before that comes late: it is the duplicate's own and nobody else's.
        await app.Bus.PublishAsync(agreed with { Terms = "NET 90" }, version: 8, sequence: 8);
        await Eventually.Passes(async () =>
            (await app.Client.ReadAsync($"/v1/customers/{duplicate}"))["terms"].GetString().ShouldBe("NET 90"));
        (await app.Client.ReadAsync($"/v1/customers/{survivor}"))["terms"].GetString().ShouldBe("NET 80");

        (await app.Client.PostAsync($"/v1/customers/{duplicate}/unmerge", new { reason = "two companies" }))
            .ShouldBe(HttpStatusCode.OK)["terms"].GetString().ShouldBe("NET 90");
        (await app.Client.PostAsync($"/v1/customers/{duplicate}/merge", merge))
            .ShouldBe(HttpStatusCode.Conflict, "approval-required");
    }

    /// <summary>INV-16: what is merged is one customer, whose credits settle what any part of it owes.</summary>
    [Fact]
    public async Task Credits_and_deposits_of_a_duplicate_settle_what_the_survivor_owes_and_stay_its_own()
    {
        var entity = await app.EntityAsync();
        var (duplicate, survivor) =
            (await app.Client.RegisterAsync(entity, "Globex Corp"), await app.Client.RegisterAsync(entity, "Globex"));
        object[] line = [new { description = "x", quantity = "1", unitPrice = "40" }];
        async Task<Guid> MemoAsync() => (await app.Client.PostAsync(
            "/v1/credit-memos", new { customerId = duplicate, reason = "goodwill", lines = line }))
            .ShouldBe(HttpStatusCode.Created).Id;
        var (memo, rest) = (await MemoAsync(), await MemoAsync());
        var deposit = (await app.Client.PostAsync("/v1/deposits", new { customerId = duplicate, lines = line })).Id;
        var paid = Some.NewId();
        await app.Bus.PublishAsync(Messages.Requested(paid, deposit, 40));
        await Eventually.BecomesTrue(() => app.Bus.Heard<PaymentApplied>(paid).Count == 1, "the deposit is paid");
        var invoice = await app.Client.IssueAsync(survivor, 200);
        var (apply, net) = ($"/v1/credit-memos/{memo}/applications", $"/v1/deposits/{deposit}/applications");
        (await app.Client.PostAsync(apply, new { invoiceId = invoice.Id }))
            .ShouldBe(HttpStatusCode.UnprocessableEntity, "other-customer");
        (await app.Client.PostAsync(net, new { invoiceId = invoice.Id }))
            .ShouldBe(HttpStatusCode.UnprocessableEntity, "other-customer");
        (await app.Client.PostAsync($"/v1/customers/{duplicate}/merge", new { survivorId = survivor, reason = "one" }))
            .ShouldBe(HttpStatusCode.OK);

        var applied = (await app.Client.PostAsync(apply, new { invoiceId = invoice.Id })).ShouldBe(HttpStatusCode.OK);
        (await app.Client.PostAsync(net, new { invoiceId = invoice.Id })).ShouldBe(HttpStatusCode.OK);
        (await app.Client.PostAsync($"/v1/customers/{survivor}/credit-memos/apply", new { }))
            .ShouldBe(HttpStatusCode.OK)["applied"].EnumerateArray().ShouldHaveSingleItem()
            .GetProperty("creditMemoId").GetGuid().ShouldBe(rest);

        (await app.Client.ReadAsync($"/v1/invoices/{invoice.Id}"))["balance"].GetProperty("amount").GetString()
            .ShouldBe("80.00");
        (await app.Client.ReadAsync($"/v1/reports/tie-out?legalEntity={entity}"))["ties"].GetBoolean().ShouldBeTrue();

        // Told apart again, each owes what its own documents say.
        (await app.Client.PostAsync($"/v1/customers/{duplicate}/unmerge", new { reason = "two" }))
            .ShouldBe(HttpStatusCode.OK);
        (await app.Client.ReadAsync($"/v1/reports/aging?legalEntity={entity}"))["rows"].EnumerateArray()
            .Select(row => (row.GetProperty("key").GetGuid(), row.GetProperty("total").GetString()))
            .ShouldBe([(survivor, "80.00")]);
        var application = applied["applications"][0].GetProperty("id").GetGuid();
        (await app.Client.PostAsync($"{apply}/{application}/reverse", new { reason = "theirs" }))
            .ShouldBe(HttpStatusCode.OK);
        (await app.Client.ReadAsync($"/v1/reports/aging?legalEntity={entity}"))["rows"].EnumerateArray()
            .Select(row => (row.GetProperty("key").GetGuid(), row.GetProperty("total").GetString()))
            .ShouldBe([(survivor, "120.00"), (duplicate, "-40.00")]);
    }

    private static object Change(string name, Guid? parentId = null) => new
    {
        name,
        country = "US",
        terms = "eom + 15",
        termsOrigin = "approved-request",
        segment = "enterprise",
        parentId,
        clauses = new { interestPercent = "9.5", maySuspend = true },
        statements = new { cycle = "quarterly" },
    };
}
