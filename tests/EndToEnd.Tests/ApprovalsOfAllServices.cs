using System.Net;
using System.Text.Json.Nodes;
using OrderToCash.EndToEnd.Tests.Support;
using OrderToCash.TestKit;

namespace OrderToCash.EndToEnd.Tests;

/// <summary>One list and one address for approvals, whichever service carries them out.</summary>
public sealed class ApprovalsOfAllServices(RunningSystem system) : IAsyncLifetime
{
    private static readonly Guid Unknown = Guid.Parse("0198f0a0-0000-7000-8000-000000000000");

    private readonly Api _api = system.Controller;

    private readonly Api _approver = system.WithToken(system.System.Key.Token(
        "cfo", "approvals:decide", ["controller"], ["*"], TimeSpan.FromHours(1)));

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>Whatever happened in a test, the next one finds everything running.</summary>
    public async ValueTask DisposeAsync()
    {
        _approver.Dispose();
        foreach (var instance in system.System.Instances.Where(instance => instance.HasExited))
            await instance.StartAgainAsync();
    }

    [Fact]
    public async Task are_listed_page_by_page_and_decided_where_they_are()
    {
        var seller = await GuardedAsync("APPALL");
        Guid[] asked = [await AskAsync(seller), await AskForPlanAsync(seller), await AskAsync(seller)];

        (await PagesAsync(seller, "requestedAt")).ShouldBe(asked);
        (await PagesAsync(seller, "-requestedAt")).ShouldBe(asked.Reverse());
        (await _approver.TryAsync(HttpMethod.Get, "/v1/approvals?sort=amount")).Problem.ShouldBe("bad-sort");
        (await _approver.TryAsync(HttpMethod.Get, "/v1/approvals?cursor=x")).Problem.ShouldBe("bad-cursor");
        (await _approver.TryAsync(HttpMethod.Get, "/v1/approvals?status=x")).Problem.ShouldBe("bad-status");

        var list = await _approver.GetAsync($"/v1/approvals?legalEntity={seller.Code}&forMe=true");
        list["items"]!.AsArray().Select(item => item!["service"]!.GetValue<string>())
            .ShouldBe(["invoicing", "collections", "invoicing"]);

        var approve = $"/v1/approvals/{asked[1]}/approve";
        var why = new { reason = "agreed" };
        await StandInAsync(seller, asked);
        (await _api.TryAsync(HttpMethod.Post, approve, why)).Problem.ShouldBe("own-request");
        using (var auditor = system.As("auditor"))
            (await auditor.TryAsync(HttpMethod.Post, approve, why)).Problem.ShouldBe("scope-missing");
        var first = await _approver.TryAsync(HttpMethod.Post, approve, why, key: "approve-once");
        first.Status.ShouldBe(HttpStatusCode.OK, first.Text);
        var again = await _approver.TryAsync(HttpMethod.Post, approve, why, key: "approve-once");
        (again.Text, again.Message.Headers.Contains("Idempotency-Replayed")).ShouldBe((first.Text, true));
        (await _approver.GetAsync($"/v1/approvals/{asked[1]}"))["status"]!.GetValue<string>().ShouldBe("granted");
        (await _approver.GetAsync($"/v1/approvals/{asked[1]}/history"))["items"]!.AsArray().Count.ShouldBe(3);
        (await _api.PostAsync($"/v1/approvals/{asked[2]}/withdraw", why))["status"]!.GetValue<string>()
            .ShouldBe("withdrawn");
        (await _approver.TryAsync(HttpMethod.Post, $"/v1/approvals/{Unknown}/reject", why)).Problem
            .ShouldBe("not-found");
    }

    [Fact]
    public async Task are_shown_and_decided_while_another_service_is_away()
    {
        var seller = await GuardedAsync("APPAWAY");
        var asked = await AskAsync(seller);
        await system.System.Instance("credit").KillAsync();

        var page = await _approver.GetAsync($"/v1/approvals?legalEntity={seller.Code}");
        page["unavailable"]!.AsArray().Select(name => name!.GetValue<string>()).ShouldBe(["credit"]);
        Ids(page).ShouldBe([asked]);
        (await _approver.TryAsync(HttpMethod.Get, $"/v1/approvals/{Unknown}")).Problem.ShouldBe("unavailable");
        (await _approver.PostAsync($"/v1/approvals/{asked}/reject", new { reason = "no" }))["status"]!
            .GetValue<string>().ShouldBe("rejected");
    }

