using System.Net;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.TestKit;

namespace OrderToCash.Invoicing.Tests.Http;

public class Customers(InvoicingApp app)
{
    [Fact]
    public async Task Are_registered_with_what_their_contract_says()
    {
        var entity = await app.EntityAsync();
        object Wish(string origin) => new
        {
            legalEntity = entity,
            name = "Globex",
            currency = "USD",
            country = "US",
            terms = "NET 30",
            termsOrigin = origin,
            clauses = new { interestPercent = "9", maySuspend = true },
            statements = new { cycle = "weekly" },
            billTo = new { taxId = "US12-3456789", registrationNumber = "DE 4471209" },
        };

        var customer = (await app.Client.PostAsync("/v1/customers", Wish("contract"))).ShouldBe(HttpStatusCode.Created);

        (customer["termsOrigin"].GetString(), customer["statements"].GetProperty("cycle").GetString())
            .ShouldBe(("contract", "weekly"));
        (await app.Client.ReadAsync($"/v1/customers/{customer.Id}")).Text.ShouldBe(customer.Text);
        await Eventually.BecomesTrue(
            () => app.Bus.Heard<CustomerChanged>(customer.Id).Any(told =>
                told is { MaySuspend: true, TaxId: "US12-3456789", RegistrationNumber: "DE 4471209" }),
            "the others hear of the clauses and the numbers");
        customer["billTo"].GetProperty("registrationNumber").GetString().ShouldBe("DE 4471209");
        app.Bus.Heard<CustomerRegistered>(customer.Id).ShouldHaveSingleItem().RegistrationNumber
            .ShouldBe("DE 4471209");
        (await app.Client.PostAsync("/v1/customers", Wish("approved-request")))
            .ShouldBe(HttpStatusCode.UnprocessableEntity, "invalid-customer");
    }

    [Fact]
    public async Task Get_gapless_numbers_whoever_is_refused_in_between()
    {
        var entity = await app.EntityAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 32).Select(n => app.Client.PostAsync(
            "/v1/customers",
            n % 4 == 3
                ? TestApi.Customer(entity, "")
                : TestApi.Customer(entity, $"Customer {n}", n % 4 == 2 ? "SAME" : null))));

        var numbers = answers.Where(answer => answer.Status == HttpStatusCode.Created)
            .Select(answer => answer["number"].GetString()).Order().ToList();
        numbers.ShouldBe(Enumerable.Range(1, numbers.Count).Select(n => $"CUST-{entity}-{n:D6}"));
        numbers.Count.ShouldBe(16 + 1);
        answers.Count(answer => answer.Code == "customer-exists").ShouldBe(7);
        answers.Count(answer => answer.Code == "invalid-customer").ShouldBe(8);
    }

    [Fact]
    public async Task Are_shown_as_they_were_registered()
    {
        var entity = await app.EntityAsync();

        var created = (await app.Client.PostAsync(
            "/v1/customers", TestApi.Customer(entity, "Globex Corporation", "CRM-1001")))
            .ShouldBe(HttpStatusCode.Created);

        created.Headers.Location!.ToString().ShouldBe($"/v1/customers/{created.Id}");
        created.Headers.ETag!.Tag.ShouldBe("\"1\"");
        (await app.Client.ReadAsync($"/v1/customers/{created.Id}")).Text.ShouldBe(created.Text);
        created["contacts"][0].GetProperty("email").GetString().ShouldBe("ap@globex.example");
    }

    [Fact]
    public async Task One_external_id_is_one_customer_of_an_entity()
    {
        var (entity, other) = (await app.EntityAsync(), await app.EntityAsync());
        var first = await app.Client.PostAsync("/v1/customers", TestApi.Customer(entity, externalId: "CRM-1"));

        var again = await app.Client.PostAsync("/v1/customers", TestApi.Customer(entity, externalId: "CRM-1"));

        again.ShouldBe(HttpStatusCode.Conflict, "customer-exists")["detail"].GetString()!.ShouldContain($"{first.Id}");
        (await app.Client.PostAsync("/v1/customers", TestApi.Customer(other, externalId: "CRM-1")))
            .ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task A_repeat_under_its_key_is_answered_again()
    {
        var entity = await app.EntityAsync();
        var body = TestApi.Customer(entity, externalId: "CRM-1");

        var first = (await app.Client.PostAsync("/v1/customers", body, key: entity)).ShouldBe(HttpStatusCode.Created);
        var again = (await app.Client.PostAsync("/v1/customers", body, key: entity)).ShouldBe(HttpStatusCode.Created);

        again.Text.ShouldBe(first.Text);
        again.Headers.GetValues("Idempotency-Replayed").ShouldBe(["true"]);
        (await app.Client.PostAsync("/v1/customers", TestApi.Customer(entity, "Other"), key: entity))
            .ShouldBe(HttpStatusCode.UnprocessableEntity, "idempotency-key-reused");
    }

    [Fact]
    public async Task Are_found_by_name_number_and_external_id()
    {
        var entity = await app.EntityAsync();
        await app.Client.PostAsync("/v1/customers", TestApi.Customer(entity, "Globex 100% Ltd", "CRM-77"));
        await app.Client.PostAsync("/v1/customers", TestApi.Customer(entity, "Initech"));

        foreach (var q in new[] { "globex", "100%25", "crm-77", $"CUST-{entity}-000001" })
            (await Found(q)).ShouldBe(["Globex 100% Ltd"], q);
        (await Found("_")).ShouldBeEmpty();

        async Task<IEnumerable<string?>> Found(string q) =>
            (await app.Client.ReadAsync($"/v1/customers?legalEntity={entity}&q={q}"))["items"].EnumerateArray()
                .Select(item => item.GetProperty("name").GetString());
    }

    [Fact]
    public async Task Need_an_entity_and_a_parent_that_exist()
    {
        (await app.Client.PostAsync("/v1/customers", TestApi.Customer("NOWHERE")))
            .ShouldBe(HttpStatusCode.UnprocessableEntity, "unknown-legal-entity");
        (await app.Client.PostAsync("/v1/customers", new
        {
            legalEntity = await app.EntityAsync(),
            name = "x",
            currency = "USD",
            country = "US",
            terms = "NET 30",
            parentId = Some.Customer,
        })).ShouldBe(HttpStatusCode.UnprocessableEntity, "unknown-parent");
        using var other = app.ClientWith("invoicing:write", "ELSEWHERE");
        (await other.PostAsync("/v1/customers", TestApi.Customer(await app.EntityAsync())))
            .ShouldBe(HttpStatusCode.Forbidden, "entity-not-allowed");
    }

    [Fact]
    public async Task Unknown_ones_are_not_found() =>
        (await app.Client.ReadAsync($"/v1/customers/{Some.Customer}")).ShouldBe(HttpStatusCode.NotFound, "not-found");
}
