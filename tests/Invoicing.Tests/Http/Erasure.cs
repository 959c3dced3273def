using System.Net;
using System.Text;
using System.Text.Json;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.EventSourcing.Projections;
using OrderToCash.Invoicing.PersonalData;
using OrderToCash.Kernel;
using OrderToCash.TestKit;
using Changed = OrderToCash.Invoicing.Customers.CustomerChanged;

namespace OrderToCash.Invoicing.Tests.Http;

/// <summary>D-73, I-22, B-25: erasure destroys a key and writes nothing over what is stored.</summary>
[Collection("Read models")]
public class Erasure(InvoicingApp app)
{
    [Fact]
    public async Task D73_the_log_stays_as_it_is_to_the_byte_and_no_copy_of_it_can_be_read()
    {
        var customer = await RegisterAsync();
        await ChangeAsync(
            customer, Person("Ana Ruiz", "ana.ruiz@globex.example"), Person("Bo Lee", "bo@globex.example"));
        var (ana, bo) = (await ContactAsync(customer, "Ana Ruiz"), await ContactAsync(customer, "Bo Lee"));
        var before = await LogAsync(customer);
        before.ShouldAllBe(row => !row.Contains("Ruiz") && !row.Contains("globex.example"));

        var erased = (await EraseAsync(customer, ana)).ShouldBe(HttpStatusCode.OK);

        var after = await LogAsync(customer);
        after.Take(before.Count).ShouldBe(before);
        after.Count.ShouldBe(before.Count + 1);
        erased["contacts"].EnumerateArray().Select(Shown).ShouldBe([("", true), ("Bo Lee", false)]);
        (await app.Client.ReadAsync($"/v1/customers/{customer}")).Text.ShouldBe(erased.Text);

        // An old copy of the log, read by the keys that are there now.
        var row = JsonDocument.Parse(before[^1]).RootElement;
        var copy = row.GetProperty("data").Deserialize<Changed>(Json.Stored)!;
        await using var connection = await app.Services.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync();
        await ContactKeys.OpenAsync([copy.After.Contacts], connection, CancellationToken.None);
        copy.After.Contacts.Select(contact => (contact.Id, contact.Name, contact.Erased))
            .ShouldBe([(ana, "", true), (bo, "Bo Lee", false)]);
    }

    [Fact]
    public async Task What_is_shown_listed_rebuilt_and_told_again_shows_the_contact_as_erased()
    {
        var customer = await RegisterAsync();
        var (ana, number) = (await ContactAsync(customer, "Ana Ruiz"),
            (await app.Client.ReadAsync($"/v1/customers/{customer}"))["number"].GetString());
        var path = $"/v1/customers/{customer}/contacts/{ana}/erase";
        (await app.ClientWith("invoicing:write", "*").PostAsync(path, new { reason = "asked for" }))
            .ShouldBe(HttpStatusCode.Forbidden, "scope-missing");
        (await EraseAsync(customer, ana)).ShouldBe(HttpStatusCode.OK)["version"].GetInt64().ShouldBe(2);

        (await EraseAsync(customer, ana)).ShouldBe(HttpStatusCode.OK)["version"].GetInt64().ShouldBe(2);
        (await EraseAsync(customer, Some.NewId())).ShouldBe(HttpStatusCode.NotFound, "not-found");
        var history = (await app.Client.ReadAsync($"/v1/customers/{customer}/history")).Text;
        history.ShouldNotContain("Ana Ruiz");
        history.ShouldContain("contact-erased");
        await app.Services.GetRequiredService<ProjectionRebuild>().RunAsync("customers");
        var listed = (await app.Client.ReadAsync($"/v1/customers?q={number}"))["items"].EnumerateArray()
            .ShouldHaveSingleItem();
        listed.GetProperty("contacts").EnumerateArray().Select(Shown).ShouldBe([("", true)]);

        await Eventually.BecomesTrue(() => app.Bus.Heard<ContactErased>(ana).Count == 1, "told");
        app.Bus.Heard<CustomerChanged>(customer)[^1].Contacts.ShouldBeEmpty();

        // What was read can be sent back, and nobody is there again.
        (await ChangeAsync(customer, listed.GetProperty("contacts")[0])).ShouldBe(HttpStatusCode.OK)["contacts"]
            .EnumerateArray().Select(Shown).ShouldBe([("", true)]);
    }

