using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using OrderToCash.Credit.Decisions;
using OrderToCash.Kernel;
using OrderToCash.TestKit;

namespace OrderToCash.Credit.Tests.Http;

/// <summary>Runs that somebody asks for, and what is told of those that come by themselves.</summary>
public sealed class DaysByHand(CreditBed bed) : IClassFixture<CreditBed>
{
    [Theory]
    [InlineData("daily-runs", "DH01")]
    [InlineData("rescoring-runs", "DH02")]
    public async Task a_repeat_under_the_same_key_gets_the_answer_again(string runs, string entity)
    {
        await bed.EntityAsync(entity);
        using var first = await RunAsync(runs, entity, runs);
        using var again = await RunAsync(runs, entity, runs);
        using var other = await RunAsync(runs, "US01", runs);

        await first.ShouldBeAsync(HttpStatusCode.OK);
        first.Headers.Contains("Idempotency-Replayed").ShouldBeFalse();
        again.Headers.GetValues("Idempotency-Replayed").ShouldBe(["true"]);
        (await again.Content.ReadAsStringAsync()).ShouldBe(await first.Content.ReadAsStringAsync());
        await other.ShouldBeAsync(HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task a_day_that_takes_long_goes_on_without_its_caller()
    {
        const string entity = "DH03";
        await bed.EntityAsync(entity);
        DateTimeOffset began;
        Uri where;
        await using (await TakeTurnAsync(entity))
        {
            began = bed.App.Clock.GetUtcNow();
            string[] keys = ["long", "also", "me too"];
            var answers = await Task.WhenAll(keys.Select(key => RunAsync("daily-runs", entity, key)));
            foreach (var answer in answers)
                await answer.ShouldBeAsync(HttpStatusCode.Accepted);
            (await SqlAsync("select count(*) from pg_locks where locktype = 'advisory' and not granted " +
                "and database = (select oid from pg_database where datname = current_database())"))
                .ShouldBe(1L, "one of them waits for all");
            where = answers[0].Headers.Location!;
            IsDoneSince(await ProgressAsync(where), began).ShouldBeFalse();
        }

        await Eventually.BecomesTrue(
            async () => IsDoneSince(await ProgressAsync(where), began), "every step is done since it was asked for");
        using var again = await RunAsync("daily-runs", entity, "long");
        again.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        again.Headers.Contains("Idempotency-Replayed").ShouldBeTrue();
    }

    [Fact]
    public async Task whoever_may_not_see_a_legal_entity_hears_nothing_of_its_day()
    {
        using var stranger = bed.App.ClientFor("credit:read credit:write", "eve", "XX99");
        using var progress = await stranger.GetAsync(new Uri("/v1/credit/daily-runs/US01", UriKind.Relative));
        await progress.ShouldBeAsync(HttpStatusCode.Forbidden);
        using var unknown = await bed.Client.GetAsync(new Uri("/v1/credit/daily-runs/NONE", UriKind.Relative));
        await unknown.ShouldBeAsync(HttpStatusCode.NotFound);
    }

    /// <summary>It is tried ever later, and is a failure in between, until whoever it may be has done it.</summary>
    [Fact]
    public async Task a_day_that_fails_is_told_until_it_is_done()
    {
        const string entity = "DH04";
        await bed.EntityAsync(entity);
        await SqlAsync(
            "create function not_now() returns trigger language plpgsql as " +
            "$$ begin raise exception 'not now'; end $$; " +
            "delete from credit_daily_runs where legal_entity = 'DH04'; " +
            "create trigger not_now before insert on credit_daily_runs for each row " +
            "when (new.legal_entity = 'DH04') execute function not_now()");
        using var failing = new Readings("otc.work.failing", "otc.work", "The days of legal entities");
        using var days = ActivatorUtilities.CreateInstance<DayBreak>(bed.App.Services, new QuickTimers());
        await days.StartAsync(CancellationToken.None);

        await Eventually.BecomesTrue(() => failing.Seen.Any(rounds => rounds > 3), "every round since is told");
        await SqlAsync("drop function not_now() cascade");
        await (await RunAsync("daily-runs", entity, "by hand")).ShouldBeAsync(HttpStatusCode.OK);

        await Eventually.BecomesTrue(() => failing.Seen[^1] == 0, "nothing is left of the day");
        await days.StopAsync(CancellationToken.None);
    }

    private Task<HttpResponseMessage> RunAsync(string runs, string entity, string key)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"/v1/credit/{runs}")
        {
            Content = JsonContent.Create(new { legalEntity = entity }),
        };
        request.Headers.Add("Idempotency-Key", key);
        return bed.Client.SendAsync(request);
    }

    private Task<JsonElement> ProgressAsync(Uri where) => bed.Client.GetFromJsonAsync<JsonElement>(where);

    private static bool IsDoneSince(JsonElement progress, DateTimeOffset time) =>
        progress.GetProperty("isDone").GetBoolean()
        && progress.GetProperty("steps").EnumerateArray().All(
            step => step.GetProperty("doneAt").GetDateTimeOffset() >= time.AddMilliseconds(-1));

    /// <summary>As an instance that is at the day of this legal entity.</summary>
    private async Task<NpgsqlConnection> TakeTurnAsync(string entity)
    {
        var session = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(bed.ConnectionString) { Pooling = false }.ConnectionString);
        await session.OpenAsync();
        await using var take = new NpgsqlCommand("select pg_advisory_lock($1)", session);
        take.Parameters.Add(
            new NpgsqlParameter<long> { TypedValue = Ids.LockKey($"ordertocash:credit-day:{entity}") });
        await take.ExecuteNonQueryAsync();
        return session;
    }

    private async Task<object?> SqlAsync(string sql)
    {
        await using var command = bed.Database.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }

    /// <summary>Tells the right time, and waits a thousandth of what it should.</summary>
    private sealed class QuickTimers : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, dueTime / 1000, period);
    }
}
