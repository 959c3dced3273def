using System.Net;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using OrderToCash.EventSourcing.Projections;

namespace OrderToCash.Invoicing.Tests.Http;

[Collection("Read models")]
public class FindingCustomers(InvoicingApp app)
{
    [Fact]
    public async Task They_are_found_by_any_part_of_name_number_and_external_id_as_it_is_typed()
    {
        var entity = await app.EntityAsync();
        var half = await RegisterAsync("Half 50% Öl Ltd", "SAP-00471");
        var other = await RegisterAsync("Half 501 Ltd", "SAP-00472");

        await FindsAsync("half 50", half, other);
        await FindsAsync("50%", half);
        await FindsAsync("50% Öl lT", half);
        await FindsAsync("0471", half);
        await FindsAsync("71", half);
        await FindsAsync(other["number"].GetString()![^7..], other);
        await FindsAsync("ltd sap");
        await FindsAsync("😀");

        async Task<Answer> RegisterAsync(string name, string externalId) =>
            (await app.Client.PostAsync("/v1/customers", TestApi.Customer(entity, name, externalId)))
                .ShouldBe(HttpStatusCode.Created);

        async Task FindsAsync(string q, params Answer[] expected) =>
            (await app.Client.ReadAsync($"/v1/customers?legalEntity={entity}&q={Uri.EscapeDataString(q)}"))
                .ShouldBe(HttpStatusCode.OK)["items"].EnumerateArray().Select(item => item.GetProperty("id").GetGuid())
                .ShouldBe(expected.Select(answer => answer.Id), q);
    }

    [Fact]
    public async Task An_index_finds_them_also_after_a_rebuild()
    {
        await app.Services.GetRequiredService<ProjectionRebuild>().RunAsync("customers");
        await using var connection = await app.Database.Source.OpenConnectionAsync();
        await connection.ExecuteAsync("set enable_seqscan = off; set enable_indexscan = off");

        (await connection.QueryAsync<string>(
            "explain select customer_id from customers where customer_threes(" +
            "name || ' ' || number || ' ' || coalesce(external_id, '')) @> customer_threes('globex')"))
            .ShouldContain(line => line.Contains("customers_threes", StringComparison.Ordinal));
    }
}
