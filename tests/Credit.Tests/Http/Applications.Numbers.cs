using System.Net;
using OrderToCash.Contracts.Invoicing.V1;
using static OrderToCash.Credit.Tests.CreditBed;

namespace OrderToCash.Credit.Tests.Http;

public sealed partial class Applications
{
    /// <summary>CRD-01: a number is one company; a name may be many.</summary>
    [Fact]
    public async Task the_bureau_finds_a_company_by_its_number_in_the_register_whatever_it_is_called()
    {
        bed.Bureau.Register("HRB 86891", "Good Fortune Holding GmbH");
        var customer = await NumberedAsync("Missing Fortune", "HRB 86891", taxId: "DE000000001");

        var decided = await BecomesAsync(await ApplyAsync(customer, 20_000), "approved");

        decided.Text("bureauMatchedBy").ShouldBe("registration-number");
        var report = await GetAsync($"{Path(decided)}/bureau-report");
        (report.Text("matchedBy"), report.GetProperty("report").Text("name"))
            .ShouldBe(("registration-number", "Good Fortune Holding GmbH"));
        (await GetAsync($"{Path(decided)}/explanation")).GetProperty("isReproduced").GetBoolean().ShouldBeTrue();
    }

    /// <summary>CRD-01: a number that the bureau takes for none, or does not know, ends no search.</summary>
    [Fact]
    public async Task by_the_tax_number_next_and_by_the_name_last_which_the_case_says()
    {
        bed.Bureau.Register("DE811907980", "Good Taxpayer GmbH");
        var taxed = await NumberedAsync("Missing Taxpayer", "unnumbered", taxId: "DE811907980");
        var named = await NumberedAsync("Good Name Only Ltd", "HRB 1", taxId: "DE1");

        (await BecomesAsync(await ApplyAsync(taxed, 20_000), "approved")).Text("bureauMatchedBy").ShouldBe("tax-id");
        var decided = await BecomesAsync(await ApplyAsync(named, 20_000), "approved");

        decided.Text("bureauMatchedBy").ShouldBe("name");
        (await GetAsync($"{Path(decided)}/explanation")).GetProperty("assessment").GetProperty("consultation")
            .Text("detail")!.ShouldContain("matched by name and country only");
    }

    /// <summary>CRD-01: a number may be mistyped, or another register's; who is surely meant is reported on.</summary>
    [Theory]
    [InlineData("HRB 201", "Unsure Doubts GmbH", "Good Doubts Ltd", "name")]
    [InlineData("HRB 202", "Bankrupt Foundry AG", "Good Strangers Ltd", "name")]
    [InlineData("HRB 203", "Good Trade GmbH", "Missing Trade Ltd", "registration-number")]
    [InlineData("HRB 204", "Twins of Berlin", "Good Siblings of Berlin", null)]
    [InlineData("HRB 205", "Reportless Shop GmbH", "Good Shop Ltd", null)]
    public async Task another_company_is_not_reported_on(string number, string registered, string name, string? found)
    {
        bed.Bureau.Register(number, registered);
        var customer = await NumberedAsync(name, number, taxId: "DE000000002");

        var assessed = await BecomesAsync(
            await ApplyAsync(customer, 20_000), found is null ? "in-review" : "approved");

        assessed.Text("bureauMatchedBy").ShouldBe(found);
        assessed.Codes("reasons").Contains("bureau-no-match").ShouldBe(found is null);
        (await bed.AccountAsync(customer)).Codes("placedHolds").ShouldBeEmpty();
    }

    /// <summary>What was found by the name alone is not about the company that the number names.</summary>
    [Fact]
    public async Task the_bureau_is_asked_again_once_the_number_is_known_and_late_news_takes_none_away()
    {
        bed.Bureau.Register("HRB 4711", "Thin Namesake GmbH");
        var customer = await NamedAsync("Good Namesake");
        (await BecomesAsync(await ApplyAsync(customer, 20_000), "approved")).Text("bureauMatchedBy").ShouldBe("name");
        var now = Registered(customer);
        var numbered = new CustomerChanged(
            customer, now.Number, now.LegalEntity, "Good Namesake", null, now.Currency, now.Country, now.Language,
            null, now.Terms, null, [], "active", null, false, RegistrationNumber: "HRB 4711");
        await bed.PublishAsync(numbered, version: 3);
        await NumberBecomesAsync(customer, "HRB 4711");
        await bed.PublishAsync(numbered with { RegistrationNumber = "HRB 1" }, version: 2);
        await bed.PublishAsync(numbered with { RegistrationNumber = "HRB 4711 B" }, version: 4);
        await NumberBecomesAsync(customer, "HRB 4711 B");
        await bed.PublishAsync(numbered, version: 5);
        await NumberBecomesAsync(customer, "HRB 4711");

        var referred = await BecomesAsync(await ApplyAsync(customer, 90_000), "in-review");

        (referred.Text("bureau"), referred.Text("bureauMatchedBy")).ShouldBe(("thin", "registration-number"));
    }

    /// <summary>CRD-01: before a customer's numbers are told a report by its name approves nothing.</summary>
    [Fact]
    public async Task no_case_is_approved_by_the_name_before_it_is_known_whether_there_is_a_number()
    {
        var customer = NewId();
        var message = await bed.PublishAsync(Registered(customer) with { Name = "Good Morning Ltd", TaxId = "DE7" });
        await Eventually.BecomesTrue(
            async () => await RunAsync("select count(*) from otc_inbox where message_id = $1", message) is 2L,
            "both queues have handled it");
        await RunAsync("delete from company_numbers where customer_id = $1", customer);

        var referred = await BecomesAsync(await ApplyAsync(customer, 20_000), "in-review");

        (referred.Text("bureauMatchedBy"), referred.Codes("reasons").Contains("company-numbers-unknown"))
            .ShouldBe(("name", true));
        await RunAsync("insert into company_numbers values ($1, null, 'DE7', 1)", customer);
        await PostAsync(bed.Client, $"{Path(referred)}/reassess", new { reason = "The numbers are known." });
        await BecomesAsync(referred, "approved");
    }

    private async Task<Guid> NumberedAsync(string name, string number, string taxId)
    {
        var id = NewId();
        await bed.PublishAsync(Registered(id) with { Name = name, RegistrationNumber = number, TaxId = taxId });
        await Eventually.BecomesTrue(
            async () => (await bed.Client.GetAsync($"/v1/credit/accounts/{id}")).StatusCode == HttpStatusCode.OK,
            "the account opens");
        await NumberBecomesAsync(id, number);
        return id;
    }

    private Task NumberBecomesAsync(Guid customer, string number) => Eventually.BecomesTrue(
        async () => await RunAsync("select registration_number from company_numbers where customer_id = $1", customer)
            is string known && known == number,
        $"the number is {number}");

    private async Task<object?> RunAsync(string sql, Guid parameter)
    {
        await using var command = bed.Database.CreateCommand(sql);
        command.Parameters.AddWithValue(parameter);
        return await command.ExecuteScalarAsync();
    }
}
