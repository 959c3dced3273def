using System.Text.Json;
using OrderToCash.CashApplication.Tests.Support;
using OrderToCash.Kernel;
using static OrderToCash.CashApplication.Tests.Support.Http;

namespace OrderToCash.CashApplication.Tests.Http;

/// <summary>CASH-12: one decision about many receipts, and why a person made it.</summary>
public sealed class Many_receipts_at_once(CashApp app) : IClassFixture<CashApp>, IAsyncLifetime
{
    public async ValueTask InitializeAsync() => await app.IntroducedAsync();

    /// <summary>
    /// Of many two are gone, one is nobody's and one is another company's: each is told by itself, and a repeat under
    /// the same key changes nothing.
    /// </summary>
    [Fact]
    public async Task are_identified_kept_on_account_and_given_to_somebody_each_by_itself()
    {
        var known = await RecordAsync(6, "6.01");
        var gone = known[1];
        await app.Client.PostAsync($"/v1/receipts/{gone}/reverse", new { reason = "error" }, 202);
        var missing = Ids.From("many", "missing");
        Guid[] items = [.. known, missing];

        var told = await DecideAsync(
            "customer", new { items, customerId = Invoicing.Globex, reason = "their mail of today" }, "c-1");
        told.ShouldBe([(200, null), (409, "receipt-reversed"), .. Enumerable.Repeat((200, (string?)null), 4),
            (404, "not-found")]);
        (await DecideAsync(
            "customer", new { items, customerId = Invoicing.Globex, reason = "their mail of today" }, "c-1"))
            .ShouldBe(told);
        (await CountAsync("receipt_identified", known)).ShouldBe(5);
        (await app.ScalarAsync<string>("select headers->>'reason' from mt_events " +
            $"where type = 'receipt_identified' and stream_id = '{known[0]}'")).ShouldBe("their mail of today");

        var kept = await DecideAsync("on-account", new { items, reason = "they order every month" }, "o-1");
        kept.Select(one => one.Status).ShouldBe([200, 409, 200, 200, 200, 200, 404]);
        (await DecideAsync("on-account", new { items }, "o-2"))[0].Code.ShouldBe("amount-not-positive");
        (await CountAsync("put_on_account", known)).ShouldBe(5);
        (await app.Client.ReadAsync($"/v1/receipts/{known[0]}")).Text("status").ShouldBe("on-account");

        (await DecideAsync("assign", new { items, owner = "cy" }, "a-1")).Select(one => one.Status)
            .ShouldBe([200, 200, 200, 200, 200, 200, 404]);
        (await CountAsync("receipt_assigned", known)).ShouldBe(6);
    }

    /// <summary>
    /// The process dies after two of three: the repeat does what is left, nothing twice, and leaves what a person has
    /// undone since.
    /// </summary>
    [Fact]
    public async Task of_a_request_that_broke_off_are_put_on_account_once()
    {
        var items = await RecordAsync(3, "7.01", "CUST-US01-000001");
        var path = "/v1/workbench/on-account";
        await BreakOffAtAsync(items[2]);
        await app.Client.PostAsync(path, new { items }, 500, "broke-1");
        (await CountAsync("put_on_account", items)).ShouldBe(2);

        await app.Client.PostAsync($"/v1/receipts/{items[1]}/on-account/release", new { reason = "not yet" }, 200);
        (await DecideAsync("on-account", new { items }, "broke-1")).ShouldAllBe(one => one.Status == 200);
        (await CountAsync("put_on_account", items)).ShouldBe(3);
        (await app.ScalarAsync<string>("select headers->>'reason' from mt_events where type = 'taken_off_account' " +
            $"and stream_id = '{items[1]}'")).ShouldBe("not yet");
        (await app.Client.ReadAsync($"/v1/receipts/{items[1]}")).Text("status").ShouldBe("unapplied");
    }

    [Fact]
    public async Task of_another_company_are_not_the_callers_to_decide_about()
    {
        var items = await RecordAsync(1, "8.01");
        using var outsider = app.ClientWith("cash:read cash:write", "CA01", "eve");
        (await outsider.PostAsync("/v1/workbench/assign", new { items, owner = "eve" }, 200)).Items("results")
            .ShouldHaveSingleItem().GetProperty("status").GetInt32().ShouldBe(403);
        (await outsider.PostAsync("/v1/workbench/customer", new { items, customerId = Invoicing.Globex }, 422))
            .ShouldHaveCode("unknown-customer");
        (await app.Client.PostAsync("/v1/workbench/assign", new { items = Array.Empty<Guid>(), owner = "bo" }, 422))
            .ShouldHaveCode("too-many");
        await app.Client.PostAsync("/v1/workbench/assign", new { items, reason = new string('x', 501) }, 400);
        (await CountAsync("receipt_assigned", items)).ShouldBe(0);
    }

    [Fact]
    public async Task say_why_where_a_person_decides_about_one()
    {
        var receipt = (await RecordAsync(1, "9.01"))[0];
        var path = $"/v1/receipts/{receipt}";
        await app.Client.PostAsync($"{path}/assign", new { owner = "bo", reason = "she knows them" }, 200);
        await app.Client.PostAsync(
            $"{path}/customer", new { customerId = Invoicing.Globex, reason = "told on the phone" }, 200);
        await app.Client.PostAsync($"{path}/on-account", new { reason = "an advance" }, 200);
        await app.Client.PostAsync($"{path}/on-account/release", new { reason = new string('x', 501) }, 400);
        (await app.Client.ReadAsync($"{path}/history")).Items()
            .Where(one => one.TryGetProperty("reason", out var reason) && reason.ValueKind == JsonValueKind.String)
            .Select(one => (one.Text("type"), one.Text("reason")))
            .ShouldBe([("receipt-assigned", "she knows them"), ("receipt-identified", "told on the phone"),
                ("receipt-set-aside", "told on the phone"), ("put-on-account", "an advance")]);
    }

    private async Task BreakOffAtAsync(Guid receipt)
    {
        await using var command = app.Database.CreateCommand($"""
            create sequence breaks;
            create function break_off() returns trigger language plpgsql as $$
            begin
                if new.type = 'put_on_account' and new.stream_id = '{receipt}' and nextval('breaks') = 1 then
                    raise exception 'broken off';
                end if;
                return new;
            end $$;
            create trigger break_off before insert on mt_events for each row execute function break_off();
            """);
        await command.ExecuteNonQueryAsync();
    }

    private async Task<Guid[]> RecordAsync(int count, string amount, string? reference = null)
    {
        var ids = new List<Guid>(count);
        for (var index = 0; index < count; index++)
            ids.Add((await app.Client.PostAsync("/v1/receipts", Receipt(amount, reference))).Id());
        return [.. ids];
    }

    private async Task<(int Status, string? Code)[]> DecideAsync(string what, object body, string key) =>
    [
        .. (await app.Client.PostAsync($"/v1/workbench/{what}", body, 200, key)).Items("results").Select(one => (
            one.GetProperty("status").GetInt32(),
            one.TryGetProperty("code", out var code) ? code.GetString() : null)),
    ];

    private Task<long> CountAsync(string type, Guid[] receipts) => app.ScalarAsync<long>(
        $"select count(*) from mt_events where type = '{type}' " +
        $"and stream_id = any('{{{string.Join(',', receipts)}}}'::uuid[])");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
