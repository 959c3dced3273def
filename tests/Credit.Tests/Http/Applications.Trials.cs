using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using OrderToCash.Credit.Policies;

namespace OrderToCash.Credit.Tests.Http;

public sealed partial class Applications
{
    /// <summary>CRD-18: a trial says what it was not tried on.</summary>
    [Fact]
    public async Task orders_of_customers_with_too_long_a_history_are_counted_as_left_out()
    {
        const string entity = "TP01";
        await bed.EntityAsync(entity);
        var (common, hot) = (
            await bed.CustomerAsync(limit: 100, entity: entity), await bed.CustomerAsync(limit: 100, entity: entity));
        await (await bed.CheckAsync(common, "TP-1", 10)).ShouldBeAsync(HttpStatusCode.Created);
        foreach (var order in new[] { "TP-2", "TP-3" })
            await (await bed.CheckAsync(hot, order, 10)).ShouldBeAsync(HttpStatusCode.Created);
        (await TriedAsync()).ShouldBe((3, 0, 0));

        // As if very much had happened to it.
        await LengthenAsync(1_000_000);
        (await TriedAsync()).ShouldBe((1, 2, 1));
        await LengthenAsync(-1_000_000);

        async Task LengthenAsync(int events)
        {
            await using var longer = bed.Database.CreateCommand(
                "update mt_streams set version = version + $2 where id = $1");
            longer.Parameters.AddWithValue(hot);
            longer.Parameters.AddWithValue(events);
            await longer.ExecuteNonQueryAsync();
        }

        async Task<(int Orders, int SkippedOrders, int SkippedCustomers)> TriedAsync()
        {
            var tried = await (await bed.Client.PostAsJsonAsync(
                $"/v1/credit/policies/{entity}/trials", new { policy = StandardPolicy.Value }, Json.Wire))
                .ShouldBeAsync(HttpStatusCode.OK);
            return (tried.GetProperty("orders").GetProperty("orders").GetInt32(),
                tried.GetProperty("skippedOrders").GetInt32(), tried.GetProperty("skippedCustomers").GetInt32());
        }
    }
}
