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
        async () =>
        {
            await using var command = bed.Database.CreateCommand(
                "select registration_number from company_numbers where customer_id = $1");
            command.Parameters.AddWithValue(customer);
            return await command.ExecuteScalarAsync() is string known && known == number;
        },
        $"the number is {number}");
}
