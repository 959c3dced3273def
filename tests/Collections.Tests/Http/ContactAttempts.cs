using System.Net;
using System.Net.Http.Json;
using OrderToCash.Collections.Tests.Support;
using OrderToCash.Collections.UseCases;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Tests.Http;

public sealed class ContactAttempts(CollectionsApp app) : IClassFixture<CollectionsApp>
{
    /// <summary>
    /// Whoever waits for its turn has one connection and needs no other: else as many as there are connections would
    /// wait for each other.
    /// </summary>
    [Fact]
    public async Task more_at_once_than_there_are_connections_are_all_answered()
    {
        var story = await Story.BeginAsync(app);
        var customer = await story.CustomerAsync("many@globex.example");
        await story.ReviewedAsync(customer);
        await using var small = app.Another(";Maximum Pool Size=20");
        using var client = app.Client(small);
        var key = Ids.LockKey($"ordertocash:contact:{customer:N}");
        await using var other = await app.Database.Source.OpenConnectionAsync();
        await using var transaction = await other.BeginTransactionAsync();
        await using (var take = new Npgsql.NpgsqlCommand($"select pg_advisory_xact_lock({key})", other, transaction))
            await take.ExecuteNonQueryAsync();

        var asking = Enumerable.Range(0, 30).Select(_ => client.PostAsJsonAsync(
            "/v1/collections/contact-attempts", new { customerId = customer, channel = "meeting" })).ToList();
        await story.KnowsAsync(
            "select (count(*) >= 12)::int::bigint from pg_locks where locktype = 'advisory' and not granted " +
            $"and objsubid = 1 and (classid::bigint << 32 | objid::bigint) = {key}");
        await transaction.RollbackAsync();

        var answers = await Task.WhenAll(asking);
        answers.ShouldAllBe(answer => answer.StatusCode == HttpStatusCode.Created);
        var views = await Task.WhenAll(answers.Select(answer => Story.ReadAsync<ContactAttemptView>(
            answer, HttpStatusCode.Created)));
        views.Count(view => view.Allowed).ShouldBe(7);
    }
}
