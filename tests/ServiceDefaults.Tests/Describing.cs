using System.Text.Json;
using Microsoft.OpenApi;
using OrderToCash.ServiceDefaults.Tests.Support;

namespace OrderToCash.ServiceDefaults.Tests;

public sealed class Describing(BankFixture fixture) : IClassFixture<BankFixture>
{
    [Fact]
    public async Task the_document_is_valid_and_tells_strangers_too()
    {
        using var stranger = fixture.Bank.ClientFor(null);
        var text = await stranger.GetStringAsync("/openapi/v1.json");

        var (document, diagnostic) = OpenApiDocument.Parse(text, "json");
        diagnostic!.Errors.ShouldBeEmpty();
        diagnostic.SpecificationVersion.ShouldBe(OpenApiSpecVersion.OpenApi3_1);
        (document!.Servers ?? []).ShouldBeEmpty();
        document.Components!.Schemas!.Keys.ShouldBe(document.Components.Schemas.Keys.Order(StringComparer.Ordinal));
        document.Paths.Keys.ShouldBe(document.Paths.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task the_same_code_makes_the_same_document()
    {
        var elsewhere = new UriBuilder(fixture.Bank.Address) { Host = "localhost", Path = "/openapi/v1.json" }.Uri;
        using var other = await fixture.Client.GetAsync(elsewhere);
        var first = await fixture.Client.GetStringAsync("/openapi/v1.json");

        (await other.Content.ReadAsStringAsync()).ShouldBe(first);
    }

    [Fact]
    public async Task every_operation_has_a_name_its_parameters_its_problems_and_its_scope()
    {
        var document = await DocumentAsync();
        var ids = new HashSet<string?>();
        foreach (var path in document.GetProperty("paths").EnumerateObject())
        {
            foreach (var operation in path.Value.EnumerateObject().Select(one => one.Value))
            {
                ids.Add(operation.GetProperty("operationId").GetString()).ShouldBeTrue(path.Name);
                operation.GetProperty("security")[0].TryGetProperty("bearer", out _).ShouldBeTrue();
                operation.GetProperty("responses").GetProperty("503").GetProperty("$ref").GetString()
                    .ShouldBe("#/components/responses/Problem");
                var declared = operation.TryGetProperty("parameters", out var parameters)
                    ? parameters.EnumerateArray().Where(one => one.GetProperty("in").GetString() == "path")
                        .Select(one => $"{{{one.GetProperty("name").GetString()}}}").ToArray()
                    : [];
                path.Name.Split('/').Where(part => part.StartsWith('{')).ShouldBe(declared);
            }
        }

        var open = document.GetProperty("paths").GetProperty("/v1/accounts").GetProperty("post");
        open.GetProperty("operationId").GetString().ShouldBe("postAccounts");
        open.GetProperty("summary").GetString().ShouldBe("Opens an account for a legal entity.");
        open.GetProperty("security")[0].GetProperty("bearer")[0].GetString().ShouldBe("invoicing:write");
        open.GetProperty("parameters").EnumerateArray().Select(one => one.GetProperty("name").GetString())
            .ShouldBe(["Idempotency-Key"]);
        var deposit = document.GetProperty("paths").GetProperty("/v1/accounts/{id}/deposits").GetProperty("post");
        deposit.GetProperty("parameters").EnumerateArray().Select(one => one.GetProperty("name").GetString())
            .ShouldBe(["id", "Idempotency-Key", "If-Match"]);
        deposit.GetProperty("responses").TryGetProperty("412", out _).ShouldBeTrue();
        open.GetProperty("responses").TryGetProperty("412", out _).ShouldBeFalse();
        var list = document.GetProperty("paths").GetProperty("/v1/accounts").GetProperty("get");
        list.GetProperty("parameters").EnumerateArray().Select(one => one.GetProperty("name").GetString())
            .ShouldBe(["q", "limit", "cursor", "sort"]);
        list.GetProperty("responses").GetProperty("200").GetProperty("content").EnumerateObject()
            .Select(one => one.Name)
            .ShouldBe(["application/json", Tables.Csv, Tables.Xlsx]);
    }

    [Fact]
    public async Task schemas_are_as_on_the_wire()
    {
        var schemas = (await DocumentAsync()).GetProperty("components").GetProperty("schemas");

        Field("Money", "amount").GetProperty("type").GetString().ShouldBe("string");
        Field("AccountView", "balance").GetProperty("type").GetString().ShouldBe("string");
        Field("ProjectionsView", "projections").GetProperty("items").GetProperty("type").GetString().ShouldBe("string");
        Field("HistoryItem", "by").GetProperty("description").GetString().ShouldBe("Who caused it.");
        Texts(schemas.GetProperty("AccountKind").GetProperty("enum")).ShouldBe(["current", "long-term"]);
        Texts(schemas.GetProperty("Deposit").GetProperty("required")).ShouldBe(["amount"]);

        JsonElement Field(string schema, string name) =>
            schemas.GetProperty(schema).GetProperty("properties").GetProperty(name);

        IEnumerable<string?> Texts(JsonElement list) => list.EnumerateArray().Select(one => one.GetString());
    }

    [Theory]
    [InlineData("POST", "v1/invoices/{id}/void", "postInvoicesByIdVoid")]
    [InlineData("GET", "v1/reports/aging", "getReportsAging")]
    [InlineData("PUT", "v1/legal-entities/{code}", "putLegalEntitiesByCode")]
    [InlineData("POST", "v1/receipts/{id}/allocations/{allocationId}/reverse",
        "postReceiptsByIdAllocationsByAllocationIdReverse")]
    public void operations_are_named_after_method_and_path(string method, string path, string id) =>
        Operations.IdOf(method, path).ShouldBe(id);

    private async Task<JsonElement> DocumentAsync() =>
        JsonDocument.Parse(await fixture.Client.GetStringAsync("/openapi/v1.json")).RootElement;
}
