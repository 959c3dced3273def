using System.Text.Json;
using OrderToCash.CashApplication.Tests.Support;
using OrderToCash.TestKit;
using static OrderToCash.CashApplication.Tests.Support.Http;

namespace OrderToCash.CashApplication.Tests.Http;

/// <summary>The workbench, worked by API alone: every action is one call, and its undoing another.</summary>
public sealed partial class The_workbench(CashApp app) : IClassFixture<CashApp>, IAsyncLifetime
{
    private static int _number = 500_000;

    public async ValueTask InitializeAsync() => await app.IntroducedAsync();

    [Fact]
    public async Task says_why_money_waits_and_what_it_may_be_for()
    {
        var invoice = await IssueAsync(412.34m);
        var receipt = await app.Client.PostAsync("/v1/receipts", Receipt("412.34", "no number"));
        receipt.GetProperty("waiting").Text("reason").ShouldBe("suggested");
        var item = await ItemAsync(receipt.Id(), "suggest=true&reason=suggested");
        item.Amount("waiting").ShouldBe(412.34m);
        item.Text("dueOn").ShouldNotBeEmpty();
        var suggestion = item.Items("suggestions").ShouldHaveSingleItem();
        suggestion.Items("allocations").ShouldHaveSingleItem().Id("invoiceId").ShouldBe(invoice.Id);
        suggestion.Items("reasons").ShouldNotBeEmpty();
        var queues = await app.Client.ReadAsync("/v1/workbench/queues?legalEntity=US01");
        queues.Items("queues").ShouldContain(queue => queue.Text("reason") == "suggested");
        (await app.Client.ReadAsync("/v1/workbench?reason=mood", 400)).ShouldHaveCode("bad-reason");
    }

    [Fact]
    public async Task accepts_a_suggestion_as_it_was_shown_and_no_other()
    {
        var invoice = await IssueAsync(55.01m);
        var receipt = await app.Client.PostAsync("/v1/receipts", Receipt("55.01", "no number"));
        var path = $"/v1/receipts/{receipt.Id()}";
        var key = receipt.Items("suggestions").Single().Text("key");
        (await app.Client.PostAsync($"{path}/accept", new { suggestion = "0000" }, 409))
            .ShouldHaveCode("suggestion-changed");
        var accepted = await app.Client.PostAsync($"{path}/accept", new { suggestion = key }, 202);
        var allocation = accepted.Items("allocations").Single();
        allocation.GetProperty("isAutomatic").GetBoolean().ShouldBeFalse();
        allocation.Items("reasons").Last().GetString().ShouldBe("Accepted by ana.");
        accepted.Id("customerId").ShouldBe(Invoicing.Globex);
        await AnswerAsync(receipt.Id(), allocation.Id(), invoice.Id, 55.01m);
        await EventuallyAsync(receipt.Id(), now => now.Text("status") == "applied");
        await app.Client.PostAsync($"{path}/accept", new { }, 400);
        (await app.Client.PostAsync($"{path}/accept", new { suggestion = key }, 409)).ShouldHaveCode("nothing-free");
    }

