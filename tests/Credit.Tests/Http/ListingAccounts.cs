using System.Net.Http.Json;
using System.Text.Json;

namespace OrderToCash.Credit.Tests.Http;

public sealed class ListingAccounts(CreditBed bed) : IClassFixture<CreditBed>
{
    [Fact]
    public async Task accounts_are_listed_by_utilisation_page_by_page_over_limit_ones_alone_and_as_csv()
    {
        var customers = new List<Guid>();
        foreach (var (limit, order) in new[] { (100m, 50m), (100m, 90m), (1_000m, 10m), (100m, 120m) })
        {
            var customer = await bed.CustomerAsync(limit);
            var orderId = $"L-{customers.Count}";
            await bed.CheckAsync(customer, orderId, order);
            await bed.ReleaseAsync(orderId);
            customers.Add(customer);
        }

        var unlimited = await bed.CustomerAsync();
        var seen = new List<JsonElement>();
        string? next = null;
        do
        {
            var cursor = next is null ? "" : $"&cursor={Uri.EscapeDataString(next)}";
            var page = await bed.Client.GetFromJsonAsync<JsonElement>(
                $"/v1/credit/accounts?legalEntity=US01&sort=-utilisation&limit=2{cursor}");
            seen.AddRange(page.GetProperty("items").EnumerateArray());
            next = page.Text("next");
        }
        while (next is not null);

        seen.Select(item => item.GetProperty("customerId").GetGuid())
            .ShouldBe([customers[3], customers[1], customers[0], customers[2], unlimited]);
        seen.Select(item => item.Text("utilisation")).ShouldBe(["1.200000", "0.900000", "0.500000", "0.010000", null]);
        var over = await bed.Client.GetFromJsonAsync<JsonElement>("/v1/credit/accounts?overLimit=true");
        var item = over.GetProperty("items").EnumerateArray().ShouldHaveSingleItem();
        (item.GetProperty("customerId").GetGuid(), item.Amount("available"), item.GetProperty("isOverLimit")
            .GetBoolean())
            .ShouldBe((customers[3], -20m, true));

        (await CountAsync("legalEntity=US01&q=globex")).ShouldBe(5);
        (await CountAsync("q=%25")).ShouldBe(0, "a wildcard is a character like any other");

        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/credit/accounts");
        request.Headers.Accept.ParseAdd("text/csv");
        var csv = await (await bed.Client.SendAsync(request)).Content.ReadAsStringAsync();
        csv.ShouldContain("customerId,number,name,legalEntity,status,riskClass,limit.amount,limit.currency");
    }

    /// <summary>Without it every search reads all customers there are.</summary>
    [Fact]
    public async Task a_search_has_an_index_that_needs_no_extension()
    {
        await SqlAsync(
            "insert into credit_accounts (customer_id, legal_entity, number, name, currency, opened_at) " +
            "select gen_random_uuid(), 'IX01', 'IX01-' || n, 'Customer ' || md5(n::text), 'USD', now() " +
            "from generate_series(1, 5000) n");
        await SqlAsync("analyze credit_accounts");
        var before = await UsesAsync();

        // The server counts what it has used now and then.
        await Eventually.BecomesTrue(
            async () =>
            {
                (await bed.Client.GetAsync("/v1/credit/accounts?legalEntity=IX01&q=ab12cd")).EnsureSuccessStatusCode();
                return await UsesAsync() > before;
            },
            "the list looks into the index");

        async Task<long> UsesAsync() => (long)(await SqlAsync(
            "select idx_scan from pg_stat_user_indexes where indexrelname = 'credit_accounts_threes'"))!;
    }

