using System.Text.Json;
using OrderToCash.CashApplication.Remittances;
using OrderToCash.CashApplication.Tests.Support;
using OrderToCash.Contracts;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.Kernel;
using OrderToCash.TestKit;
using static OrderToCash.CashApplication.Tests.Support.Http;

namespace OrderToCash.CashApplication.Tests.Http;

/// <summary>An advice is followed by one receipt at a time, and let go of where that was wrong or came back.</summary>
public sealed class Advices_that_are_let_go_of(CashApp app) : IClassFixture<CashApp>, IAsyncLifetime
{
    public async ValueTask InitializeAsync() => await app.IntroducedAsync();

    /// <summary>The check bounces, and the payer pays again by the same advice.</summary>
    [Fact]
    public async Task wait_again_where_their_payment_bounced()
    {
        var invoice = await app.Invoicing.InvoiceAsync("INV-US01-2026-770001", 500m);
        var advice = (await AdviseAsync("CHK-770001", "500.00", "INV-US01-2026-770001")).Id();
        var bounced = await app.Client.PostAsync("/v1/receipts", Receipt("500.00", "CHK-770001"));
        var allocation = bounced.Items("allocations").ShouldHaveSingleItem().Id();
        await app.Invoicing.PublishAsync(app.Invoicing.Answer(bounced.Id(), allocation, invoice, 500m), 2);
        await EventuallyAsync(bounced.Id(), now => now.Text("status") == "applied");
        await app.Client.PostAsync($"/v1/receipts/{bounced.Id()}/reverse", new { reason = "nsf", code = "R01" }, 202);
        var free = await AdviceAsync(advice);
        (free.Text("status"), free.GetProperty("receiptId").ValueKind).ShouldBe(("waiting", JsonValueKind.Null));

        // Once more is nothing new; and it is there for the next payment, once its invoice is open again.
        await app.Client.PostAsync($"/v1/receipts/{bounced.Id()}/reverse", new { reason = "nsf", code = "R01" }, 202);
        await app.Invoicing.PublishAsync(app.Invoicing.Reverse(bounced.Id(), allocation, invoice, 500m), 3);
        await app.Invoicing.KnowsAsync(invoice, 500m);
        var again = await app.Client.PostAsync("/v1/receipts", Receipt("500.00", "CHK-770001"));
        again.Items("allocations").ShouldHaveSingleItem().Id("invoiceId").ShouldBe(invoice);
        (await AdviceAsync(advice)).Id("receiptId").ShouldBe(again.Id());
        (await NamesAsync(advice)).ShouldBe(
            ["remittance_received", "remittance_matched", "remittance_released", "remittance_matched"]);

        // The first receipt has nothing to do with it any more.
        await app.Client.PostAsync($"/v1/receipts/{bounced.Id()}/reverse", new { reason = "nsf" }, 202);
        (await AdviceAsync(advice)).Id("receiptId").ShouldBe(again.Id());
    }