    /// <summary>D-14: the key of the request reaches each of the writes it comes to.</summary>
    [Fact]
    public async Task d14_accepts_many_each_by_itself_and_under_one_key_once()
    {
        var receipts = new List<(Guid Id, string Suggestion)>();
        for (var index = 0; index < 3; index++)
        {
            await IssueAsync(71.10m + index);
            var id = (await app.Client.PostAsync("/v1/receipts", Receipt($"{71.10m + index}"))).Id();
            receipts.Add((id, (await app.Client.ReadAsync($"/v1/receipts/{id}")).Items("suggestions")[0].Text("key")));
        }

        await app.Client.PostAsync("/v1/workbench/accept",
            new { items = new[] { new { receiptId = receipts[0].Id } } }, 400);
        var body = new
        {
            items = receipts.Append((Guid.Empty, "none"))
                .Select(one => new { receiptId = one.Item1, suggestion = one.Item2 }),
        };
        (await app.Client.SendAsync(HttpMethod.Post, "/v1/workbench/accept", body, 400, ifMatch: "\"1\""))
            .ShouldHaveCode("if-match-unsupported");
        var results = (await app.Client.PostAsync("/v1/workbench/accept", body, 200, key: "many")).Items("results");
        results.Select(result => result.GetProperty("status").GetInt32()).ShouldBe([202, 202, 202, 404]);
        results[3].Text("code").ShouldBe("not-found");
        var again = await app.Client.PostAsync("/v1/workbench/accept", body, 200, key: "many");
        again.Items("results").Select(result => result.GetProperty("status").GetInt32())
            .ShouldBe([202, 202, 202, 404]);
        foreach (var (id, _) in receipts)
        {
            (await app.Client.ReadAsync($"/v1/receipts/{id}")).Items("allocations").ShouldHaveSingleItem()
                .Text("status").ShouldBe("pending");
        }
    }

    /// <summary>I-08: of two who accept at the same moment one is told that it is too late.</summary>
    [Fact]
    public async Task applies_one_of_two_suggestions_accepted_at_once()
    {
        await IssueAsync(83.21m);
        await IssueAsync(83.21m);
        var first = (await app.Client.PostAsync("/v1/receipts", Receipt("83.21", "some"))).Id();
        var keys = await KeysAsync(first);
        keys.Length.ShouldBe(2);
        (await AcceptAsync([(first, keys[0]), (first, keys[1])])).Count(status => status == 202).ShouldBe(1);
        (await app.Client.ReadAsync($"/v1/receipts/{first}")).Amount("pending").ShouldBe(83.21m);

        // Two receipts, and one item that is left.
        var others = new List<Guid>();
        for (var index = 0; index < 2; index++)
            others.Add((await app.Client.PostAsync("/v1/receipts", Receipt("83.21", "some"))).Id());
        var key = (await KeysAsync(others[0])).ShouldHaveSingleItem();
        (await AcceptAsync([(others[0], key), (others[1], key)])).Order().ShouldBe([202, 409]);
        (await app.ScalarAsync<decimal>("select sum(settled) from allocations where settled = 83.21"))
            .ShouldBe(166.42m);

        async Task<string[]> KeysAsync(Guid id) =>
            [.. (await app.Client.ReadAsync($"/v1/receipts/{id}")).Items("suggestions").Select(one => one.Text("key"))];

        async Task<int[]> AcceptAsync((Guid Id, string Key)[] accepted) =>
            await Task.WhenAll(accepted.Select(async one =>
            {
                using var answer = await System.Net.Http.Json.HttpClientJsonExtensions.PostAsJsonAsync(
                    app.Client, $"/v1/receipts/{one.Id}/accept", new { suggestion = one.Key });
                return (int)answer.StatusCode;
            }));
    }

    [Fact]
    public async Task splits_a_receipt_with_discount_difference_and_deduction()
    {
        await app.Client.PutAsync("/v1/cash-policies/US01", new
        {
            autoApplyThreshold = "0.90",
            tolerance = new { amounts = new[] { Usd("5.00") }, percent = "5" },
        });
        var (first, second) = (await IssueAsync(100m), await IssueAsync(200m));
        var receipt = await app.Client.PostAsync("/v1/receipts", Receipt("279.50", "for some of ours"));
        var path = $"/v1/receipts/{receipt.Id()}/allocations";
        (await AskAsync("99.00", "6.00")).ShouldHaveCode("exceeds-tolerance");
        (await AskAsync("50.00", "0.50")).ShouldHaveCode("difference-leaves-open");
        var asked = await app.Client.PostAsync(path, new
        {
            allocations = new object[]
            {
                new { invoiceId = first.Id, amount = Usd("99.50"), difference = Usd("0.50") },
                new
                {
                    invoiceId = second.Id, amount = Usd("180.00"),
                    deduction = new { amount = Usd("20.00"), customerReason = "two boxes damaged" },
                },
            },
        }, 202);
        asked.Amount("pending").ShouldBe(279.50m);
        var allocations = asked.Items("allocations");
        allocations[0].Amount("difference").ShouldBe(0.50m);
        allocations[1].GetProperty("deduction").Text("reasonCode").ShouldBe("quality");
        (await app.ScalarAsync<decimal>(
            $"select settled from allocations where allocation_id = '{allocations[0].Id()}'")).ShouldBe(100m);

        Task<JsonElement> AskAsync(string amount, string difference) => app.Client.PostAsync(path, new
        {
            allocations = new[]
            {
                new { invoiceId = first.Id, amount = Usd(amount), difference = Usd(difference) },
            },
        }, 422);
    }

