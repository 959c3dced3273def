using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using OrderToCash.Invoicing.Periods;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Invoicing.UseCases;
using OrderToCash.TestKit;

namespace OrderToCash.Invoicing.Tests.Http;

/// <summary>REP-01: what a month reported when it was closed is there for good.</summary>
[Collection("Read models")]
public class MonthEndPacks(InvoicingApp app)
{
    private static readonly string[] Names =
        ["aging.json", "aging.xlsx", "roll-forward.json", "roll-forward.xlsx", "tie-out.json", "tie-out.xlsx"];

    private static readonly Period Last = Period.Of(TestApi.Today).Previous;

    [Fact]
    public async Task A_close_keeps_its_reports_and_one_after_a_reopening_keeps_its_own_beside_them()
    {
        var entity = await app.EntityAsync();
        var customer = await app.Client.RegisterAsync(entity);
        await app.Client.IssueAsync(customer, 100, Last.FirstDay);
        (await app.Client.ReadAsync($"/v1/periods/{entity}/{Last}/pack"))["packs"].GetArrayLength().ShouldBe(0);

        await CloseAsync(entity);
        var first = (await PacksAsync(entity, 1))[0];
        (await app.Client.PostAsync($"/v1/periods/{entity}/{Last}/reopen", new { reason = "one was forgotten" }))
            .ShouldBe(HttpStatusCode.OK);
        await app.Client.IssueAsync(customer, 40, Last.LastDay);
        await CloseAsync(entity);
        var both = await PacksAsync(entity, 2);

        both[0].GetRawText().ShouldBe(first.GetRawText());
        (await TotalAsync(both[0]), await TotalAsync(both[1])).ShouldBe(("100.00", "140.00"));
        foreach (var pack in both)
        {
            // What is kept is what the report of that moment says, byte for byte.
            var closed = Uri.EscapeDataString(pack.GetProperty("closedAt").GetString()!);
            var known = $"legalEntity={entity}&knownAt={closed}";
            (await TextAsync(pack, "aging.json")).ShouldBe(
                (await app.Client.ReadAsync($"/v1/reports/aging?asOf={Last.LastDay:O}&{known}")).Text);
            (await TextAsync(pack, "roll-forward.json")).ShouldBe((await app.Client.ReadAsync(
                $"/v1/reports/roll-forward?from={Last.FirstDay:O}&to={Last.LastDay:O}&{known}")).Text);
            var tieOut = await TextAsync(pack, "tie-out.json");
            tieOut.ShouldBe((await app.Client.ReadAsync($"/v1/reports/tie-out?asOf={Last.LastDay:O}&{known}")).Text);
            JsonDocument.Parse(tieOut).RootElement.GetProperty("ties").GetBoolean().ShouldBeTrue(tieOut);
        }
    }

    [Fact]
    public async Task A_document_is_served_with_the_hash_that_the_list_says_to_whom_may_see_the_legal_entity()
    {
        var entity = await app.EntityAsync();
        var other = await app.EntityAsync();
        await app.Client.IssueAsync(await app.Client.RegisterAsync(entity), 100, Last.FirstDay);
        await CloseAsync(entity);
        var pack = (await PacksAsync(entity, 1))[0];

        foreach (var document in pack.GetProperty("documents").EnumerateArray())
        {
            var location = document.GetProperty("location").GetString()!;
            var (status, bytes, mediaType) = await app.Client.BytesAsync(location, "*/*");
            status.ShouldBe(HttpStatusCode.OK);
            document.GetProperty("mediaType").GetString()!.ShouldStartWith(mediaType!);
            document.GetProperty("bytes").GetInt32().ShouldBe(bytes.Length);
            var hash = SHA256.HashData(bytes);
            document.GetProperty("sha256").GetString().ShouldBe(Convert.ToHexStringLower(hash));
            (await app.Client.ReadAsync(location)).Headers.GetValues("Repr-Digest")
                .ShouldBe([$"sha-256=:{Convert.ToBase64String(hash)}:"]);
        }

        var aging = pack.GetProperty("documents")[0].GetProperty("location").GetString()!;
        using var elsewhere = app.ClientWith("invoicing:read", other);
        (await elsewhere.ReadAsync(aging)).ShouldBe(HttpStatusCode.Forbidden, "entity-not-allowed");
        (await elsewhere.ReadAsync(aging.Replace(entity, other, StringComparison.Ordinal)))
            .ShouldBe(HttpStatusCode.NotFound);
        (await elsewhere.ReadAsync($"/v1/periods/{entity}/{Last}/pack"))
            .ShouldBe(HttpStatusCode.Forbidden, "entity-not-allowed");
        (await app.Client.ReadAsync($"{aging}.bak")).ShouldBe(HttpStatusCode.NotFound);
        (await app.Client.ReadAsync($"/v1/periods/{entity}/soon/pack"))
            .ShouldBe(HttpStatusCode.BadRequest, "bad-period");
    }

