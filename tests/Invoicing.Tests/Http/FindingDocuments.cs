using System.Net;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using OrderToCash.EventSourcing.Projections;
using OrderToCash.Invoicing.UseCases;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.Tests.Http;

/// <summary>Lists that are cut down to what a clerk looks for.</summary>
[Collection("Read models")]
public class FindingDocuments(InvoicingApp app)
{
    /// <summary>An entity of many invoices, which no other test sees.</summary>
    private const string Full = "FULL";

    [Fact]
    public async Task Invoices_are_found_by_their_dates_currency_and_any_part_of_their_references()
    {
        var entity = await app.EntityAsync();
        var dollars = await app.Client.RegisterAsync(entity);
        var euros = await app.Client.RegisterAsync(entity, "Euros", "EUR");
        await app.Client.RateAsync(entity, "EUR", 1.1m, TestApi.Today.AddDays(-10));
        var first = await IssueAsync(dollars, TestApi.Today.AddDays(-40), "PO-100%", "C-7", "NET 30");
        var second = await IssueAsync(dollars, TestApi.Today.AddDays(-20), "PO-1001", "C-8", "SPLIT 30/60");
        var third = await IssueAsync(euros, TestApi.Today.AddDays(-5), "SO4711X", null, "NET 10");

        await FindsAsync("purchaseOrder=PO-1001", second);
        await FindsAsync("contractReference=C-7", first);
        await FindsAsync("currency=EUR", third);
        await FindsAsync($"invoiceDateFrom={TestApi.Today.AddDays(-20):O}", third, second);
        await FindsAsync($"invoiceDateTo={TestApi.Today.AddDays(-20):O}", second, first);
        await FindsAsync(
            $"invoiceDateFrom={TestApi.Today.AddDays(-21):O}&invoiceDateTo={TestApi.Today.AddDays(-19):O}", second);

        // The second is due in 10 and in 40 days; between those nothing of it is.
        await FindsAsync($"dueDateTo={TestApi.Today:O}", first);
        await FindsAsync($"dueDateFrom={TestApi.Today.AddDays(11):O}", second);
        await FindsAsync($"dueDateFrom={TestApi.Today:O}&dueDateTo={TestApi.Today.AddDays(20):O}", third, second);
        await FindsAsync($"dueDateFrom={TestApi.Today.AddDays(11):O}&dueDateTo={TestApi.Today.AddDays(39):O}");

        await FindsAsync("q=po-100", second, first);
        await FindsAsync("q=100%25", first);
        await FindsAsync("q=c-8", second);
        await FindsAsync("q=O-1001", second);
        await FindsAsync("q=001", second, first);
        await FindsAsync("q=o4711", third);
        await FindsAsync("q=1x", third);
        await FindsAsync("q=-", third, second, first);
        await FindsAsync("q=%25", first);
        await FindsAsync("q=c%207");
        await FindsAsync($"q={new string('7', 4_000)}");
        await FindsAsync($"q={third["number"].GetString()![^6..]}", third);
        await FindsAsync($"q=po-100&invoiceDateTo={TestApi.Today.AddDays(-30):O}&currency=USD&status=open", first);
        using var elsewhere = app.ClientWith("invoicing:read", "ELSEWHERE");
        (await elsewhere.ReadAsync("/v1/invoices?purchaseOrder=PO-1001"))["items"].GetArrayLength().ShouldBe(0);

        async Task FindsAsync(string query, params Answer[] expected) =>
            (await app.Client.ReadAsync($"/v1/invoices?legalEntity={entity}&{query}")).ShouldBe(HttpStatusCode.OK)
                ["items"].EnumerateArray().Select(item => item.GetProperty("id").GetGuid())
                .ShouldBe(expected.Select(answer => answer.Id), query);

        async Task<Answer> IssueAsync(
            Guid customerId, DateOnly invoiceDate, string? purchaseOrder, string? contractReference, string terms)
        {
            object[] lines = [new { description = "Widget", quantity = "1", unitPrice = "100" }];
            return (await app.Client.PostAsync(
                "/v1/invoices", new { customerId, invoiceDate, purchaseOrder, contractReference, terms, lines }))
                .ShouldBe(HttpStatusCode.Created);
        }
    }

