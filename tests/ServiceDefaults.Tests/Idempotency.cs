using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults.Tests.Bank;
using OrderToCash.ServiceDefaults.Tests.Support;
using OrderToCash.TestKit;

namespace OrderToCash.ServiceDefaults.Tests;

public sealed class Idempotency(BankFixture fixture) : IClassFixture<BankFixture>
{
    private HttpClient Client => fixture.Client;

    [Fact]
    public async Task the_same_request_with_the_same_key_gets_the_same_answer_again()
    {
        using var first = await Client.SendAsync(Http.Post("/v1/accounts", Http.Open("twice"), key: "twice"));
        using var again = await Client.SendAsync(Http.Post("/v1/accounts", Http.Open("twice"), key: "twice"));

        first.StatusCode.ShouldBe(HttpStatusCode.Created);
        first.Headers.Contains("Idempotency-Replayed").ShouldBeFalse();
        again.StatusCode.ShouldBe(HttpStatusCode.Created);
        again.Headers.GetValues("Idempotency-Replayed").ShouldBe(["true"]);
        again.Headers.Location.ShouldBe(first.Headers.Location);
        again.Headers.ETag.ShouldBe(first.Headers.ETag);
        (await again.Content.ReadAsByteArrayAsync()).ShouldBe(await first.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task the_same_key_with_another_request_is_refused()
    {
        using var first = await Client.SendAsync(Http.Post("/v1/accounts", Http.Open("reused"), key: "reused"));
        using var other = await Client.SendAsync(Http.Post("/v1/accounts", Http.Open("not reused"), key: "reused"));

        await other.ShouldBeProblemAsync(422, "idempotency-key-reused");
    }

    [Fact]
    public async Task keys_of_different_callers_never_meet()
    {
        using var other = fixture.Bank.ClientFor(fixture.Bank.Issuer.Token(subject: "bob"));
        using var mine = await Client.SendAsync(Http.Post("/v1/accounts", Http.Open("mine"), key: "shared"));
        using var theirs = await other.SendAsync(Http.Post("/v1/accounts", Http.Open("theirs"), key: "shared"));

        theirs.StatusCode.ShouldBe(HttpStatusCode.Created);
        theirs.Headers.Contains("Idempotency-Replayed").ShouldBeFalse();
    }

    /// <summary>D-02.</summary>
    [Fact]
    public async Task twenty_at_once_with_one_key_make_one_event_and_twenty_equal_answers()
    {
        var id = await Client.OpenAsync("busy");
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Client.SendAsync(Http.Post(
            $"/v1/accounts/{id}/deposits", new { amount = new { amount = "5.00", currency = "USD" } },
            key: "at once"))));

        answers.ShouldAllBe(answer => answer.StatusCode == HttpStatusCode.OK);
        var bodies = await Task.WhenAll(answers.Select(answer => answer.Content.ReadAsStringAsync()));
        bodies.Distinct().ShouldHaveSingleItem();
        answers.Count(answer => answer.Headers.Contains("Idempotency-Replayed")).ShouldBe(19);
        (await fixture.Bank.Store.HistoryAsync(id)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task twenty_creations_at_once_with_one_key_make_one_account()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ =>
            Client.SendAsync(Http.Post("/v1/accounts", Http.Open("only one"), key: "create at once"))));