    /// <summary>An instance that ends after it has kept a pack and before it says so hands the close on.</summary>
    [Fact]
    public async Task A_close_that_is_handed_over_once_more_makes_no_second_pack()
    {
        var entity = await app.EntityAsync();
        await app.Client.IssueAsync(await app.Client.RegisterAsync(entity), 100, Last.FirstDay);
        await CloseAsync(entity);
        var pack = (await PacksAsync(entity, 1))[0];
        var close = (await app.Store.HistoryAsync(AccountingCalendarStream.Id(entity), CancellationToken.None))
            .Where(e => e.Data is PeriodClosed).ToList();
        var maker = new MonthEndPackMaker(
            app.Store, app.Services.GetRequiredService<MonthEnd.MonthEndPacks>(),
            app.Services.GetRequiredService<ReportMoments>());

        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => maker.HandleAsync(close, CancellationToken.None)));
        (await PacksAsync(entity, 1))[0].GetRawText().ShouldBe(pack.GetRawText());

        // Nothing of it was kept: whoever comes next makes all of it, and the same.
        await using var connection = await app.Database.Source.OpenConnectionAsync();
        await connection.ExecuteAsync(
            "delete from month_end_documents where close_id = @Id", new { close[0].Id });
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => maker.HandleAsync(close, CancellationToken.None)));
        (await PacksAsync(entity, 1))[0].GetRawText().ShouldBe(pack.GetRawText());
    }

    /// <summary>A close whose reports cannot be made is tried again; no other waits for it.</summary>
    [Fact]
    public async Task A_close_that_fails_keeps_no_other_of_its_page_waiting()
    {
        var entity = await app.EntityAsync();
        await app.Client.IssueAsync(await app.Client.RegisterAsync(entity), 100, Last.FirstDay);
        await CloseAsync(entity);
        var pack = (await PacksAsync(entity, 1))[0];
        var close = (await app.Store.HistoryAsync(AccountingCalendarStream.Id(entity), CancellationToken.None))
            .Single(e => e.Data is PeriodClosed);
        var broken = close with
        {
            Id = Some.NewId(),
            Data = (PeriodClosed)close.Data with { Period = "soon" },
        };
        var maker = new MonthEndPackMaker(
            app.Store, app.Services.GetRequiredService<MonthEnd.MonthEndPacks>(),
            app.Services.GetRequiredService<ReportMoments>());
        await using var connection = await app.Database.Source.OpenConnectionAsync();
        await connection.ExecuteAsync("delete from month_end_documents where close_id = @Id", new { close.Id });

        var failure = await Should.ThrowAsync<AggregateException>(
            () => maker.HandleAsync([broken, close], CancellationToken.None));

        failure.Message.ShouldContain($"{broken.Id}");
        (await PacksAsync(entity, 1))[0].GetRawText().ShouldBe(pack.GetRawText());
    }

    private async Task CloseAsync(string entity) =>
        (await app.Client.PostAsync($"/v1/periods/{entity}/{Last}/close", new { reason = "month end" }))
            .ShouldBe(HttpStatusCode.OK);

    /// <summary>All packs of the month, once each has all its documents.</summary>
    private async Task<List<JsonElement>> PacksAsync(string entity, int count) =>
        (await Eventually.Becomes(
            async () => (await app.Client.ReadAsync($"/v1/periods/{entity}/{Last}/pack")).ShouldBe(HttpStatusCode.OK),
            answer => answer["packs"].GetArrayLength() == count && answer["packs"].EnumerateArray().All(pack =>
                pack.GetProperty("documents").EnumerateArray()
                    .Select(document => document.GetProperty("name").GetString()).SequenceEqual(Names)),
            "the reports of each close are kept"))["packs"].EnumerateArray().ToList();

    private async Task<string?> TotalAsync(JsonElement pack) =>
        JsonDocument.Parse(await TextAsync(pack, "aging.json")).RootElement.GetProperty("totals")
            .GetProperty("total").GetString();

    private async Task<string> TextAsync(JsonElement pack, string name)
    {
        var document = pack.GetProperty("documents").EnumerateArray()
            .Single(one => one.GetProperty("name").GetString() == name);
        var (_, bytes, _) = await app.Client.BytesAsync(document.GetProperty("location").GetString()!, "*/*");
        return Encoding.UTF8.GetString(bytes);
    }
}
