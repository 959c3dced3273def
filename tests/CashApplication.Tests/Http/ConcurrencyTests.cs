using Npgsql;
using OrderToCash.CashApplication.Tests.Support;
using OrderToCash.TestKit;
using static OrderToCash.CashApplication.Tests.Support.Http;

namespace OrderToCash.CashApplication.Tests.Http;

/// <summary>D-01, D-02, D-06, D-11, D-12.</summary>
public sealed class Receipts_at_the_same_moment(CashApp app) : IClassFixture<CashApp>
{
    private const string Promised = "select sum(settled) from allocations where status = 'pending'";

    [Fact]
    public async Task promise_an_open_item_once_and_bear_numbers_without_a_gap()
    {
        await app.Invoicing.IntroduceAsync();
        await app.Invoicing.InvoiceAsync("INV-US01-2026-000001", 100m);
        await Task.WhenAll(Enumerable.Range(0, 64)
            .Select(_ => app.Client.PostAsync("/v1/receipts", Receipt("100.00", "INV-US01-2026-000001"))));
        (await app.ScalarAsync<decimal>(Promised)).ShouldBe(100m);
        (await app.ScalarAsync<long>("select count(*) from receipts where pending = 100")).ShouldBe(1);
        (await app.ScalarAsync<long>("select count(*) from receipts where unapplied = 100 and customer_id is not null"))
            .ShouldBe(63);
        (await app.ScalarAsync<long>("select count(distinct number) from receipts")).ShouldBe(
            await app.ScalarAsync<int>("select last from receipt_numbers"));

        // By hand too, all at once, from receipts that are still free: nothing is left to promise.
        var free = (await app.Client.ReadAsync("/v1/receipts?status=unapplied&limit=100")).Items()
            .Where(item => item.Amount("unapplied") == 100m).Take(16);
        var invoice = await app.Invoicing.InvoiceAsync("INV-US01-2026-000002", 250m);
        var answers = await Task.WhenAll(free.Select(async item =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"/v1/receipts/{item.Id()}/allocations")
            {
                Content = System.Net.Http.Json.JsonContent.Create(
                    new { allocations = new[] { new { invoiceId = invoice, amount = Usd("100.00") } } }),
            };
            using var answer = await app.Client.SendAsync(request);
            return (int)answer.StatusCode;
        }));
        answers.Count(status => status == 202).ShouldBe(2);
        answers.Count(status => status == 409).ShouldBe(14, "D-06: each of them would fit alone");
        (await app.ScalarAsync<decimal>(Promised)).ShouldBe(300m);
    }

    /// <summary>
    /// D-11: fifty callers, each with one request after the other, every fifth of them with one that cannot be recorded
    /// and every seventh under a key that others use too. <c>OTC_RECEIPTS_SECONDS=60</c> is the long form that it asks
    /// for.
    /// </summary>
    [Fact]
    public async Task d11_are_recorded_where_the_answer_says_so_and_nowhere_else()
    {
        var least = int.TryParse(Environment.GetEnvironmentVariable("OTC_RECEIPTS_SECONDS"), out var given) ? given : 0;
        await app.Invoicing.IntroduceAsync();
        var began = TimeProvider.System.GetTimestamp();
        var answers = (await Task.WhenAll(Enumerable.Range(0, 50).Select(CallAsync))).SelectMany(one => one).ToArray();
        answers.Select(answer => answer.Status).Distinct().Order().ShouldBe([201, 422]);
        var recorded = answers.Where(answer => answer.Status == 201)
            .ToLookup(answer => answer.Id!.Value, answer => answer.Reference);
        recorded.ShouldAllBe(one => one.Distinct().Count() == 1, "one receipt is the answer to one wish");

        // What the answers say is what there is: each its event, once, and no other.
        await using var command = app.Database.CreateCommand(
            "select stream_id, data->'Remittance'->>0 from mt_events where type = 'receipt_recorded' " +
            "and data->'Remittance'->>0 like 'D11-%'");
        await using var reader = await command.ExecuteReaderAsync();
        var events = new List<(Guid Id, string Reference)>();
        while (await reader.ReadAsync())
            events.Add((reader.GetGuid(0), reader.GetString(1)));
        events.Order().ShouldBe(recorded.Select(one => (one.Key, one.First())).Order());

        async Task<List<(int Status, Guid? Id, string Reference)>> CallAsync(int caller)
        {
            var told = new List<(int, Guid?, string)>();
            for (var turn = 0; turn < 10 || TimeProvider.System.GetElapsedTime(began).TotalSeconds < least; turn++)
            {
                var isShared = turn % 7 == 6;
                var reference = isShared ? $"D11-shared-{turn}" : $"D11-{caller}-{turn}";
                var amount = turn % 5 == 4 ? "0.00" : "11.11";
                using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/receipts")
                {
                    Content = System.Net.Http.Json.JsonContent.Create(Receipt(amount, reference)),
                };
                request.Headers.Add("Idempotency-Key", isShared ? reference : $"{reference}-alone");
                using var answer = await app.Client.SendAsync(request);
                var body = System.Text.Json.JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
                told.Add(((int)answer.StatusCode, answer.IsSuccessStatusCode ? body.Id() : null, reference));
            }

            return told;
        }
    }

    [Fact]
    public async Task with_one_key_are_one()
    {
        await app.Invoicing.IntroduceAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 8)
            .Select(_ => app.Client.PostAsync("/v1/receipts", Receipt("5.05"), key: "the-same")));
        answers.Select(answer => answer.Id()).Distinct().ShouldHaveSingleItem();
        (await app.ScalarAsync<long>("select count(*) from receipts where amount = 5.05")).ShouldBe(1);
    }

    [Fact]
    public async Task wait_for_nobody_who_went_away_in_the_middle_of_an_import()
    {
        const string waiting =
            "select count(*) from pg_locks where relation = 'receipt_numbers'::regclass and not granted";
        await app.Invoicing.IntroduceAsync();
        await app.Client.RegisterMainAccountAsync();
        var file = new Camt("S1", new DateOnly(2026, 11, 2), 0m).Credit(7.77m, "who am I", payer: null).Xml();
        await using (var connection = await app.Database.OpenConnectionAsync())
        await using (await connection.BeginTransactionAsync())
        {
            await using var hold = new NpgsqlCommand(
                "lock table receipt_numbers in access exclusive mode", connection);
            await hold.ExecuteNonQueryAsync();
            using var away = new CancellationTokenSource();
            var import = app.Client.PostAsync(new Uri("/v1/bank-statements", UriKind.Relative), Xml(file), away.Token);
            await Eventually.BecomesTrue(
                async () => await app.ScalarAsync<long>(waiting) > 0, "the import is about to draw numbers");
            await away.CancelAsync();
            await Should.ThrowAsync<OperationCanceledException>(() => import);
            await Eventually.BecomesTrue(
                async () => await app.ScalarAsync<long>(waiting) == 0, "the import has ended");
        }

        var imported = await app.Client.PostAsync("/v1/bank-statements", Xml(file), 201);
        imported.Items("receiptIds").ShouldHaveSingleItem();
        (await app.ScalarAsync<long>("select count(*) from receipts where amount = 7.77")).ShouldBe(1);
    }
}