    [Fact]
    public async Task moves_applied_money_in_one_call()
    {
        var (wrong, right) = (await IssueAsync(310m), await IssueAsync(311m));
        var receipt = await app.Client.PostAsync("/v1/receipts", Receipt("310.00", wrong.Number));
        var allocation = receipt.Items("allocations").Single().Id();
        var path = $"/v1/receipts/{receipt.Id()}/allocations/{allocation}/move";
        (await app.Client.PostAsync(path, new { invoiceId = right.Id, reason = "typed wrong" }, 409))
            .ShouldHaveCode("allocation-pending");
        await AnswerAsync(receipt.Id(), allocation, wrong.Id, 310m);
        await EventuallyAsync(receipt.Id(), now => now.Text("status") == "applied");
        await app.Client.PostAsync(path, new { invoiceId = right.Id, reason = "typed wrong" }, 202);
        await app.Invoicing.PublishAsync(app.Invoicing.Reverse(receipt.Id(), allocation, wrong.Id, 310m), 3);
        var moved = await EventuallyAsync(receipt.Id(), now => now.Items("allocations").Length == 2);
        moved.Items("allocations")[1].Id("invoiceId").ShouldBe(right.Id);
        moved.Items("allocations")[1].Text("status").ShouldBe("pending");
        await AnswerAsync(receipt.Id(), moved.Items("allocations")[1].Id(), right.Id, 310m);
        await EventuallyAsync(receipt.Id(), now => now.Text("status") == "applied");
    }

    [Fact]
    public async Task keeps_money_on_account_gives_it_to_another_and_undoes_both()
    {
        var receipt = await app.Client.PostAsync("/v1/receipts", Receipt("640.00", "CUST-US01-000001"));
        var path = $"/v1/receipts/{receipt.Id()}";
        var kept = await app.Client.PostAsync($"{path}/on-account", new { amount = Usd("140.00") }, 200);
        (kept.Amount("onAccount"), kept.Amount("unapplied")).ShouldBe((140m, 640m));
        (await app.Client.PostAsync($"{path}/on-account", new { amount = Usd("500.01") }, 422))
            .ShouldHaveCode("exceeds-unapplied");
        var handed = await app.Client.PostAsync($"{path}/transfer",
            new { customerId = Invoicing.Initech, amount = Usd("200.00"), reason = "is theirs" }, 200);
        handed.Items("shares").ShouldHaveSingleItem().Id("customerId").ShouldBe(Invoicing.Initech);
        handed.Amount("unapplied").ShouldBe(640m);
        var back = await app.Client.PostAsync($"{path}/undo", new { reason = "was ours" }, 202);
        back.Items("shares").ShouldBeEmpty();
        back = await app.Client.PostAsync($"{path}/undo", new { reason = "was ours" }, 202);
        back.Amount("onAccount").ShouldBe(0m);
        (await app.Client.PostAsync($"{path}/transfer", new { customerId = Guid.Empty, reason = "x" }, 422))
            .ShouldHaveCode("unknown-customer");
        back = await app.Client.PostAsync($"{path}/undo", new { reason = "not theirs at all" }, 202);
        (back.Text("status"), back.GetProperty("customerId").ValueKind)
            .ShouldBe(("unidentified", JsonValueKind.Null));
        (await app.Client.PostAsync($"{path}/undo", new { reason = "again" }, 409)).ShouldHaveCode("nothing-to-undo");
    }

