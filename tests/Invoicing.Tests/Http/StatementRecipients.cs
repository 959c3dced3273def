using System.Net;
using System.Text.Json;
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
    }

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

    /// <summary>The statement of an English customer with these contacts.</summary>
    private async Task<Answer> MakeAsync(params object[] contacts)
    {
        var customer = await app.Client.RegisterAsync(await app.EntityAsync());
        (await app.Client.PutAsync(
            $"/v1/customers/{customer}", new { name = "Globex", country = "US", terms = "NET 30", contacts }))
            .ShouldBe(HttpStatusCode.OK);
        await app.Client.IssueAsync(customer, 100, new DateOnly(2026, 10, 5));
        return (await app.Client.PostAsync(
            $"/v1/customers/{customer}/statements", new { from = "2026-10-01", to = "2026-10-31", pdf = false }))
            .ShouldBe(HttpStatusCode.Created);
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