    /// <summary>I-22: what was kept beside the log of a person is as unreadable as the log.</summary>
    [Fact]
    public async Task I22_kept_mails_and_answers_hold_nothing_of_who_is_erased_and_nothing_is_mailed_again()
    {
        var (entity, email, key) = (await app.EntityAsync(), $"ana.{Some.NewId():N}@globex.example", $"{Some.NewId()}");
        object ana = new { name = "Ana Kept", role = "accounts-payable", email };
        var body = new
        {
            legalEntity = entity,
            name = "Globex",
            currency = "USD",
            country = "US",
            terms = "NET 30",
            contacts = new[] { ana },
        };
        var customer = (await app.Client.PostAsync("/v1/customers", body, key)).ShouldBe(HttpStatusCode.Created).Id;
        await app.Client.IssueAsync(customer, 100, TestApi.Today);
        var statement = (await app.Client.PostAsync(
            $"/v1/customers/{customer}/statements", new { from = TestApi.Today, to = TestApi.Today, pdf = false }))
            .ShouldBe(HttpStatusCode.Created).Id;
        await StatusAsync(statement, "sent");
        (await app.Client.PostAsync($"/v1/statements/{statement}/send", new { })).ShouldBe(HttpStatusCode.OK);
        await Eventually.BecomesTrue(() => Mailed(email) == 2, "it is sent again, sealed as it is kept");
        await StatusAsync(statement, "sent");
        (await KeptAsync(email)).ShouldBe((0, 1));

        (await EraseAsync(customer, await ContactAsync(customer, "Ana Kept"))).ShouldBe(HttpStatusCode.OK);

        (await KeptAsync(email)).ShouldBe((0, 0));
        (await app.Client.PostAsync("/v1/customers", body, key)).ShouldBe(HttpStatusCode.Created)["contacts"]
            .EnumerateArray().Select(Shown).ShouldBe([("", true)]);
        (await app.Client.PostAsync($"/v1/statements/{statement}/send", new { })).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync(statement, "not-sent"))["reason"].GetString()!.ShouldContain("erased");
        Mailed(email).ShouldBe(2);
    }

    /// <summary>I-22: of mails from before there were keys those to others stay, and what is gone says why.</summary>
    [Fact]
    public async Task I22_mails_kept_in_plain_go_with_who_is_erased_and_those_to_others_stay()
    {
        var (customer, day) = (await RegisterAsync(), TestApi.Today);
        var (ana, bo) = ($"ana.{Some.NewId():N}@globex.example", $"bo.{Some.NewId():N}@globex.example");
        await ChangeAsync(customer, Person("Ana Plain", ana), Person("Bo Plain", bo));
        await app.Client.IssueAsync(customer, 100, day.AddDays(-3));
        var hers = await PlainAsync(customer, day.AddDays(-1), "Ana Plain", ana);
        await PlainAsync(customer, day, "Bo Plain", bo);
        ((await KeptAsync(ana)).Documents, (await KeptAsync(bo)).Documents).ShouldBe((1, 1));

        (await EraseAsync(customer, await ContactAsync(customer, "Ana Plain"))).ShouldBe(HttpStatusCode.OK);

        ((await KeptAsync(ana)).Documents, (await KeptAsync(bo)).Documents).ShouldBe((0, 1));
        (await app.Client.PostAsync($"/v1/statements/{hers}/send", new { })).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync(hers, "not-sent"))["reason"].GetString()!.ShouldContain("removed");
    }

    /// <summary>A statement that was sent, with its mail kept as it was before mails were sealed.</summary>
    private async Task<Guid> PlainAsync(Guid customer, DateOnly to, string name, string email)
    {
        var id = (await app.Client.PostAsync(
            $"/v1/customers/{customer}/statements", new { from = TestApi.Today.AddDays(-3), to, pdf = false }))
            .ShouldBe(HttpStatusCode.Created).Id;
        await StatusAsync(id, "sent");
        await using var connection = await app.Database.Source.OpenConnectionAsync();
        (await connection.ExecuteAsync(
            "update statement_documents set name = 'mail', content = convert_to(jsonb_build_object(" +
            "'To', @email::text, 'ToName', @name::text)::text, 'UTF8') " +
            "where statement_id = @id and name = 'sealed-mail'", new { id, name, email })).ShouldBe(1);
        return id;
    }

    private int Mailed(string email) =>
        app.Mail.Mails.Count(mail => mail.Content.Contains(email, StringComparison.Ordinal));

    private Task<Answer> StatusAsync(Guid statement, string status) => Eventually.Becomes(
        () => app.Client.ReadAsync($"/v1/statements/{statement}"),
        answer => answer["status"].GetString() == status, $"it is {status}");

    /// <summary>In how many documents, and in how many answers, a text stands in plain.</summary>
    private async Task<(int Documents, int Answers)> KeptAsync(string text)
    {
        await using var connection = await app.Database.Source.OpenConnectionAsync();
        return await connection.QuerySingleAsync<(int, int)>(
            "select (select count(*)::int from statement_documents where position(@bytes in content) > 0), " +
            "(select count(*)::int from otc_idempotency_keys where position(@bytes in body) > 0)",
            new { bytes = Encoding.UTF8.GetBytes(text) });
    }

    private static (string, bool) Shown(JsonElement contact) => (
        contact.GetProperty("name").GetString()!,
        contact.TryGetProperty("erased", out var erased) && erased.GetBoolean());

    private static object Person(string name, string email) => new { name, role = "accounts-payable", email };

    private async Task<Guid> RegisterAsync() => await app.Client.RegisterAsync(await app.EntityAsync());

    private Task<Answer> ChangeAsync(Guid customer, params object[] contacts) => app.Client.PutAsync(
        $"/v1/customers/{customer}", new { name = "Globex", country = "US", terms = "NET 30", contacts });

    private Task<Answer> EraseAsync(Guid customer, Guid contact) => app.Client.PostAsync(
        $"/v1/customers/{customer}/contacts/{contact}/erase", new { reason = "asked for by the person" });

    private async Task<Guid> ContactAsync(Guid customer, string name) =>
        (await app.Client.ReadAsync($"/v1/customers/{customer}"))["contacts"].EnumerateArray()
            .Single(contact => contact.GetProperty("name").GetString() == name).GetProperty("id").GetGuid();

    private async Task<List<string>> LogAsync(Guid customer)
    {
        await using var connection = await app.Database.Source.OpenConnectionAsync();
        return (await connection.QueryAsync<string>(
            "select to_jsonb(e)::text from mt_events e where stream_id = @customer order by version", new { customer }))
            .AsList();
    }
}
