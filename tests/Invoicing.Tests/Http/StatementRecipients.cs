using System.Net;
using System.Text.Json;
using Npgsql;
using OrderToCash.Contracts.Collections.V1;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.TestKit;

namespace OrderToCash.Invoicing.Tests.Http;

public class StatementRecipients(InvoicingApp app)
{
    [Fact]
    public async Task Are_written_to_in_their_own_language_and_only_where_they_agree()
    {
        var (unwilling, spanish) = (Email(), Email());

        var statement = await MakeAsync(
            new { name = "Bo", role = "accounts-payable", email = unwilling, consent = false },
            new { name = "Ana", role = "accounts-payable", email = spanish, language = "es" });

        (await DocumentAsync(statement)).GetProperty("language").GetString().ShouldBe("es");
        await Eventually.BecomesTrue(() => Mails(spanish) == 1, "it is mailed");
        Mails(unwilling).ShouldBe(0);
    }

    [Fact]
    public async Task Who_prefer_paper_get_it_on_paper()
    {
        var email = Email();

        var statement = await MakeAsync(new
        {
            name = "Ana",
            role = "accounts-payable",
            email,
            language = "fr",
            preferredChannel = "post",
        });

        statement["channel"].GetString().ShouldBe("post");
        (await DocumentAsync(statement)).GetProperty("language").GetString().ShouldBe("fr");
        (await app.Client.PostAsync($"/v1/statements/{statement.Id}/send", new { }))
            .ShouldBe(HttpStatusCode.Conflict, "not-by-mail");
        Mails(email).ShouldBe(0);

        // D-56: whoever posts it is told where nobody may get in touch; a bankruptcy does not forbid paper.
        var (entity, customer) = (statement["legalEntity"].GetString()!, statement["customerId"].GetGuid());
        (await HeldByAsync(statement.Id, customer)).ShouldBe((null, null));
        await app.TellAsync(Hold("bankruptcy"), 1);
        (await HeldByAsync(statement.Id, customer)).ShouldBe((null, null));
        await app.TellAsync(Hold("cease-and-desist"), 1);
        (await HeldByAsync(statement.Id, customer)).ShouldBe(("cease-and-desist", "cease-and-desist"));

        DunningHoldPlaced Hold(string kind) =>
            new(Some.NewId(), entity, customer, kind, null, null, null, null, "they say so");
    }

    /// <summary>As the one statement and as the list of its customer's has it.</summary>
    private async Task<(string? One, string? Listed)> HeldByAsync(Guid statement, Guid customer) => (
        (await app.Client.ReadAsync($"/v1/statements/{statement}"))["heldBy"].GetString(),
        (await app.Client.ReadAsync($"/v1/statements?customerId={customer}"))["items"][0]
            .GetProperty("heldBy").GetString());

    [Fact]
    public async Task Nobody_is_written_to_where_nobody_agrees()
    {
        var email = Email();

        var statement = await MakeAsync(new { name = "Bo", role = "accounts-payable", email, consent = false });

        (await Eventually.Becomes(
            () => app.Client.ReadAsync($"/v1/statements/{statement.Id}"),
            one => one["status"].GetString() == "not-sent", "it is not sent"))
            ["reason"].GetString()!.ShouldContain("no contact");
        Mails(email).ShouldBe(0);
    }

    /// <summary>
    /// D-57: a wish counts from the next mail on, not from the next statement that is made, and stays where a change of
    /// the customer does not speak of it.
    /// </summary>
    [Fact]
    public async Task D57_who_says_no_after_a_statement_was_made_is_not_sent_it_again()
    {
        var email = Email();
        var statement = await MakeAsync(new { name = "Bo", role = "accounts-payable", email });
        await Eventually.Becomes(
            () => app.Client.ReadAsync($"/v1/statements/{statement.Id}"),
            one => one["status"].GetString() == "sent", "it is mailed, and known to be");
        await ContactsAsync(statement, new { name = "Bo", role = "accounts-payable", email, consent = false });

        (await SendAgainAsync(statement)).ShouldContain("does not agree");
        await ContactsAsync(statement, new { name = "Bo", role = "accounts-payable", email = Email() });
        (await SendAgainAsync(statement)).ShouldContain("nobody's any more");
        await ContactsAsync(statement, new { name = "Bo", role = "accounts-payable", email });
        (await SendAgainAsync(statement)).ShouldContain("does not agree");
        await ContactsAsync(statement, new { name = "Bo", role = "accounts-payable", email, consent = true });
        await ToldAsync(new MailAddressChanged("US01", Customer(statement), email, Failed: true), 3);
        (await SendAgainAsync(statement)).ShouldContain("does not arrive");
        await ToldAsync(new MailAddressChanged("US01", Customer(statement), email, Failed: false), 4);
        (await app.Client.PostAsync($"/v1/statements/{statement.Id}/send", new { })).ShouldBe(HttpStatusCode.OK);

        await Eventually.BecomesTrue(() => Mails(email) == 2, "it is mailed again");
    }