    [Fact]
    public async Task takes_back_what_matching_did_even_before_invoicing_has_answered()
    {
        var invoice = await IssueAsync(87m);
        var receipt = await app.Client.PostAsync("/v1/receipts", Receipt("87.00", invoice.Number));
        var allocation = receipt.Items("allocations").Single().Id();
        await app.Client.PostAsync($"/v1/receipts/{receipt.Id()}/undo", new { reason = "wrong" }, 202);
        await AnswerAsync(receipt.Id(), allocation, invoice.Id, 87m);
        await EventuallyAsync(receipt.Id(), now =>
            now.Items("allocations").Single().Text("status") == "reversal-pending");
        await app.Invoicing.PublishAsync(app.Invoicing.Reverse(receipt.Id(), allocation, invoice.Id, 87m), 3);
        var free = await EventuallyAsync(receipt.Id(), now => now.Amount("unapplied") == 87m);
        free.GetProperty("waiting").Text("reason").ShouldBe("taken-back");
        (await app.ScalarAsync<bool>($"select corrected from allocations where allocation_id = '{allocation}'"))
            .ShouldBeTrue();
    }

    [Fact]
    public async Task a_correction_teaches_whose_account_it_is()
    {
        const string account = "FR7630006000011234567890189";
        var receipt = await app.Client.PostAsync("/v1/receipts", Receipt("19.01", "CUST-US01-000001", account));
        receipt.Id("customerId").ShouldBe(Invoicing.Globex);
        await app.Client.PostAsync($"/v1/receipts/{receipt.Id()}/transfer",
            new { customerId = Invoicing.Initech, reason = "is theirs" }, 200);
        var next = await app.Client.PostAsync("/v1/receipts", Receipt("19.02", "thanks", account));
        next.Id("customerId").ShouldBe(Invoicing.Initech);
    }

    [Fact]
    public async Task has_owners_and_lists_what_is_theirs()
    {
        var receipt = await app.Client.PostAsync("/v1/receipts", Receipt("23.45", "nobody knows"));
        await app.Client.PostAsync($"/v1/receipts/{receipt.Id()}/assign", new { owner = "bo" }, 200);
        var mine = (await app.Client.ReadAsync("/v1/workbench?owner=bo")).Items();
        mine.ShouldHaveSingleItem().Id().ShouldBe(receipt.Id());
        (await app.Client.ReadAsync("/v1/workbench?owner=bo&overdue=true")).Items().ShouldBeEmpty();
        await app.Client.PostAsync($"/v1/receipts/{receipt.Id()}/assign", new { owner = (string?)null }, 200);
        (await app.Client.ReadAsync("/v1/workbench?owner=bo")).Items().ShouldBeEmpty();
    }

