using OrderToCash.CashApplication.Tests.Support;
using OrderToCash.TestKit;
using static OrderToCash.CashApplication.Tests.Support.Http;

namespace OrderToCash.CashApplication.Tests.Http;

/// <summary>Suggestions accepted by the hundred, and why a person decided so.</summary>
public sealed class The_workbench_by_the_hundred(CashApp app) : IClassFixture<CashApp>, IAsyncLifetime
{
    private static int _number = 520_000;

    public async ValueTask InitializeAsync() => await app.IntroducedAsync();

    /// <summary>
    /// What was sought for many at once holds until one of them takes it: two of one request that want the same item
    /// are told as if each had come alone, and more than a chunk is accepted in the order of the request.
    /// </summary>
    [Fact]
    public async Task accepts_more_than_are_sought_at_once_each_on_what_is_left()
    {
        const int pairs = 51;
        var items = new List<object>();
        for (var index = 0; index < pairs; index++)
        {
            var amount = 2_071.01m + index;
            await IssueAsync(amount);
            for (var twin = 0; twin < 2; twin++)
            {
                var receipt = await app.Client.PostAsync("/v1/receipts", Receipt($"{amount}"));
                items.Add(new { receiptId = receipt.Id(), suggestion = receipt.Items("suggestions")[0].Text("key") });
            }
        }

        var results = (await app.Client.PostAsync("/v1/workbench/accept", new { items }, 200)).Items("results");
        results.Select(result => (result.GetProperty("index").GetInt32(), result.GetProperty("status").GetInt32()))
            .ShouldBe(Enumerable.Range(0, 2 * pairs).Select(index => (index, index % 2 == 0 ? 202 : 409)));
        results.Where(result => result.GetProperty("status").GetInt32() == 409)
            .ShouldAllBe(result => result.Text("code") == "suggestion-changed");
        (await app.ScalarAsync<long>("select count(*) from allocations where settled between 2071 and 2200"))
            .ShouldBe(pairs);
    }

    /// <summary>
    /// Three minutes pass while the second one is written: the third has no turn, and a repeat goes on with it.
    /// </summary>
    [Fact]
    public async Task says_what_had_no_turn_and_goes_on_with_it_under_the_same_key()
    {
        var items = new List<(Guid ReceiptId, string Suggestion)>();
        for (var index = 0; index < 3; index++)
        {
            var amount = 3_071.01m + index;
            await IssueAsync(amount);
            var receipt = await app.Client.PostAsync("/v1/receipts", Receipt($"{amount}"));
            items.Add((receipt.Id(), receipt.Items("suggestions")[0].Text("key")));
        }

        await using (var connection = await app.Database.OpenConnectionAsync())
        await using (var held = await connection.BeginTransactionAsync())
        {
            await using var hold = connection.CreateCommand();
            hold.CommandText = $"select id from mt_streams where id = '{items[1].ReceiptId}' for update";
            (await hold.ExecuteScalarAsync()).ShouldBe(items[1].ReceiptId);
            var first = AcceptAsync();
            await Eventually.BecomesTrue(
                async () => await app.ScalarAsync<long>(
                    "select count(*) from pg_stat_activity where datname = current_database() " +
                    "and wait_event in ('transactionid', 'tuple')") > 0,
                "the second one waits for its stream");
            app.Clock.Ahead += TimeSpan.FromMinutes(3);
            await held.RollbackAsync();
            (await first).ShouldBe([(202, null), (202, null), (503, "no-turn")]);
        }

        (await RequestedAsync()).ShouldBe(2);
        for (var repeat = 0; repeat < 2; repeat++)
        {
            (await AcceptAsync()).ShouldBe([(202, null), (202, null), (202, null)]);
            (await RequestedAsync()).ShouldBe(3);
        }

        async Task<(int, string?)[]> AcceptAsync() =>
        [
            .. (await app.Client.PostAsync(
                "/v1/workbench/accept",
                new { items = items.Select(one => new { one.ReceiptId, one.Suggestion }) }, 200, "no-turn-1"))
                .Items("results").Select(one => (one.GetProperty("status").GetInt32(),
                    one.TryGetProperty("code", out var code) ? code.GetString() : null)),
        ];

        Task<long> RequestedAsync() => app.ScalarAsync<long>(
            "select count(*) from mt_events where type = 'allocations_requested' and stream_id in " +
            $"('{string.Join("', '", items.Select(one => one.ReceiptId))}')");
    }

    [Fact]
    public async Task keeps_and_shows_why_a_person_decided_so()
    {
        await IssueAsync(56.02m);
        var suggested = await app.Client.PostAsync("/v1/receipts", Receipt("56.02", "no number"));
        var accepted = await app.Client.PostAsync($"/v1/receipts/{suggested.Id()}/accept", new
        {
            suggestion = suggested.Items("suggestions").Single().Text("key"),
            reason = "told on the phone",
        }, 202);
        accepted.Items("allocations").Single().Items("reasons").Last().GetString()
            .ShouldBe("Accepted by ana: told on the phone");

        var invoice = await IssueAsync(57.03m);
        var other = await app.Client.PostAsync("/v1/receipts", Receipt("57.99", "no number"));
        var path = $"/v1/receipts/{other.Id()}";
        object[] allocations = [new { invoiceId = invoice, amount = Usd("57.03") }];
        await app.Client.PostAsync(
            $"{path}/allocations", new { allocations, reason = new string('x', 501) }, 400);
        var applied = await app.Client.PostAsync(
            $"{path}/allocations", new { allocations, reason = "their mail of today" }, 202);
        applied.Items("allocations").Single().Items("reasons").Single().GetString()
            .ShouldBe("Applied by ana: their mail of today");
        (await app.Client.ReadAsync(path)).Items("allocations").Single().Items("reasons").Single().GetString()
            .ShouldBe("Applied by ana: their mail of today");
        (await app.ScalarAsync<string>(
            "select headers->>'reason' from mt_events where type = 'allocations_requested' " +
            $"and stream_id = '{other.Id()}'")).ShouldBe("their mail of today");
    }

    private async Task<Guid> IssueAsync(decimal amount) => await app.Invoicing.InvoiceAsync(
        $"INV-US01-2026-{Interlocked.Increment(ref _number):000000}", amount);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
