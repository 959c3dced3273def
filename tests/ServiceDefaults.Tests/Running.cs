using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using OrderToCash.EventSourcing;
using OrderToCash.EventSourcing.Subscriptions;
using OrderToCash.ServiceDefaults.Tests.Support;
using OrderToCash.TestKit;

namespace OrderToCash.ServiceDefaults.Tests;

public sealed class Running(Servers servers)
{
    [Fact]
    public async Task without_its_database_a_service_answers_503_and_nothing_is_lost()
    {
        await using var postgres = await Servers.StartOwnPostgresAsync();
        await using var bank = await BankApp.StartAsync(postgres.ConnectionString);
        var id = await bank.Client.OpenAsync("resilient");
        using var before = await PostAsync(bank, id);

        await postgres.KillAsync();
        using var away = await PostAsync(bank, id);
        await away.ShouldBeProblemAsync(503, "unavailable");
        away.Headers.RetryAfter!.Delta.ShouldNotBeNull();
        using var live = await bank.Client.GetAsync("/health/live");
        live.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await ReadyAsync(bank)).ShouldBe((HttpStatusCode.ServiceUnavailable, "unhealthy"));

        await postgres.StartAgainAsync();
        using var after = await Eventually.Becomes(
            () => PostAsync(bank, id), answer => answer.StatusCode == HttpStatusCode.OK, "the database is back");
        after.Headers.Contains("Idempotency-Replayed").ShouldBeTrue();
        (await after.Content.ReadAsStringAsync()).ShouldBe(await before.Content.ReadAsStringAsync());
        await Eventually.Becomes(
            () => ReadyAsync(bank), ready => ready.Status == HttpStatusCode.OK, "it is ready again");
        (await bank.Store.HistoryAsync(id)).Count.ShouldBe(2);
    }

    [Fact]
    public void a_service_that_was_not_told_its_database_says_which_setting_lacks() =>
        Should.Throw<InvalidOperationException>(() => BankApp.Build(new Issuer(), ""))
            .Message.ShouldContain("ConnectionStrings:Postgres");

    [Fact]
    public async Task a_stream_that_a_newer_version_has_moved_on_is_left_to_it()
    {
        await using var database = await servers.CreateDatabaseAsync();
        await using var bank = await BankApp.StartAsync(database.ConnectionString);
        var id = await bank.Client.OpenAsync("rolled out");
        await using var newer = database.Source.CreateCommand(
            "with moved as (update mt_streams set version = 2 where id = $1) " +
            "insert into mt_events (id, stream_id, version, data, type) " +
            "values ($1, $1, 2, '{}', 'account_frozen')");
        newer.Parameters.AddWithValue(id);
        await newer.ExecuteNonQueryAsync();

        using var answer = await PostAsync(bank, id);

        await answer.ShouldBeProblemAsync(503, "unavailable");
        answer.Headers.RetryAfter.ShouldNotBeNull();
    }

    [Fact]
    public async Task a_service_told_to_stop_is_no_longer_ready_but_serves_on()
    {
        await using var database = await servers.CreateDatabaseAsync();
        await using var bank = await BankApp.StartAsync(database.ConnectionString);
        using var ready = await bank.ClientFor(null).GetAsync("/health/ready");
        ready.StatusCode.ShouldBe(HttpStatusCode.OK);

        bank.App.Lifetime.StopApplication();

        using var stopping = await bank.ClientFor(null).GetAsync("/health/ready");
        stopping.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await stopping.BodyAsync()).GetProperty("parts").GetProperty("running").GetProperty("status").GetString()
            .ShouldBe("unhealthy");
        using var answer = await bank.Client.GetAsync("/v1/accounts");
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task stopping_lasts_as_long_as_the_draining_and_the_last_requests_need()
    {
        await using var database = await servers.CreateDatabaseAsync();
        await using var bank = await BankApp.StartAsync(database.ConnectionString, ("Shutdown:DrainSeconds", "7"));

        bank.App.Services.GetRequiredService<Microsoft.Extensions.Options.IOptions<HostOptions>>().Value.ShutdownTimeout
            .ShouldBe(TimeSpan.FromSeconds(27));
    }

    /// <summary>A broker that is away for long takes nobody out of service: what is answered is right.</summary>
    [Fact]
    public async Task one_whose_relay_is_far_behind_is_ready_all_the_same()
    {
        await using var database = await servers.CreateDatabaseAsync();
        await using var bank = await BankApp.StartAsync(
            database.ConnectionString,
            services => services.AddSubscription<Heard>().AddSubscription<Unheard>());
        await bank.Client.OpenAsync("unheard");
        var monitor = bank.App.Services.GetRequiredService<SubscriptionMonitor>();
        await Eventually.Becomes(
            () => monitor.ReadAsync(),
            all => all.ToDictionary(one => one.Name, one => one.Lag) is var lag
                && lag["Unheard:All"] > 0 && lag["Heard:All"] == 0,
            "only the other one is up to date");

        using var answer = await bank.Client.GetAsync("/health/ready");
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await answer.BodyAsync()).GetProperty("parts").EnumerateObject().Select(part => part.Name)
            .ShouldBe(["postgresql", "running"]);
    }

    [Fact]
    public async Task the_administrator_sees_the_read_models_and_rebuilds_one()
    {
        await using var database = await servers.CreateDatabaseAsync();
        await using var bank = await BankApp.StartAsync(
            database.ConnectionString, services => services.AddSubscription<Heard>());
        await bank.Client.OpenAsync("kept", "5.00");
        var monitor = bank.App.Services.GetRequiredService<SubscriptionMonitor>();
        await Eventually.Becomes(
            () => monitor.ReadAsync(), all => all.Single().Position == 2, "the subscription is up to date");

        using var answer = await bank.Client.GetAsync("/admin/projections");
        var view = await answer.BodyAsync();
        view.GetProperty("projections").EnumerateArray().Select(name => name.GetString())
            .ShouldBe(["accounts", "turnover"]);
        view.GetProperty("subscriptions").EnumerateArray().Single().GetProperty("name").GetString()
            .ShouldBe("Heard:All");

        await database.Source.CreateCommand("delete from accounts; delete from turnover").ExecuteNonQueryAsync();
        foreach (var name in new[] { "accounts", "turnover" })
        {
            using var rebuilt = await bank.Client.PostAsync($"/admin/projections/{name}/rebuild", null);
            (await rebuilt.BodyAsync()).GetProperty("events").GetInt64().ShouldBe(2);
            (await database.Source.CreateCommand($"select count(*) from {name}").ExecuteScalarAsync()).ShouldBe(1L);
        }

        using var unknown = await bank.Client.PostAsync("/admin/projections/nothing/rebuild", null);
        await unknown.ShouldBeProblemAsync(404, "not-found");
        using var clerk = bank.ClientFor(bank.Issuer.Token(scope: "invoicing:write"));
        using var refused = await clerk.PostAsync("/admin/projections/accounts/rebuild", null);
        await refused.ShouldBeProblemAsync(403, "scope-missing");
    }

    private static Task<HttpResponseMessage> PostAsync(BankApp bank, Guid id) => bank.Client.SendAsync(Http.Post(
        $"/v1/accounts/{id}/deposits", new { amount = new { amount = "5.00", currency = "USD" } }, key: "once"));

    private sealed class Heard : ISubscription
    {
        public string Name => "Heard:All";

        public int PageSize => 100;

        public Task<IReadOnlyList<NpgsqlBatchCommand>> HandleAsync(
            IReadOnlyList<StoredEvent> events, CancellationToken cancellation) =>
            Task.FromResult<IReadOnlyList<NpgsqlBatchCommand>>([]);
    }

    private sealed class Unheard : ISubscription
    {
        public string Name => "Unheard:All";

        public int PageSize => 100;

        public Task<IReadOnlyList<NpgsqlBatchCommand>> HandleAsync(
            IReadOnlyList<StoredEvent> events, CancellationToken cancellation) =>
            throw new InvalidOperationException("Nobody takes it.");
    }

    private static async Task<(HttpStatusCode Status, string? Text)> ReadyAsync(BankApp bank)
    {
        using var answer = await bank.Client.GetAsync("/health/ready");
        return (answer.StatusCode, (await answer.BodyAsync()).GetProperty("status").GetString());
    }
}
