using System.Net;
using System.Text.Json;

namespace OrderToCash.Invoicing.Tests.Http;

/// <summary>INV-08: a debit memo of a fee of 150.00 and interest of 40.00, of which one line is let go.</summary>
public class WaivedLines(InvoicingApp app)
{
    [Fact]
    public async Task One_line_waits_for_its_band_is_let_go_and_asked_for_again()
    {
        var entity = await app.EntityAsync();
        object[] rules =
        [
            new { kind = "waiver", upTo = "100", approvals = 0 },
            new { kind = "waiver", upTo = (string?)null, approvals = 1, role = "ar-manager" },
        ];
        (await app.Client.PutAsync($"/v1/legal-entities/{entity}/approval-matrix", new { rules }))
            .ShouldBe(HttpStatusCode.OK);
        var memo = await app.Client.PostAsync("/v1/debit-memos", new
        {
            customerId = await app.Client.RegisterAsync(entity),
            lines = new[]
            {
                new { description = "Late fee", quantity = "1", unitPrice = "150", revenueAccount = "4810" },
                new { description = "Interest", quantity = "1", unitPrice = "40", revenueAccount = "4820" },
            },
        });
        var path = $"/v1/invoices/{memo.Id}";
        (await app.Client.PostAsync($"{path}/write-offs", new { reason = "x", line = 1 }))
            .ShouldBe(HttpStatusCode.UnprocessableEntity, "invalid-invoice");

        (await app.Client.PostAsync($"{path}/waive", new { reason = "goodwill", line = 2 }))
            .ShouldBe(HttpStatusCode.UnprocessableEntity, "invalid-invoice");
        (await app.Client.PostAsync($"{path}/reinstate", new { reason = "goodwill", line = 2 }))
            .ShouldBe(HttpStatusCode.UnprocessableEntity, "invalid-invoice");
        Waived((await app.Client.PostAsync($"{path}/lines/2/waive", new { reason = "goodwill" }))
            .ShouldBe(HttpStatusCode.OK)).ShouldBe([(2, "40.00")]);
        var waiting = (await app.Client.PostAsync($"{path}/lines/1/waive", new { reason = "goodwill" }))
            .ShouldBe(HttpStatusCode.Accepted);
        waiting["subject"].GetString()!.ShouldContain("line 1");
        using var manager = app.Approver("mia", "ar-manager");
        (await manager.PostAsync($"/v1/approvals/{waiting.Id}/approve", new { reason = "ok" }))
            .ShouldBe(HttpStatusCode.OK);

        var gone = await app.Client.ReadAsync(path);
        (gone["status"].GetString(), gone["balance"].GetProperty("amount").GetString())
            .ShouldBe(("written-off", "0.00"));
        Waived(gone).ShouldBe([(1, "150.00"), (2, "40.00")]);
        (await app.Client.PostAsync($"{path}/lines/2/reinstate", new { reason = "late again", amount = "40.01" }))
            .ShouldBe(HttpStatusCode.Conflict, "exceeds-waived");
        Waived((await app.Client.PostAsync($"{path}/lines/2/reinstate", new { reason = "late again" }))
            .ShouldBe(HttpStatusCode.OK)).ShouldBe([(1, "150.00")]);
        (await app.Client.ReadAsync($"/v1/reports/tie-out?legalEntity={entity}"))["ties"].GetBoolean().ShouldBeTrue();
    }

    private static IEnumerable<(int Line, string? Amount)> Waived(Answer answer) =>
        answer["waived"].EnumerateArray().Select((JsonElement one) => (
            one.GetProperty("line").GetInt32(), one.GetProperty("amount").GetProperty("amount").GetString()));
}
