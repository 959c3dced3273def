using System.Text.Json;
using OrderToCash.CashApplication.Tests.Support;
using OrderToCash.Kernel;
using OrderToCash.TestKit;
using static OrderToCash.CashApplication.Tests.Support.Http;

namespace OrderToCash.CashApplication.Tests.Http;

/// <summary>What a person corrects about whose money it is, and what becomes of each one's part of it.</summary>
public sealed class Corrections(CashApp app) : IClassFixture<CashApp>, IAsyncLifetime
{
    private static int _number = 510_000;

    public async ValueTask InitializeAsync() => await app.IntroducedAsync();

    /// <summary>
    /// What was applied wrongly and taken back teaches nothing: the payer's next payment is no longer its customer's.
    /// </summary>
    [Fact]
    public async Task an_undone_application_unteaches_whose_account_it_is()
    {
        const string account = "FR1420041010050500013M02606";
        var wrong = await IssueAsync(391.17m);
        await IssueAsync(392.18m);
        var receipt = await app.Client.PostAsync("/v1/receipts", Receipt("391.17", wrong.Number, account));
        var allocation = receipt.Items("allocations").Single().Id();
        await AnswerAsync(receipt.Id(), allocation, wrong.Id, 391.17m);
        await EventuallyAsync(receipt.Id(), now => now.Text("status") == "applied");
        await KnowsAsync(account, 1);
        await app.Client.PostAsync($"/v1/receipts/{receipt.Id()}/undo", new { reason = "a slip of the payer" }, 202);
        await app.Invoicing.PublishAsync(app.Invoicing.Reverse(receipt.Id(), allocation, wrong.Id, 391.17m), 3);
        await EventuallyAsync(receipt.Id(), now => now.Amount("unapplied") == 391.17m);
        await KnowsAsync(account, 0);

        var other = await app.Client.PostAsync("/v1/receipts", Receipt("392.18", "thanks", account));
        other.GetProperty("customerId").ValueKind.ShouldBe(JsonValueKind.Null);
        other.Items("allocations").ShouldBeEmpty();

        // Whose money it was is undone as well, and the same may be said again.
        var unknown = await app.Client.PostAsync(
            $"/v1/receipts/{receipt.Id()}/undo", new { reason = "nor theirs" }, 202);
        unknown.Text("status").ShouldBe("unidentified");
        await app.Client.PostAsync(
            $"/v1/receipts/{receipt.Id()}/customer", new { customerId = Invoicing.Globex }, 200);
        await app.Client.PostAsync($"/v1/receipts/{receipt.Id()}/undo", new { reason = "no" }, 202);
        (await app.ScalarAsync<long>(
            "select count(distinct data->'Entry'->>'EntryId') from mt_events " +
            $"where stream_id = '{receipt.Id()}' and data ? 'Entry'")).ShouldBe(4);

        async Task KnowsAsync(string payer, long customers) => await Eventually.BecomesTrue(
            async () => await app.ScalarAsync<long>(
                $"select count(*) from payer_memory where key = '{payer}' and not forgotten") == customers,
            $"{customers} customers are known by the account");
    }