    /// <summary>Applied to the wrong one of two equal payments: that is undone, the other one is found by it.</summary>
    [Fact]
    public async Task find_the_payment_that_they_were_meant_for()
    {
        var invoice = await app.Invoicing.InvoiceAsync("INV-US01-2026-770011", 61.30m);
        var advice = (await AdviseAsync("PAY-770011", "61.30", "INV-US01-2026-770011")).Id();
        var wrong = (await app.Client.PostAsync("/v1/receipts", Receipt("61.30", "PAY-770011"))).Id();
        (await AdviceAsync(advice)).Id("receiptId").ShouldBe(wrong);
        var meant = (await app.Client.PostAsync("/v1/receipts", Receipt("61.30", "PAY-770011"))).Id();
        (await ReadAsync(meant)).Items("allocations").ShouldBeEmpty();
        (await app.Client.PostAsync($"/v1/remittances/{advice}/close", new { reason = "x" }, 409))
            .ShouldHaveCode("remittance-not-waiting");

        await app.Client.PostAsync($"/v1/receipts/{wrong}/undo", new { reason = "the other one's" }, 202);
        (await AdviceAsync(advice)).Text("status").ShouldBe("waiting");
        var asked = (await ReadAsync(wrong)).Items("allocations").Single().Id();
        await app.Invoicing.PublishAsync(app.Invoicing.Answer(wrong, asked, invoice, 61.30m), 2);
        await EventuallyAsync(wrong, now => now.Items("allocations")[0].Text("status") == "reversal-pending");
        await app.Invoicing.PublishAsync(app.Invoicing.Reverse(wrong, asked, invoice, 61.30m), 3);
        await EventuallyAsync(wrong, now => now.Amount("unapplied") == 61.30m);
        await app.Client.PostAsync($"/v1/receipts/{meant}/match", null, 202);
        (await ReadAsync(meant)).Items("allocations").ShouldHaveSingleItem().Id("invoiceId").ShouldBe(invoice);
        (await AdviceAsync(advice)).Id("receiptId").ShouldBe(meant);
    }

    /// <summary>What Invoicing refuses or takes back by itself is applied by them no longer.</summary>
    [Theory]
    [InlineData(770_041, false)]
    [InlineData(770_051, true)]
    public async Task wait_again_where_Invoicing_does_not_keep_what_they_told(int number, bool isRefused)
    {
        var invoice = await app.Invoicing.InvoiceAsync($"INV-US01-2026-{number}", 41m);
        var advice = (await AdviseAsync($"PAY-{number}", "41.00", $"INV-US01-2026-{number}")).Id();
        var receipt = await app.Client.PostAsync("/v1/receipts", Receipt("41.00", $"PAY-{number}"));
        var allocation = receipt.Items("allocations").ShouldHaveSingleItem().Id();
        (await AdviceAsync(advice)).Id("receiptId").ShouldBe(receipt.Id());
        if (isRefused)
        {
            await app.Invoicing.PublishAsync(
                new PaymentApplicationRejected(
                    invoice, 1, allocation, receipt.Id(), new MoneyAmount(41m, "USD"), "invoice-void", "Void."), 2);
        }
        else
        {
            await app.Invoicing.PublishAsync(app.Invoicing.Answer(receipt.Id(), allocation, invoice, 41m), 2);
            await app.Invoicing.PublishAsync(app.Invoicing.Reverse(receipt.Id(), allocation, invoice, 41m), 3);
        }

        await EventuallyAsync(receipt.Id(), now => now.Amount("unapplied") == 41m);
        (await AdviceAsync(advice)).Text("status").ShouldBe("waiting");
        (await NamesAsync(advice)).ShouldBe(["remittance_received", "remittance_matched", "remittance_released"]);
    }

    /// <summary>A part of what was applied leaves the advice where it is.</summary>
    [Fact]
    public async Task stay_with_a_payment_of_which_something_is_still_applied_by_them()
    {
        var first = await app.Invoicing.InvoiceAsync("INV-US01-2026-770021", 11m);
        var second = await app.Invoicing.InvoiceAsync("INV-US01-2026-770022", 12m);
        var advice = (await AdviseAsync("PAY-770021", "23.00",
            ("INV-US01-2026-770021", "11.00"), ("INV-US01-2026-770022", "12.00"))).Id();
        var receipt = await app.Client.PostAsync("/v1/receipts", Receipt("23.00", "PAY-770021"));
        receipt.Items("allocations").Select(one => one.Id("invoiceId")).ShouldBe([first, second], ignoreOrder: true);
        var path = $"/v1/receipts/{receipt.Id()}";
        foreach (var (index, one) in receipt.Items("allocations").Index())
        {
            await app.Client.PostAsync($"{path}/allocations/{one.Id()}/reverse", new { reason = "not this one" }, 202);
            (await AdviceAsync(advice)).Text("status").ShouldBe(index == 0 ? "matched" : "waiting");
        }
    }