    /// <summary>CASH-23: what nobody has looked at in time is overdue, also where it waits anew.</summary>
    [Fact]
    public async Task says_what_is_overdue()
    {
        var receipt = (await app.Client.PostAsync("/v1/receipts", Receipt("24.45", "nobody knows"))).Id();
        await app.Client.PostAsync($"/v1/receipts/{receipt}/assign", new { owner = "late" }, 200);
        await app.Client.PostAsync($"/v1/receipts/{receipt}/customer", new { customerId = Invoicing.Initech }, 200);
        await app.Client.PostAsync($"/v1/receipts/{receipt}/undo", new { reason = "not theirs" }, 202);
        (await app.Client.ReadAsync("/v1/workbench?owner=late&overdue=true")).Items().ShouldBeEmpty();
        await using (var days = app.Database.CreateCommand(
            $"update receipts set aside_due = aside_due - 30 where id = '{receipt}'"))
        {
            await days.ExecuteNonQueryAsync();
        }

        var row = (await app.Client.ReadAsync("/v1/workbench?owner=late&overdue=true")).Items().ShouldHaveSingleItem();
        (row.Id(), row.Text("reason"), row.GetProperty("isOverdue").GetBoolean())
            .ShouldBe((receipt, "unidentified", true));
        (await app.Client.ReadAsync("/v1/workbench?owner=late&overdue=false")).Items().ShouldBeEmpty();
        (await app.Client.ReadAsync("/v1/workbench/queues?legalEntity=US01")).Items("queues")
            .Single(queue => queue.Text("reason") == "unidentified").GetProperty("overdue").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task matches_again_when_the_invoice_has_come()
    {
        var number = $"INV-US01-2026-{Interlocked.Increment(ref _number):000000}";
        var receipt = await app.Client.PostAsync("/v1/receipts", Receipt("66.60", number));
        receipt.Items("allocations").ShouldBeEmpty();
        await app.Invoicing.InvoiceAsync(number, 66.60m);
        var matched = await app.Client.PostAsync($"/v1/receipts/{receipt.Id()}/match", null, 202);
        matched.Items("allocations").ShouldHaveSingleItem().GetProperty("isAutomatic").GetBoolean().ShouldBeTrue();
        matched.Id("customerId").ShouldBe(Invoicing.Globex);
    }

    /// <summary>Undoing all that is applied, and freeing what is on account, in one call each.</summary>
    [Fact]
    public async Task takes_all_of_a_receipt_back_and_off_the_account()
    {
        var (first, second) = (await IssueAsync(141m), await IssueAsync(142m));
        var receipt = (await app.Client.PostAsync("/v1/receipts", Receipt("300.00", "CUST-US01-000001"))).Id();
        var path = $"/v1/receipts/{receipt}";
        var asked = await app.Client.PostAsync($"{path}/allocations", new
        {
            allocations = new[]
            {
                new { invoiceId = first.Id, amount = Usd("141.00") },
                new { invoiceId = second.Id, amount = Usd("142.00") },
            },
        }, 202);
        var (one, other) = (asked.Items("allocations")[0].Id(), asked.Items("allocations")[1].Id());
        await app.Client.PostAsync($"{path}/on-account", new { amount = Usd("17.00") }, 200);
        await AnswerAsync(receipt, one, first.Id, 141m);
        await EventuallyAsync(receipt, now => now.Amount("applied") == 141m);

        var back = await app.Client.PostAsync($"{path}/unapply", new { reason = "another customer's" }, 202);
        back.Items("allocations").Select(item => item.Text("status")).ShouldBe(["reversal-pending", "pending"]);
        await AnswerAsync(receipt, other, second.Id, 142m);
        await EventuallyAsync(receipt, now => now.Items("allocations")[1].Text("status") == "reversal-pending");
        await app.Invoicing.PublishAsync(app.Invoicing.Reverse(receipt, one, first.Id, 141m), 3);
        await app.Invoicing.PublishAsync(app.Invoicing.Reverse(receipt, other, second.Id, 142m), 3);
        await EventuallyAsync(receipt, now => now.Amount("unapplied") == 300m);

        var partly = await app.Client.PostAsync($"{path}/on-account/release", new { amount = Usd("7.00") }, 200);
        (partly.Amount("onAccount"), partly.Amount("unapplied")).ShouldBe((10m, 300m));
        (await app.Client.PostAsync($"{path}/on-account/release", new { amount = Usd("10.01") }, 422))
            .ShouldHaveCode("exceeds-unapplied");
        var freed = await app.Client.PostAsync($"{path}/on-account/release", new { }, 200);
        freed.Amount("onAccount").ShouldBe(0m);
        freed.GetProperty("waiting").Text("dueOn").ShouldNotBeEmpty();
    }

    [Fact]
    public async Task asks_for_rights()
    {
        var receipt = await app.Client.PostAsync("/v1/receipts", Receipt("9.91", "CUST-US01-000001"));
        var path = $"/v1/receipts/{receipt.Id()}";
        using var reader = app.ClientWith("cash:read");
        using var canadian = app.ClientWith("cash:read cash:write", "CA01");
        foreach (var (action, body) in new (string, object)[]
        {
            ("accept", new { suggestion = "x" }), ("match", new { }), ("unapply", new { reason = "x" }),
            ("undo", new { reason = "x" }),
            ("on-account", new { }), ("on-account/release", new { }), ("assign", new { owner = "x" }),
            ("transfer", new { customerId = Invoicing.Initech, reason = "x" }),
        })
        {
            (await reader.PostAsync($"{path}/{action}", body, 403)).ShouldHaveCode("scope-missing");
            (await canadian.PostAsync($"{path}/{action}", body, 403)).ShouldHaveCode("entity-not-allowed");
        }

        (await canadian.ReadAsync("/v1/workbench")).Items().ShouldBeEmpty();
        (await canadian.ReadAsync("/v1/workbench/queues")).Items("queues").ShouldBeEmpty();
        (await canadian.PostAsync("/v1/workbench/accept",
            new { items = new[] { new { receiptId = receipt.Id(), suggestion = "x" } } }, 200)).Items("results")
            .ShouldHaveSingleItem().Text("code").ShouldBe("entity-not-allowed");
    }

    /// <summary>I-19: who applies money does not also say how much of it may be given up.</summary>
    [Fact]
    public async Task follows_policies_that_others_define()
    {
        using var clerk = app.ClientWith("cash:read cash:write");
        using var canadian = app.ClientWith("cash:read cash:write admin", "CA01");
        var policy = new { autoApplyThreshold = "0.9" };
        var rules = new { code = "GIVE-UP", name = "Gives up", rules = new[] { "exact-item" } };
        foreach (var (path, body) in new (string, object)[]
        {
            ("/v1/cash-policies/CA01", policy), ("/v1/cash-policies/CA01/rule-sets/GIVE-UP", rules),
        })
        {
            (await clerk.SendAsync(HttpMethod.Put, path, body, 403)).ShouldHaveCode("scope-missing");
            await canadian.SendAsync(HttpMethod.Put, path, body, 200);
            var american = path.Replace("CA01", "US01", StringComparison.Ordinal);
            (await canadian.SendAsync(HttpMethod.Put, american, body, 403)).ShouldHaveCode("entity-not-allowed");
        }

        (await canadian.ReadAsync("/v1/cash-policies/US01", 403)).ShouldHaveCode("entity-not-allowed");
        (await canadian.ReadAsync("/v1/cash-policies/US01/history", 403)).ShouldHaveCode("entity-not-allowed");
        (await canadian.ReadAsync("/v1/cash-policies/CA01/history")).Items().Length.ShouldBe(2);
        (await canadian.ReadAsync($"/v1/cash-profiles/{Invoicing.Globex}", 403)).ShouldHaveCode("entity-not-allowed");
        (await canadian.SendAsync(HttpMethod.Put, $"/v1/cash-profiles/{Invoicing.Globex}", new { hold = "x" }, 403))
            .ShouldHaveCode("entity-not-allowed");
    }

    private async Task<(Guid Id, string Number)> IssueAsync(decimal amount)
    {
        var number = $"INV-US01-2026-{Interlocked.Increment(ref _number):000000}";
        return (await app.Invoicing.InvoiceAsync(number, amount), number);
    }

    private Task AnswerAsync(Guid receipt, Guid allocation, Guid invoice, decimal amount) =>
        app.Invoicing.PublishAsync(app.Invoicing.Answer(receipt, allocation, invoice, amount), 2);

    private async Task<JsonElement> ItemAsync(Guid id, string query) =>
        (await app.Client.ReadAsync($"/v1/workbench?{query}&limit=500")).Items().Single(item => item.Id() == id);

    private Task<JsonElement> EventuallyAsync(Guid id, Func<JsonElement, bool> wished) => Eventually.Becomes(
        () => app.Client.ReadAsync($"/v1/receipts/{id}"), wished, "the receipt has moved on");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
