using System.Net;
using System.Text;
using System.Text.Json;
using OrderToCash.Local.Servers;
using OrderToCash.TestKit;

namespace OrderToCash.Invoicing.Tests.Http;

/// <summary>Statements of parents, and of customers that turned out to be one.</summary>
[Collection("Read models")]
public class StatementsOfGroups(InvoicingApp app)
{
    [Fact]
    public async Task What_a_parent_pays_for_its_subsidiary_is_nobodys_money_any_more()
    {
        var entity = await app.EntityAsync();
        var (parent, subsidiary) = (await app.Client.RegisterAsync(entity), await app.Client.RegisterAsync(entity));
        var invoice = await app.Client.IssueAsync(subsidiary, 60, TestApi.Today);
        await app.Client.IssueAsync(parent, 10, TestApi.Today);
        var receipt = Some.NewId();
        await app.Bus.PublishAsync(Messages.ReceiptPosted(entity, parent, 100, TestApi.Today, receipt));
        await app.Bus.PublishAsync(Messages.Requested(Some.NewId(), invoice.Id, 60) with
        {
            ReceiptId = receipt,
            CustomerId = parent,
            LegalEntity = entity,
        });

        await Eventually.BecomesTrue(async () => await TodayAsync(parent) == (10m, 40m, -30m), "both have come");
        (await TodayAsync(subsidiary)).ShouldBe((0m, 0m, 0m));

        async Task<(decimal Closing, decimal Unapplied, decimal Due)> TodayAsync(Guid customer)
        {
            var account = (await app.Client.ReadAsync(
                $"/v1/customers/{customer}/statement?from={TestApi.Today:O}&to={TestApi.Today:O}"))["accounts"][0];
            return (account.GetProperty("closing").Amount(), account.GetProperty("unappliedCash").Amount(),
                account.GetProperty("due").Amount());
        }
    }

    /// <summary>INV-13: a parent owes 10, its subsidiary 60, the one below that 30, and a twin of that 5.</summary>
    [Fact]
    public async Task A_group_is_told_customer_by_customer_and_together_and_aged_as_one()
    {
        var (entity, elsewhere) = (await app.EntityAsync(), await app.EntityAsync());
        var parent = await app.Client.RegisterAsync(entity, "Globex Holding");
        var subsidiary = await ChildAsync(entity, "Globex East", parent);
        var lone = await app.Client.RegisterAsync(entity, "Initech");
        var abroad = await ChildAsync(elsewhere, "Globex Abroad", parent);
        foreach (var (customer, amount) in new[] { (parent, 10m), (subsidiary, 60m), (lone, 7m), (abroad, 99m) })
            await app.Client.IssueAsync(customer, amount, new DateOnly(2026, 10, 5));
        var before = await GroupAsync(parent, $"&knownAt={Uri.EscapeDataString(Now())}");
        var (below, twin) = (await ChildAsync(entity, "Globex Inner", subsidiary),
            await ChildAsync(entity, "Globex Innner", subsidiary));
        await app.Client.IssueAsync(below, 30, new DateOnly(2026, 10, 5));
        var beyond = await ChildAsync(entity, "Globex Beyond", abroad);
        await app.Client.IssueAsync(beyond, 1, new DateOnly(2026, 10, 5));
        await app.Client.IssueAsync(twin, 5, new DateOnly(2026, 10, 6));
        (await app.Client.PostAsync($"/v1/customers/{twin}/merge", new { survivorId = below, reason = "twice" }))
            .ShouldBe(HttpStatusCode.OK);

        var group = await GroupAsync(parent, "");

        Told(group).ShouldBe(
        [
            ("Globex Holding", 10m, 1), ("Globex East", 60m, 1), ("Globex Inner", 35m, 2), ("Globex Beyond", 1m, 1),
        ]);
        var together = group["accounts"][0];
        (together.GetProperty("closing").Amount(), together.GetProperty("due").Amount(),
            together.GetProperty("aging")[0].GetProperty("amount").Amount(),
            together.GetProperty("items").GetArrayLength()).ShouldBe((106m, 106m, 106m, 0));
        Told(before).ShouldBe([("Globex Holding", 10m, 1), ("Globex East", 60m, 1)]);
        Told(await GroupAsync(subsidiary, "")).ShouldBe([("Globex East", 60m, 1), ("Globex Inner", 35m, 2)]);
        var csv = (await app.Client.ReadAsync(Path(parent) + "&group=true", "text/csv")).Text;
        csv.ShouldStartWith("customer,section,currency");
        csv.ShouldContain(",closing,USD,2026-10-31,,,,,106.00");
        (await app.Client.ReadAsync(Path(parent)))["accounts"][0].GetProperty("closing").Amount().ShouldBe(10m);
        (await app.Client.ReadAsync(Path(parent))).Json.TryGetProperty("members", out _).ShouldBeFalse();

        var aging = await app.Client.ReadAsync($"/v1/reports/aging?legalEntity={entity}&asOf=2026-10-31&by=parent");
        Aged(aging).ShouldBe([("Globex Holding", "106.00"), ("Initech", "7.00")]);
        aging["rows"][0].GetProperty("key").GetGuid().ShouldBe(parent);
        Aged(await app.Client.ReadAsync($"/v1/reports/aging?legalEntity={elsewhere}&asOf=2026-10-31&by=parent"))
            .ShouldBe([("Globex Abroad", "99.00")]);
        Aged(await app.Client.ReadAsync(
            $"/v1/reports/aging?legalEntity={entity}&asOf=2026-10-31&by=parent&knownAt={Uri.EscapeDataString(Now())}"))
            .ShouldBe([("Globex Holding", "106.00"), ("Initech", "7.00")]);

        static IEnumerable<(string?, string?)> Aged(Answer report) =>
            report.ShouldBe(HttpStatusCode.OK)["rows"].EnumerateArray().Select(row =>
                (row.GetProperty("name").GetString(), row.GetProperty("total").GetString()));
    }