        answers.ShouldAllBe(answer => answer.StatusCode == HttpStatusCode.Created);
        answers.Select(answer => answer.Headers.Location).Distinct().ShouldHaveSingleItem();
    }

    /// <summary>D-07: who never heard the first answer gets it from the repeat.</summary>
    [Fact]
    public async Task a_repeat_is_answered_although_the_state_would_now_refuse_it()
    {
        var from = await Client.OpenAsync("poor", "10.00");
        var to = await Client.OpenAsync("rich");
        var transfer = new { from, to, amount = new { amount = "10.00", currency = "USD" } };
        using var first = await Client.SendAsync(Http.Post("/v1/transfers", transfer, key: "all of it",
            ifMatch: "\"2\""));
        using var again = await Client.SendAsync(Http.Post("/v1/transfers", transfer, key: "all of it",
            ifMatch: "\"2\""));
        using var anew = await Client.SendAsync(Http.Post("/v1/transfers", transfer, key: "once more"));

        first.StatusCode.ShouldBe(HttpStatusCode.OK);
        again.StatusCode.ShouldBe(HttpStatusCode.OK);
        again.Headers.Contains("Idempotency-Replayed").ShouldBeTrue();
        await anew.ShouldBeProblemAsync(409, "not-enough");
    }

    [Fact]
    public async Task nothing_to_do_is_an_answer_that_is_kept_too()
    {
        var id = await Client.OpenAsync("idle");
        var nothing = new { amount = new { amount = "0.00", currency = "USD" } };
        using var first = await Client.SendAsync(Http.Post($"/v1/accounts/{id}/deposits", nothing, key: "nothing"));
        using var again = await Client.SendAsync(Http.Post($"/v1/accounts/{id}/deposits", nothing, key: "nothing"));

        first.StatusCode.ShouldBe(HttpStatusCode.OK);
        again.Headers.Contains("Idempotency-Replayed").ShouldBeTrue();
        (await fixture.Bank.Store.HistoryAsync(id)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task a_refused_request_does_not_use_up_its_key()
    {
        var id = await Client.OpenAsync("forgiven");
        using var refused = await Client.SendAsync(Http.Post(
            $"/v1/accounts/{id}/deposits", new { amount = new { amount = "-1.00", currency = "USD" } },
            key: "second thoughts"));
        using var better = await Client.SendAsync(Http.Post(
            $"/v1/accounts/{id}/deposits", new { amount = new { amount = "1.00", currency = "USD" } },
            key: "second thoughts"));

        await refused.ShouldBeProblemAsync(422, "not-positive");
        better.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task a_key_costs_no_further_round_trip()
    {
        var id = await Client.OpenAsync("cheap");
        (await CommandsAsync(id, null)).ShouldBe(1);
        (await CommandsAsync(id, "cheap")).ShouldBe(1);
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("256")]
    public async Task a_key_that_is_none_is_malformed(string key)
    {
        using var request = Http.Post("/v1/accounts", Http.Open("bad key"));
        request.Headers.TryAddWithoutValidation("Idempotency-Key", key == "256" ? new string('k', 256) : key);
        using var answer = await Client.SendAsync(request);

        await answer.ShouldBeProblemAsync(400, "malformed-request");
    }

    [Fact]
    public async Task a_large_body_is_hashed_and_still_read_whole()
    {
        var body = new byte[20 * 1024 * 1024];
        new Random(7).NextBytes(body);
        using var first = await SendAsync(body);
        using var again = await SendAsync(body);
        body[^1]++;
        using var other = await SendAsync(body);

        first.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (await first.BodyAsync()).GetProperty("bytes").GetInt64().ShouldBe(body.Length);
        again.Headers.Contains("Idempotency-Replayed").ShouldBeTrue();
        await other.ShouldBeProblemAsync(422, "idempotency-key-reused");

        Task<HttpResponseMessage> SendAsync(byte[] bytes)
        {
            var content = new ByteArrayContent(bytes);
            var request = new HttpRequestMessage(HttpMethod.Post, "/v1/files") { Content = content };
            request.Headers.Add("Idempotency-Key", "large");
            return Client.SendAsync(request);
        }
    }

    /// <summary>It writes over many transactions, so nothing commits with its answer.</summary>
    [Fact]
    public async Task work_that_bears_repeating_is_done_by_one_of_those_who_ask_with_a_key()
    {
        await Client.OpenAsync("rebuilt");
        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => RebuildAsync("accounts")));
        using var other = await RebuildAsync("turnover");

        answers.ShouldAllBe(answer => answer.StatusCode == HttpStatusCode.OK);
        answers.Count(answer => answer.Headers.Contains("Idempotency-Replayed")).ShouldBe(4);
        var bodies = await Task.WhenAll(answers.Select(answer => answer.Content.ReadAsStringAsync()));
        bodies.Distinct().ShouldHaveSingleItem();
        await other.ShouldBeProblemAsync(422, "idempotency-key-reused");

        Task<HttpResponseMessage> RebuildAsync(string name) =>
            Client.SendAsync(Http.Post($"/admin/projections/{name}/rebuild", new { }, key: "rebuild"));
    }

    /// <summary>Impatient callers repeat; if each waited in the database, they would take all its sessions.</summary>
    [Fact]
    public async Task of_those_who_wait_for_it_one_has_a_session()
    {
        await Client.OpenAsync("impatient");
        var subject = "impatient";
        using var client = fixture.Bank.ClientFor(fixture.Bank.Issuer.Token(subject: subject));
        var sessions = fixture.Bank.App.Services
            .GetRequiredKeyedService<NpgsqlDataSource>(EventStoreRegistration.Sessions);
        Task<HttpResponseMessage[]> answers;
        await using (await Turn.WaitAsync(
            sessions, Ids.LockKey($"ordertocash:idempotency-key:{subject}:again"), CancellationToken.None))
        {
            answers = Task.WhenAll(Enumerable.Range(0, 30).Select(_ => client.SendAsync(
                Http.Post("/admin/projections/accounts/rebuild", new { }, key: "again"))));
            await Eventually.Becomes(WaitingAsync, count => count > 0, "somebody waits for the turn");
            for (var time = 0; time < 20; time++)
                await Client.GetStringAsync("/v1/accounts");

            (await WaitingAsync()).ShouldBe(1);
        }

        (await answers).Count(answer => answer.Headers.Contains("Idempotency-Replayed")).ShouldBe(29);

        async Task<long> WaitingAsync() => (long)(await fixture.Bank.Store.Database.CreateCommand(
            "select count(*) from pg_locks where locktype = 'advisory' and not granted " +
            "and database = (select oid from pg_database where datname = current_database())").ExecuteScalarAsync())!;
    }

    [Fact]
    public async Task old_answers_and_inbox_rows_go_and_young_ones_stay()
    {
        var database = fixture.Bank.Store.Database;
        using var young = await Client.SendAsync(Http.Post("/v1/accounts", Http.Open("young"), key: "young"));
        await ExecuteAsync(database,
            "insert into otc_idempotency_keys (caller, key, request_hash, status, body, created_at) " +
            "select 'old', n::text, '', 200, '', now() - interval '8 days' from generate_series(1, 2500) n");
        await ExecuteAsync(database,
            "insert into otc_inbox (consumer, message_id, received_at) " +
            "values ('c', gen_random_uuid(), now() - interval '31 days'), ('c', gen_random_uuid(), now())");

        var removed = await Task.WhenAll(
            Housekeeping.PurgeAsync(database),
            Housekeeping.PurgeAsync(database));

        removed.Sum().ShouldBe(2501);
        using var again = await Client.SendAsync(Http.Post("/v1/accounts", Http.Open("young"), key: "young"));
        again.Headers.Contains("Idempotency-Replayed").ShouldBeTrue();
    }

    /// <summary>Its path may hold a permission, and whoever calls is a stranger: nothing of it is kept.</summary>
    [Fact]
    public async Task of_what_anybody_may_call_no_body_is_held_back_and_no_path_is_told()
    {
        var (trace, path) = (ActivityTraceId.CreateRandom(), new TaskCompletionSource<object?>());
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Microsoft.AspNetCore",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                if (activity.TraceId == trace)
                    path.TrySetResult(activity.GetTagItem("url.path"));
            },
        };
        ActivitySource.AddActivityListener(listener);
        using var request = Http.Post("/v1/open/secret", new { }, "open");
        request.Headers.Add("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-01");
        using var strangers = fixture.Bank.ClientFor(null);

        using var answer = await strangers.SendAsync(request);

        (await answer.Content.ReadAsStringAsync()).ShouldBe("false", "the body can be read once");
        (await path.Task.WaitAsync(TimeSpan.FromSeconds(10))).ShouldBe("/v1/open/{token}");
    }

    /// <summary>How often a deposit goes to the database, seen by the spans of its trace.</summary>
    private async Task<int> CommandsAsync(Guid id, string? key)
    {
        var trace = ActivityTraceId.CreateRandom();
        var count = 0;
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Npgsql",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStarted = activity =>
            {
                if (activity.TraceId == trace && activity.Kind == ActivityKind.Client)
                    Interlocked.Increment(ref count);
            },
        };
        ActivitySource.AddActivityListener(listener);
        using var request = Http.Post(
            $"/v1/accounts/{id}/deposits", new { amount = new { amount = "5.00", currency = "USD" } }, key);
        request.Headers.Add("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-01");
        using var answer = await Client.SendAsync(request);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        return count;
    }

    private static async Task ExecuteAsync(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