    /// <summary>Collections hears of it; its word may come twice and late.</summary>
    [Fact]
    public async Task Whom_Collections_says_not_to_write_to_is_passed_over()
    {
        var (first, second) = (Email(), Email());
        object[] contacts =
        [
            new { name = "Bo", role = "accounts-payable", email = first },
            new { name = "Ana", role = "accounts-payable", email = second },
        ];
        var statement = await MakeAsync(contacts);
        await Eventually.BecomesTrue(() => Mails(first) == 1, "the first contact has it");
        var told = new ContactConsentStated(
            "US01", Customer(statement), "email", first.ToUpperInvariant(), Granted: false, TestApi.Today);

        await ToldAsync(told, 5);
        await ToldAsync(told with { Granted = true }, 4);
        await ToldAsync(told with { Channel = "call", Granted = true }, 6);

        await MakeForAsync(Customer(statement));
        await Eventually.BecomesTrue(() => Mails(second) == 1, "the second contact has it");
        await ToldAsync(told with { Address = second }, 7);
        var nobodys = await MakeForAsync(Customer(statement));
        (await Eventually.Becomes(
            () => app.Client.ReadAsync($"/v1/statements/{nobodys.Id}"),
            one => one["status"].GetString() == "not-sent", "it is not sent"))
            ["reason"].GetString()!.ShouldContain("no contact");
        await ToldAsync(told with { Granted = true }, 8);
        await MakeForAsync(Customer(statement));
        await Eventually.BecomesTrue(() => Mails(first) == 2, "the first contact has the next one");
        Mails(second).ShouldBe(1);
    }

    [Fact]
    public async Task Whose_statement_came_back_is_told_without_the_address()
    {
        var email = Email();
        var statement = await MakeAsync(new { name = "Bo", role = "accounts-payable", email });
        await Eventually.BecomesTrue(() => Mails(email) == 1, "it is mailed");
        var report = new { state = "bounced", detail = $"550 5.1.1 <{email}> unknown" };

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Eventually.BecomesTrue(
            async () => (await app.Client.PostAsync($"/v1/statements/{statement.Id}/delivery-reports", report)).Status
                == HttpStatusCode.OK, "it is taken")));

        await Eventually.BecomesTrue(
            () => app.Bus.Heard<StatementAddressFailed>(statement.Id).Count > 0, "Collections is told");
        var failed = app.Bus.Heard<StatementAddressFailed>(statement.Id).ShouldHaveSingleItem();
        var contact = (await app.Client.ReadAsync($"/v1/customers/{Customer(statement)}"))["contacts"][0];
        (failed.ContactId, failed.CustomerVersion, failed.Detail)
            .ShouldBe((contact.GetProperty("id").GetGuid(), 2, "550 5.1.1 <the recipient> unknown"));
    }

    /// <summary>Says it, twice, and waits until it is known.</summary>
    private async Task ToldAsync(object told, long version)
    {
        var message = Some.NewId();
        await app.Bus.PublishAsync(told, message, version);
        await app.Bus.PublishAsync(told, message, version);
        await Eventually.BecomesTrue(
            async () =>
            {
                await using var command = app.Store.Database.CreateCommand(
                    "select count(*) from otc_inbox where message_id = $1");
                command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = message });
                return (long)(await command.ExecuteScalarAsync())! == 1;
            },
            "what Collections says is known");
    }

    /// <summary>Asks for it once more, in vain; why.</summary>
    private async Task<string> SendAgainAsync(Answer statement)
    {
        var asked = (await app.Client.PostAsync($"/v1/statements/{statement.Id}/send", new { }))
            .ShouldBe(HttpStatusCode.OK)["version"].GetInt64();
        return (await Eventually.Becomes(
            () => app.Client.ReadAsync($"/v1/statements/{statement.Id}"),
            one => one["version"].GetInt64() > asked, "something becomes of it"))["reason"].GetString()!;
    }

    private static Guid Customer(Answer statement) => statement["customerId"].GetGuid();

    private async Task ContactsAsync(Answer statement, params object[] contacts) =>
        (await app.Client.PutAsync(
            $"/v1/customers/{Customer(statement)}",
            new { name = "Globex", country = "US", terms = "NET 30", contacts })).ShouldBe(HttpStatusCode.OK);

    private async Task<Answer> MakeForAsync(Guid customer) => (await app.Client.PostAsync(
        $"/v1/customers/{customer}/statements", new { from = "2026-10-01", to = "2026-10-31", pdf = false }))
        .ShouldBe(HttpStatusCode.Created);

    /// <summary>The statement of an English customer with these contacts.</summary>
    private async Task<Answer> MakeAsync(params object[] contacts)
    {
        var customer = await app.Client.RegisterAsync(await app.EntityAsync());
        (await app.Client.PutAsync(
            $"/v1/customers/{customer}", new { name = "Globex", country = "US", terms = "NET 30", contacts }))
            .ShouldBe(HttpStatusCode.OK);
        await app.Client.IssueAsync(customer, 100, new DateOnly(2026, 10, 5));
        return await MakeForAsync(customer);
    }

    private async Task<JsonElement> DocumentAsync(Answer statement)
    {
        var bytes = (await app.Client.BytesAsync($"/v1/statements/{statement.Id}/document", "application/json")).Bytes;
        return JsonDocument.Parse(bytes).RootElement;
    }

    private int Mails(string email) =>
        app.Mail.Mails.Count(mail => mail.Content.Contains(email, StringComparison.Ordinal));

    private static string Email() => $"{Some.NewId():N}@globex.example";
}