    [Fact]
    public async Task Who_wants_the_statement_of_its_group_gets_it_in_each_run()
    {
        await Chromium.EnsureAsync(text => TestContext.Current.SendDiagnosticMessage(text));
        var entity = await app.EntityAsync();
        var parent = await app.Client.RegisterAsync(entity, "Globex Holding");
        var subsidiary = await ChildAsync(entity, "Globex East", parent);
        await app.Client.IssueAsync(subsidiary, 60, new DateOnly(2026, 10, 5));
        foreach (var (id, name, parentId, statements) in new (Guid, string, Guid?, object)[]
        {
            (parent, "Globex Holding", null, new { group = true }),
            (subsidiary, "Globex East", parent, new { cycle = "none" }),
        })
        {
            (await app.Client.PutAsync(
                $"/v1/customers/{id}", new { name, country = "US", terms = "NET 30", parentId, statements }))
                .ShouldBe(HttpStatusCode.OK);
        }

        var run = (await app.Client.PostAsync(
            "/v1/statement-runs", new { legalEntity = entity, cycle = "monthly", to = "2026-10-31", pdf = true })).Id;
        await Eventually.BecomesTrue(
            async () => (await app.Client.ReadAsync($"/v1/statement-runs/{run}"))["finishedAt"].ValueKind
                != JsonValueKind.Null,
            "the run is over");

        var made = (await app.Client.ReadAsync($"/v1/statements?legalEntity={entity}"))["items"].EnumerateArray()
            .ShouldHaveSingleItem();
        made.GetProperty("customerId").GetGuid().ShouldBe(parent);
        var path = $"/v1/statements/{made.GetProperty("id").GetGuid()}/document";
        Told(await app.Client.ReadAsync(path)).ShouldBe([("Globex Holding", null, 0), ("Globex East", 60m, 1)]);
        var page = (await app.Client.ReadAsync(path, "text/html")).Text;
        page.ShouldContain("Globex East");
        page.ShouldContain("All together");
        Encoding.Latin1.GetString((await app.Client.BytesAsync(path, "application/pdf")).Bytes)
            .ShouldStartWith("%PDF-");
    }

    private static string Path(Guid customer) => $"/v1/customers/{customer}/statement?from=2026-10-01&to=2026-10-31";

    private static string Now() => TimeProvider.System.GetUtcNow().ToString("O", null);

    private async Task<Answer> GroupAsync(Guid customer, string more) =>
        (await app.Client.ReadAsync($"{Path(customer)}&group=true{more}")).ShouldBe(HttpStatusCode.OK);

    /// <summary>Each customer, what it owes, and on how many items.</summary>
    private static IEnumerable<(string? Name, decimal? Closing, int Items)> Told(Answer statement) =>
        statement["members"].EnumerateArray().Select(member => (
            member.GetProperty("customerName").GetString(),
            member.GetProperty("accounts").EnumerateArray()
                .Select(account => (decimal?)account.GetProperty("closing").Amount()).FirstOrDefault(),
            member.GetProperty("accounts").EnumerateArray()
                .Sum(account => account.GetProperty("items").GetArrayLength())));

    private async Task<Guid> ChildAsync(string entity, string name, Guid parentId) => (await app.Client.PostAsync(
        "/v1/customers",
        new { legalEntity = entity, name, currency = "USD", country = "US", terms = "NET 30", parentId }))
        .ShouldBe(HttpStatusCode.Created).Id;

    [Fact]
    public async Task What_was_known_of_duplicates_is_known_of_them_for_ever()
    {
        var entity = await app.EntityAsync();
        var (survivor, duplicate) = (await app.Client.RegisterAsync(entity), await app.Client.RegisterAsync(entity));
        await app.Client.IssueAsync(survivor, 100, new DateOnly(2026, 10, 5));
        await app.Client.IssueAsync(duplicate, 7, new DateOnly(2026, 10, 6));
        var before = TimeProvider.System.GetUtcNow();
        (await app.Client.PostAsync(
            $"/v1/customers/{duplicate}/merge", new { survivorId = survivor, reason = "twice" }))
            .ShouldBe(HttpStatusCode.OK);

        (await ClosingAsync(survivor, null)).ShouldBe((survivor, 107m));
        (await ClosingAsync(duplicate, null)).ShouldBe((survivor, 107m));
        (await ClosingAsync(survivor, before)).ShouldBe((survivor, 100m));
        (await ClosingAsync(duplicate, before)).ShouldBe((duplicate, 7m));

        async Task<(Guid, decimal)> ClosingAsync(Guid id, DateTimeOffset? knownAt)
        {
            var known = knownAt is { } at ? $"&knownAt={Uri.EscapeDataString(at.ToString("O", null))}" : "";
            var statement = (await app.Client.ReadAsync(
                $"/v1/customers/{id}/statement?from=2026-10-01&to=2026-10-31{known}")).ShouldBe(HttpStatusCode.OK);
            return (statement["customerId"].GetGuid(), statement["accounts"][0].GetProperty("closing").Amount());
        }
    }
}
