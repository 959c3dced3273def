using System.Globalization;
using OrderToCash.Local.Processes;
using OrderToCash.TestKit;

namespace OrderToCash.Faults.Tests;

/// <summary>Any number of instances of a service run beside each other.</summary>
public sealed class Several_instances(ManyInstances many, ITestOutputHelper output)
    : IClassFixture<ManyInstances>, IAsyncLifetime
{
    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>Whatever happened in a test, the next one finds every service running.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var instance in many.Exited)
            await instance.StartAgainAsync();
    }

    [Fact]
    public async Task that_start_at_the_same_moment_on_an_empty_database_apply_each_schema_file_once()
    {
        foreach (var program in ManyInstances.Services)
        {
            var files = await many.CountAsync(program.Name, "otc_schema");
            files.ShouldBeGreaterThanOrEqualTo(2);
            (await many.CountAsync(program.Name, "(select distinct module, name from otc_schema) as s"))
                .ShouldBe(files);
        }
    }

    [Fact]
    public async Task share_their_subscriptions_so_that_each_runs_once()
    {
        foreach (var program in ManyInstances.Services)
        {
            await Eventually.Passes(async () =>
            {
                var led = new List<string>();
                foreach (var instance in many.Of(program.Name))
                    led.AddRange(await many.LedByAsync(instance));
                led.ShouldContain("Relay:All");
                led.ShouldBeUnique();
            });
        }
    }

    [Fact]
    public async Task take_the_relay_over_from_one_that_is_killed()
    {
        var (locked, took) = (new List<TimeSpan>(), new List<TimeSpan>());
        for (var killed = 0; killed < 2; killed++)
        {
            var leader = await LeaderAsync("invoicing");
            var holder = await many.RelayHolderAsync();
            holder.ShouldBePositive();
            await leader.KillAsync();
            var began = TimeProvider.System.GetTimestamp();
            await Eventually.Becomes(
                many.RelayHolderAsync, now => now != 0 && now != holder, "another session holds the relay's lock");
            locked.Add(TimeProvider.System.GetElapsedTime(began));
            var invoice = await many.IssueAsync(many.Of("invoicing")[0]);

            await IsKnownToCollectionsAsync(invoice);
            took.Add(TimeProvider.System.GetElapsedTime(began));
            (await LeaderAsync("invoicing")).ShouldNotBe(leader);
        }

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"From kill -9 of the relay's instance until another holds its lock: {string.Join(", ", locked)}; " +
            $"to the row in another service: {string.Join(", ", took)}"));
    }

    [Fact]
    public async Task compete_for_messages_and_lose_none_when_one_is_killed()
    {
        await Eventually.Becomes(
            () => many.ConsumersAsync("collections-open-items"), count => count == many.Of("collections").Count,
            "each instance reads the queue");
        List<Guid> issued = [];
        for (var number = 0; number < 60; number++)
        {
            issued.Add(await many.IssueAsync(many.Of("invoicing")[number % many.Of("invoicing").Count]));
            if (number == 30)
                await many.Of("collections")[^1].KillAsync();
        }

        foreach (var invoice in issued)
            await IsKnownToCollectionsAsync(invoice);
    }

    [Fact]
    public async Task start_and_work_on_the_schema_of_a_newer_version()
    {
        var program = ManyInstances.Services.Single(service => service.Name == "invoicing");
        await many.ExecuteAsync(program, "alter table invoices add column of_the_newer_version text null");
        await many.ExecuteAsync(
            program, "insert into otc_schema (module, number, name, sha256) " +
            "values ('invoicing', 9001, '9001_of_the_newer_version.sql', '00')");

        var before = many.Of("invoicing")[0];
        var joined = await many.AddAsync("invoicing");

        await IsKnownToCollectionsAsync(await many.IssueAsync(before));
        await IsKnownToCollectionsAsync(await many.IssueAsync(joined));
    }

    private async Task<ServiceInstance> LeaderAsync(string service)
    {
        ServiceInstance? leader = null;
        await Eventually.BecomesTrue(
            async () =>
            {
                foreach (var instance in many.Of(service))
                {
                    if ((await many.LedByAsync(instance)).Contains("Relay:All"))
                        leader = instance;
                }

                return leader is not null;
            },
            $"an instance of {service} runs the relay");
        return leader!;
    }

    private Task IsKnownToCollectionsAsync(Guid invoice) => Eventually.BecomesTrue(
        async () => await many.CountAsync("collections", $"open_items where invoice_id = '{invoice}'") == 1,
        "collections knows the invoice");
}
