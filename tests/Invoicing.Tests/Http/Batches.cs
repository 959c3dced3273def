using System.Net;

namespace OrderToCash.Invoicing.Tests.Http;

public class Batches(InvoicingApp app)
{
    [Fact]
    public async Task Each_item_succeeds_or_fails_by_itself_and_refused_ones_take_no_number()
    {
        var entity = await app.EntityAsync();
        var customer = await app.Client.RegisterAsync(entity);
        object[] invoices =
        [
            TestApi.Invoice(customer, 1), TestApi.Invoice(customer, 0), new { customerId = customer },
            TestApi.Invoice(Some.Customer), "nonsense", TestApi.Invoice(customer, 2),
        ];

        var results = (await app.Client.PostAsync("/v1/invoices/batch", new { invoices }))
            .ShouldBe(HttpStatusCode.OK)["results"];

        results.EnumerateArray().Select(item => item.GetProperty("status").GetInt32())
            .ShouldBe([201, 422, 400, 422, 400, 201]);
        results.EnumerateArray().Select(item => item.GetProperty("index").GetInt32()).ShouldBe(Enumerable.Range(0, 6));
        results[0].GetProperty("number").GetString().ShouldBe($"INV-{entity}-{TestApi.Today.Year}-000001");
        results[5].GetProperty("number").GetString().ShouldBe($"INV-{entity}-{TestApi.Today.Year}-000002");
        results[1].GetProperty("problem").GetProperty("code").GetString().ShouldBe("nothing-to-bill");
    }

    [Fact]
    public async Task A_thousand_over_two_entities_and_years_are_numbered_in_their_series()
    {
        var (one, two) = (await app.EntityAsync(), await app.EntityAsync());
        Guid[] customers = [await app.Client.RegisterAsync(one), await app.Client.RegisterAsync(two)];
        var invoices = Enumerable.Range(0, 1_000)
            .Select(n => TestApi.Invoice(customers[n % 2], n + 1, new DateOnly(2025 + (n / 2 % 2), 6, 1)));

        var answer = (await app.Client.PostAsync("/v1/invoices/batch", new { invoices }, one))
            .ShouldBe(HttpStatusCode.OK);

        var numbers = answer["results"].EnumerateArray().Select(item => item.GetProperty("number").GetString())
            .ToHashSet();
        var expected = from entity in new[] { one, two }
                       from year in new[] { 2025, 2026 }
                       from n in Enumerable.Range(1, 250)
                       select $"INV-{entity}-{year}-{n:D6}";
        numbers.ShouldBe(expected, ignoreOrder: true);
        (await app.Client.PostAsync("/v1/invoices/batch", new { invoices }, one)).Text.ShouldBe(answer.Text);
    }

    [Fact]
    public async Task Have_one_to_a_thousand_invoices()
    {
        (await app.Client.PostAsync("/v1/invoices/batch", new { invoices = Array.Empty<object>() }))
            .ShouldBe(HttpStatusCode.UnprocessableEntity, "invalid-invoice");
        (await app.Client.PostAsync("/v1/invoices/batch", new { invoices = Enumerable.Repeat(1, 1_001) }))
            .ShouldBe(HttpStatusCode.UnprocessableEntity, "invalid-invoice");
    }

    [Fact]
    public async Task Where_all_are_refused_the_answer_is_kept_nevertheless()
    {
        var body = new { invoices = new[] { TestApi.Invoice(Some.Customer) } };

        var first = await app.Client.PostAsync("/v1/invoices/batch", body, "all-refused");
        var again = await app.Client.PostAsync("/v1/invoices/batch", body, "all-refused");

        again.Text.ShouldBe(first.Text);
        again.Headers.GetValues("Idempotency-Replayed").ShouldBe(["true"]);
    }
}