    [Fact]
    public async Task pages_by_name_show_what_each_account_has_left()
    {
        const string entity = "LN01";
        await bed.EntityAsync(entity);
        foreach (var (name, limit) in new[] { ("Beta", 200m), ("Alpha", 100m), ("Delta", 400m), ("Gamma", 300m) })
        {
            var id = CreditBed.NewId();
            await bed.PublishAsync(CreditBed.Registered(id, entity) with { Name = name });
            await Eventually.BecomesTrue(
                async () => (await bed.Client.GetAsync($"/v1/credit/accounts/{id}")).IsSuccessStatusCode, "it opens");
            await bed.SetLimitAsync(id, limit);
            await bed.CheckAsync(id, $"LN-{name}", 10);
        }

        (await PagesAsync("sort=name")).ShouldBe(["Alpha 90.00", "Beta 190.00", "Delta 390.00", "Gamma 290.00"]);
        (await PagesAsync("sort=-name&q=ta")).ShouldBe(["Delta 390.00", "Beta 190.00"]);
        (await PagesAsync("q=AMM")).ShouldBe(["Gamma 290.00"]);
        (await PagesAsync("q=ln01-&sort=-name")).Count.ShouldBe(4, "numbers are looked through as well");
        (await PagesAsync("q=lpha%20CUST")).ShouldBeEmpty("nothing is found across name and number");

        async Task<List<string>> PagesAsync(string query)
        {
            var (seen, next) = (new List<string>(), (string?)null);
            do
            {
                var cursor = next is null ? "" : $"&cursor={Uri.EscapeDataString(next)}";
                var page = await bed.Client.GetFromJsonAsync<JsonElement>(
                    $"/v1/credit/accounts?legalEntity={entity}&limit=1&{query}{cursor}");
                seen.AddRange(page.GetProperty("items").EnumerateArray().Select(item =>
                    $"{item.Text("name")} {item.GetProperty("available").Text("amount")}"));
                next = page.Text("next");
            }
            while (next is not null);
            return seen;
        }
    }

    [Fact]
    public async Task accounts_on_hold_are_listed_with_their_holds()
    {
        const string entity = "LH01";
        await bed.EntityAsync(entity);
        var (free, held) = (
            await bed.CustomerAsync(100, entity: entity), await bed.CustomerAsync(100, entity: entity));
        foreach (var code in new[] { "legal", "fraud" })
        {
            (await bed.Client.PostAsJsonAsync($"/v1/credit/accounts/{held}/holds", new { code, reason = "wait" }))
                .IsSuccessStatusCode.ShouldBeTrue();
        }

        var item = await OneAsync("true");
        item.GetProperty("customerId").GetGuid().ShouldBe(held);
        item.GetProperty("holds").EnumerateArray().Select(code => code.GetString()).ShouldBe(["fraud", "legal"]);
        (await OneAsync("false")).GetProperty("customerId").GetGuid().ShouldBe(free);

        async Task<JsonElement> OneAsync(string onHold) => (await bed.Client.GetFromJsonAsync<JsonElement>(
            $"/v1/credit/accounts?legalEntity={entity}&onHold={onHold}"))
            .GetProperty("items").EnumerateArray().ShouldHaveSingleItem();
    }

    /// <summary>What is owed below one roof is one risk.</summary>
    [Fact]
    public async Task concentration_is_told_by_customer_and_by_the_head_of_its_hierarchy()
    {
        const string entity = "LC01";
        await bed.EntityAsync(entity);
        var head = await bed.CustomerAsync(1_000, entity: entity);
        var middle = await bed.CustomerAsync(1_000, entity: entity, parent: head);
        var below = await bed.CustomerAsync(1_000, entity: entity, parent: middle);
        var alone = await bed.CustomerAsync(1_000, entity: entity);
        foreach (var (customer, amount) in new[] { (middle, 20m), (below, 40m), (alone, 40m) })
            await bed.CheckAsync(customer, $"LC-{customer:N}", amount);

        (await RowsAsync("")).Select(row => row.GetProperty("customerId").GetGuid())
            .ShouldBe(new[] { below, alone, middle }, ignoreOrder: true);
        var rows = await RowsAsync("&by=parent");
        rows.Select(row => (row.GetProperty("customerId").GetGuid(), row.Amount("exposure"), row.Text("share"),
            row.GetProperty("customers").GetInt64()))
            .ShouldBe([(head, 60m, "0.600000", 2), (alone, 40m, "0.400000", 1)]);
        (await bed.Client.GetAsync("/v1/credit/portfolio/concentration?by=luck")).IsSuccessStatusCode.ShouldBeFalse();

        async Task<List<JsonElement>> RowsAsync(string more) =>
        [
            .. (await bed.Client.GetFromJsonAsync<JsonElement>(
                $"/v1/credit/portfolio/concentration?legalEntity={entity}{more}"))
                .GetProperty("items").EnumerateArray(),
        ];
    }

    private async Task<int> CountAsync(string filter) =>
        (await bed.Client.GetFromJsonAsync<JsonElement>($"/v1/credit/accounts?{filter}")).GetProperty("items")
            .GetArrayLength();

    private async Task<object?> SqlAsync(string sql)
    {
        await using var command = bed.Database.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }
}
