using System.Net;
using OrderToCash.Invoicing.Periods;

namespace OrderToCash.Invoicing.Tests.Http;

[Collection("Read models")]
public class KeepingBooks(InvoicingApp app)
{
    private static readonly Period Last = Period.Of(TestApi.Today).Previous;

    [Fact]
    public async Task The_books_are_kept_by_those_who_may_not_by_everybody_who_bills()
    {
        var entity = await app.EntityAsync();
        using var clerk = app.ClientWith("invoicing:read invoicing:write", entity);
        using var keeper = app.ClientWith("invoicing:books", entity);
        var period = $"/v1/periods/{entity}/{Last}";
        object[] rates = [new { currency = "EUR", rate = "1.1" }];
        var company = new { name = "Test Inc.", baseCurrency = "USD", country = "US", timeZone = "Asia/Kolkata" };
        (string Path, object Body)[] puts =
        [
            ($"/v1/legal-entities/{entity}", company),
            ($"/v1/legal-entities/{entity}/exchange-rates/daily/{TestApi.Today:O}", new { rates }),
            ($"/v1/legal-entities/{entity}/letterhead", new
            {
                name = "Test Inc.",
                address = new { street = "1 Main St" },
                bankAccount = "US001234",
            }),
        ];
        (string Path, object Body)[] posts =
        [
            ($"{period}/soft-close", new { }), ($"{period}/revaluation", new { }), ($"{period}/close", new { }),
            ($"{period}/provision", new { }), ($"{period}/reopen", new { reason = "x" }),
        ];

        foreach (var (path, body) in puts)
            (await clerk.PutAsync(path, body)).ShouldBe(HttpStatusCode.Forbidden, "scope-missing");
        foreach (var (path, body) in posts)
            (await clerk.PostAsync(path, body)).ShouldBe(HttpStatusCode.Forbidden, "scope-missing");

        foreach (var (path, body) in puts)
            (await keeper.PutAsync(path, body)).ShouldBe(HttpStatusCode.OK);
        foreach (var (path, body) in posts[..3])
            (await keeper.PostAsync(path, body)).ShouldBe(HttpStatusCode.OK);
    }

    /// <summary>What was closed before says nothing new, so it is not counted again at each close.</summary>
    [Fact]
    public async Task What_a_close_was_read_from_is_what_came_since_the_last_one()
    {
        var entity = await app.EntityAsync();
        var customer = await app.Client.RegisterAsync(entity);
        await app.Client.IssueAsync(customer, 10, Last.Previous.LastDay);
        await app.Client.IssueAsync(customer, 10, Last.LastDay);
        (await EvidenceAsync()).ShouldBe("-infinity/2/0");

        (await CloseAsync(entity, Last.Previous)).ShouldBe(HttpStatusCode.OK);

        (await EvidenceAsync()).ShouldBe($"{Last.Previous.LastDay:O}/1/0");
        (await CloseAsync(entity, Last)).ShouldBe(HttpStatusCode.OK);

        async Task<string?> EvidenceAsync()
        {
            await using var command = app.Store.Database.CreateCommand("select close_evidence($1, $2)");
            command.Parameters.Add(new Npgsql.NpgsqlParameter<string> { TypedValue = entity });
            command.Parameters.Add(new Npgsql.NpgsqlParameter<DateOnly> { TypedValue = Last.LastDay });
            return (string?)await command.ExecuteScalarAsync();
        }
    }

    private async Task<Answer> CloseAsync(string entity, Period period) =>
        await app.Client.PostAsync($"/v1/periods/{entity}/{period}/close", new { reason = "month end" });
}