    /// <summary>
    /// Who has no role of their own sees and decides what was delegated to them, in the service that hears of it by
    /// message as well as in the one where it was delegated.
    /// </summary>
    private async Task StandInAsync(Seller seller, Guid[] asked)
    {
        using var deputy = system.WithToken(system.System.Key.Token(
            "deputy", "approvals:decide", [], ["*"], TimeSpan.FromHours(1)));
        var mine = $"/v1/approvals?legalEntity={seller.Code}&forMe=true";
        Ids(await deputy.GetAsync(mine)).ShouldBeEmpty();
        var delegation = await _approver.PostAsync("/v1/approval-delegations", new
        {
            legalEntity = seller.Code,
            to = "deputy",
            roles = new[] { "controller" },
            from = seller.Today.AddDays(-1),
            until = seller.Today.AddDays(1),
            reason = "holiday",
        });

        await Eventually.Becomes(
            async () => Ids(await deputy.GetAsync(mine)).ToList(), ids => ids.SequenceEqual(asked), "all know of it");
        var decided = await deputy.PostAsync($"/v1/approvals/{asked[0]}/reject", new { reason = "not yet" });
        decided["status"]!.GetValue<string>().ShouldBe("rejected");
        await _approver.PostAsync($"/v1/approval-delegations/{Seller.Id(delegation)}/revoke", new { reason = "back" });
        (await deputy.TryAsync(HttpMethod.Post, $"/v1/approvals/{asked[2]}/reject", new { reason = "late" })).Problem
            .ShouldBe("above-authority");
    }

    private static IEnumerable<Guid> Ids(JsonNode page) =>
        page["items"]!.AsArray().Select(item => item!["id"]!.GetValue<Guid>());

    /// <summary>One at a time, so that every cursor is used.</summary>
    private async Task<List<Guid>> PagesAsync(Seller seller, string sort)
    {
        var ids = new List<Guid>();
        for (string? next = ""; next is not null;)
        {
            var page = await _approver.GetAsync(
                $"/v1/approvals?legalEntity={seller.Code}&sort={sort}&limit=1{(next == "" ? "" : $"&cursor={next}")}");
            ids.AddRange(Ids(page));
            next = page["next"]?.GetValue<string>();
        }

        return ids;
    }

    private async Task<Seller> GuardedAsync(string code)
    {
        var seller = await Seller.OpenAsync(_api, code);
        var path = $"/v1/legal-entities/{code}/approval-matrix";
        var matrix = new
        {
            rules = new[] { "write-off", "payment-plan" }.Select(kind =>
                new { kind, upTo = (string?)null, approvals = 1, role = "controller" }),
        };
        (await _api.TryAsync(HttpMethod.Put, path, matrix)).Problem.ShouldBe("scope-missing");
        using var operations = system.As("operator");
        await operations.PutAsync(path, matrix);
        return seller;
    }

    /// <summary>In Collections, which hears of invoices and of the matrix a moment later.</summary>
    private async Task<Guid> AskForPlanAsync(Seller seller)
    {
        while (true)
        {
            var invoice = await seller.InvoiceAsync(10m, daysAgo: 60);
            var wish = new
            {
                customerId = seller.Customer,
                invoiceIds = new[] { Seller.Id(invoice) },
                equal = new { count = 2, firstDueDate = seller.Today.AddDays(7) },
            };
            var answer = await Eventually.Becomes(
                () => _api.TryAsync(HttpMethod.Post, "/v1/collections/payment-plans", wish),
                tried => tried.Message.IsSuccessStatusCode, "collections knows the invoice");
            if (answer.Status == HttpStatusCode.Accepted)
                return answer.Body["approvalId"]!.GetValue<Guid>();
        }
    }

    private async Task<Guid> AskAsync(Seller seller)
    {
        var invoice = await seller.InvoiceAsync(10m, daysAgo: 0);
        return Seller.Id(await _api.PostAsync(
            $"/v1/invoices/{Seller.Id(invoice)}/write-offs", new { reason = "insolvent" }));
    }
}