    /// <summary>What another customer has of a receipt is worked down like the receipt's own money.</summary>
    [Fact]
    public async Task keeps_moves_on_gives_up_and_pays_back_what_is_anothers_share()
    {
        var third = Ids.From("test-customer", "umbrella");
        await app.Invoicing.PublishAsync(new Contracts.Invoicing.V1.CustomerRegistered(
            third, "CUST-US01-000777", "US01", "Umbrella", null, "USD", "US", "en", null, "NET 30", null, []), 1);
        await Eventually.BecomesTrue(
            async () => await app.ScalarAsync<long>($"select count(*) from customers where id = '{third}'") == 1,
            "the third customer is known");
        var known = await app.Client.PostAsync("/v1/receipts", Receipt("1.01", "hello", "DE89370400440532013000"));
        await app.Client.PostAsync(
            $"/v1/receipts/{known.Id()}/customer", new { customerId = Invoicing.Globex }, 200);
        var receipt = await app.Client.PostAsync(
            "/v1/receipts", Receipt("910.00", "CUST-US01-000001", "DE89370400440532013000", name: "Globex"));
        var path = $"/v1/receipts/{receipt.Id()}";
        await app.Client.PostAsync($"{path}/transfer",
            new { customerId = Invoicing.Initech, amount = Usd("300.00"), reason = "is theirs" }, 200);
        var stands = await app.Client.ReadAsync($"/v1/customers/{Invoicing.Initech}/reconciliation");
        stands.Items("currencies").ShouldHaveSingleItem().Amount("unapplied").ShouldBe(300m);

        // A part of it is Initech's: whose account paid it is no other's, and its next payment is not Initech's.
        (await OwnersAsync("DE89370400440532013000")).ShouldBe([Invoicing.Globex]);
        await app.Invoicing.InvoiceAsync("INV-US01-2026-519001", 511.11m, Invoicing.Initech);
        var next = await app.Client.PostAsync(
            "/v1/receipts", Receipt("511.11", "thanks", "DE89370400440532013000"));
        next.Items("allocations").ShouldBeEmpty();
        (next.Id("customerId"), next.Text("identifiedBy")).ShouldBe((Invoicing.Globex, "payer-account"));

        (await app.Client.PostAsync($"{path}/on-account", new { customerId = third }, 422)).ShouldHaveCode("no-share");
        (await app.Client.PostAsync(
            $"{path}/on-account", new { customerId = Invoicing.Initech, amount = Usd("300.01") }, 422))
            .ShouldHaveCode("exceeds-unapplied");
        var kept = await app.Client.PostAsync(
            $"{path}/on-account", new { customerId = Invoicing.Initech, amount = Usd("100.00") }, 200);
        (kept.Amount("onAccount"), kept.Items("shares").Single().Amount("onAccount")).ShouldBe((100m, 100m));
        (await app.Client.PostAsync($"{path}/transfer", new
        {
            customerId = third,
            fromCustomerId = Invoicing.Initech,
            amount = Usd("200.01"),
            reason = "no",
        }, 422)).ShouldHaveCode("exceeds-unapplied");
        var moved = await app.Client.PostAsync($"{path}/transfer", new
        {
            customerId = third,
            fromCustomerId = Invoicing.Initech,
            amount = Usd("150.00"),
            reason = "is the third's",
        }, 200);
        moved.Items("shares").Select(share => share.Amount("unapplied")).Order().ShouldBe([150m, 150m]);
        var back = await app.Client.PostAsync($"{path}/undo", new { reason = "it was not" }, 202);
        back.Items("shares").ShouldHaveSingleItem().Amount("unapplied").ShouldBe(300m);
        var refund = await app.Client.PostAsync("/v1/refunds", new
        {
            receiptId = receipt.Id(),
            customerId = Invoicing.Initech,
            amount = Usd("200.00"),
            reason = "paid twice",
        });
        refund.Id("customerId").ShouldBe(Invoicing.Initech);
        var waiting = await app.Client.ReadAsync(path);
        (waiting.Amount("pending"), waiting.Items("shares").Single().Amount("unapplied")).ShouldBe((200m, 100m));
        await app.Client.PostAsync($"/v1/refunds/{refund.Id()}/cancel", new { reason = "not theirs" }, 200);
        (await app.Client.ReadAsync(path)).Items("shares").Single().Amount("unapplied").ShouldBe(300m);
        await app.Client.PostAsync($"{path}/on-account/release", new { customerId = Invoicing.Initech }, 200);
        await app.Client.PostAsync($"{path}/on-account", new { customerId = Invoicing.Initech }, 200);
        var all = await app.Client.PostAsync($"{path}/on-account", new { }, 200);
        (all.Text("status"), all.Amount("onAccount")).ShouldBe(("on-account", 910m));
        (await app.Client.ReadAsync("/v1/reports/cash-tie-out")).GetProperty("ties").GetBoolean().ShouldBeTrue();
    }

    /// <summary>The whole of it is another's: that teaches whose account it is, and its undoing teaches it back.
    /// </summary>
    [Fact]
    public async Task a_whole_receipt_that_is_anothers_teaches_whose_account_paid_it()
    {
        const string account = "GB29NWBK60161331926819";
        var receipt = await app.Client.PostAsync("/v1/receipts", Receipt("77.70", "CUST-US01-000001", account));
        var path = $"/v1/receipts/{receipt.Id()}";
        await app.Client.PostAsync($"{path}/transfer",
            new { customerId = Invoicing.Initech, reason = "is theirs" }, 200);
        (await OwnersAsync(account)).ShouldBe([Invoicing.Initech]);
        await app.Client.PostAsync($"{path}/undo", new { reason = "it was not" }, 202);
        (await OwnersAsync(account)).ShouldBe([Invoicing.Globex]);
    }

    private async Task<List<Guid>> OwnersAsync(string account)
    {
        await using var command = app.Database.CreateCommand(
            $"select customer_id from payer_memory where trait = 'account' and key = '{account}' and not forgotten");
        await using var reader = await command.ExecuteReaderAsync();
        var owners = new List<Guid>();
        while (await reader.ReadAsync())
            owners.Add(reader.GetGuid(0));
        return owners;
    }

    private async Task<(Guid Id, string Number)> IssueAsync(decimal amount)
    {
        var number = $"INV-US01-2026-{Interlocked.Increment(ref _number):000000}";
        return (await app.Invoicing.InvoiceAsync(number, amount), number);
    }

    private Task AnswerAsync(Guid receipt, Guid allocation, Guid invoice, decimal amount) =>
        app.Invoicing.PublishAsync(app.Invoicing.Answer(receipt, allocation, invoice, amount), 2);

    private Task<JsonElement> EventuallyAsync(Guid id, Func<JsonElement, bool> wished) => Eventually.Becomes(
        () => app.Client.ReadAsync($"/v1/receipts/{id}"), wished, "the receipt has moved on");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