    [Fact]
    public async Task can_be_closed_and_sent_again()
    {
        await app.Invoicing.InvoiceAsync("INV-US01-2026-770031", 31m);
        var told = Advice("PAY-770031", "31.00", ("INV-US01-2026-770031", "31.00"));
        var advice = (await app.Client.PostAsync("/v1/remittances", told)).Id();
        var receipt = (await app.Client.PostAsync("/v1/receipts", Receipt("31.00", "PAY-770031"))).Id();
        await app.Client.PostAsync($"/v1/receipts/{receipt}/reverse", new { reason = "nsf" }, 202);
        (await app.Client.PostAsync("/v1/remittances", told, 409)).ShouldHaveCode("remittance-already-received");
        (await app.Client.PostAsync($"/v1/remittances/{advice}/close", new { reason = "bounced" }, 200))
            .Text("status").ShouldBe("closed");
        (await app.Client.PostAsync("/v1/remittances", told)).Id().ShouldNotBe(advice);
        (await app.Client.PostAsync("/v1/remittances", told, 409)).ShouldHaveCode("remittance-already-received");
    }

    /// <summary>Releases before did not write down that a receipt has let go of an advice: it is closed all the same.
    /// </summary>
    [Fact]
    public void are_closed_where_only_their_receipt_tells_that_it_follows_them_no_more()
    {
        var (id, receipt) = (Ids.From("advice", "1"), Ids.From("receipt", "1"));
        var matched = Remittance.Evolve(
            Remittance.Evolve(Remittance.Initial, new RemittanceReceived(
                "US01", "json", "PAY-1", null, Money.Of(31m, "USD"), null, RemittanceParty.Unknown, null, [], [], "h")),
            new RemittanceMatched(receipt));
        RemittanceDecider.Close(matched, id, "x", isFollowed: true).Refusal.ShouldBe(RemittanceRefusals.NotWaiting);
        RemittanceDecider.Close(matched, id, "x", isFollowed: false).Events
            .ShouldBe([new RemittanceReleased(receipt), new RemittanceClosed("x")]);
        RemittanceDecider.Release(matched, Ids.From("receipt", "2")).Events.ShouldBeEmpty();
        var released = Remittance.Evolve(matched, new RemittanceReleased(receipt));
        RemittanceDecider.Release(released, receipt).Events.ShouldBeEmpty();
    }

    private Task<JsonElement> AdviseAsync(string reference, string amount, string document) =>
        AdviseAsync(reference, amount, (document, amount));

    private Task<JsonElement> AdviseAsync(
        string reference, string amount, params (string Document, string Paid)[] lines) =>
        app.Client.PostAsync("/v1/remittances", Advice(reference, amount, lines));

    private static object Advice(string reference, string amount, params (string Document, string Paid)[] lines) => new
    {
        legalEntity = "US01",
        amount = Usd(amount),
        paymentReference = reference,
        lines = lines.Select(line => new { documentNumber = line.Document, paid = Usd(line.Paid) }),
    };

    private Task<JsonElement> AdviceAsync(Guid id) => app.Client.ReadAsync($"/v1/remittances/{id}");

    private Task<JsonElement> ReadAsync(Guid receipt) => app.Client.ReadAsync($"/v1/receipts/{receipt}");

    private async Task<List<string>> NamesAsync(Guid stream)
    {
        await using var command = app.Database.CreateCommand(
            $"select type from mt_events where stream_id = '{stream}' order by version");
        await using var reader = await command.ExecuteReaderAsync();
        var names = new List<string>();
        while (await reader.ReadAsync())
            names.Add(reader.GetString(0));
        return names;
    }

    private Task<JsonElement> EventuallyAsync(Guid id, Func<JsonElement, bool> wished) => Eventually.Becomes(
        () => ReadAsync(id), wished, "the receipt has moved on");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