    /// <summary>As the planner decides by itself among invoices of one entity; nothing of them stays.</summary>
    [Fact]
    public async Task What_is_sent_to_find_them_by_a_part_is_answered_by_an_index_also_after_a_rebuild()
    {
        await app.Services.GetRequiredService<ProjectionRebuild>().RunAsync("invoices");
        await using var connection = await app.Database.Source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await FillAsync(connection, 5_000);

        var filter = new ReadInvoices.Filter(
            null, Full, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null,
            Q: "o4711", null);
        var page = ReadInvoices.Order.For(new ListQuery(ListQuery.DefaultLimit, null, null));
        (await connection.QueryAsync<string>(
            $"explain {ReadInvoices.Sql(filter, page)}",
            new
            {
                filter.LegalEntity,
                filter.Q,
                entities = new[] { Full },
                pattern = "%o4711%",
                now = TimeProvider.System.GetUtcNow(),
            }))
            .ShouldContain(line => line.Contains("on invoices_threes", StringComparison.Ordinal));
    }

    /// <summary>As PostgreSQL itself runs it: to make or restore the index, and for the statistics.</summary>
    [Fact]
    public async Task The_index_needs_no_search_path()
    {
        await using var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(app.Database.ConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync("set local search_path = ''");

        await FillAsync(connection, 1);
    }

    private static async Task FillAsync(NpgsqlConnection connection, int count) =>
        await connection.ExecuteAsync(
            "insert into public.invoices (invoice_id, number, legal_entity, customer_id, invoice_date, due_date, " +
            "currency, terms, terms_mismatch, purchase_order, net, tax, total, balance, is_void, issued_at, version) " +
            "select gen_random_uuid(), 'FULL-' || i, @Full, gen_random_uuid(), '2026-01-31', '2026-03-02', 'USD', " +
            "'NET 30', false, 'SO' || i || 'X', 1, 0, 1, 1, false, now(), 1 from generate_series(1, @count) as i; " +
            "select gin_clean_pending_list('public.invoices_threes'); analyze public.invoices", new { Full, count });

    [Fact]
    public async Task Customers_are_found_by_status_segment_and_terms_in_any_spelling()
    {
        var entity = await app.EntityAsync();
        await app.Client.RegisterAsync(entity, "Large");
        var small = (await app.Client.PostAsync("/v1/customers", new
        {
            legalEntity = entity,
            name = "Small",
            currency = "USD",
            country = "US",
            segment = "small-business",
            terms = "2/10 NET 30",
        })).ShouldBe(HttpStatusCode.Created);
        (await app.Client.PostAsync($"/v1/customers/{small.Id}/suspend", new { reason = "does not pay" }))
            .ShouldBe(HttpStatusCode.OK);

        foreach (var (query, name) in new[]
        {
            ("status=active", "Large"), ("status=suspended", "Small"), ("segment=enterprise", "Large"),
            ("segment=small-business", "Small"), ("terms=net%2030", "Large"), ("terms=2/10%20NET%2030", "Small"),
        })
        {
            (await app.Client.ReadAsync($"/v1/customers?legalEntity={entity}&{query}"))["items"].EnumerateArray()
                .ShouldHaveSingleItem(query).GetProperty("name").GetString().ShouldBe(name, query);
        }

        (await app.Client.ReadAsync("/v1/customers?status=asleep")).ShouldBe(HttpStatusCode.BadRequest, "bad-status");
        (await app.Client.ReadAsync("/v1/customers?terms=soon")).ShouldBe(HttpStatusCode.BadRequest, "bad-terms");
    }

    [Fact]
    public async Task A_customer_is_registered_with_how_it_wants_its_invoices()
    {
        var entity = await app.EntityAsync();
        var registered = (await RegisterAsync(new { mail = true, contactRole = "invoices" }))
            .ShouldBe(HttpStatusCode.Created);

        foreach (var answer in new[] { registered, await app.Client.ReadAsync($"/v1/customers/{registered.Id}") })
        {
            answer["invoices"].GetProperty("mail").GetBoolean().ShouldBeTrue();
            answer["invoices"].GetProperty("contactRole").GetString().ShouldBe("invoices");
        }

        (await app.Client.ReadAsync($"/v1/customers?legalEntity={entity}"))["items"][0].GetProperty("invoices")
            .GetProperty("contactRole").GetString().ShouldBe("invoices");
        (await RegisterAsync(new { mail = true, contactRole = "A P" })).ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await RegisterAsync(new { mail = true, billToParent = true })).ShouldBe(HttpStatusCode.UnprocessableEntity)
            .Text.ShouldContain("/invoices/billToParent");

        Task<Answer> RegisterAsync(object invoices) => app.Client.PostAsync("/v1/customers", new
        {
            legalEntity = entity,
            name = "Globex",
            currency = "USD",
            country = "US",
            terms = "NET 30",
            invoices,
        });
    }
}
