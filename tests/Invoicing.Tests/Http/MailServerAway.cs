using System.Net;
using System.Text.RegularExpressions;
using OrderToCash.Local.Servers;
using OrderToCash.TestKit;

namespace OrderToCash.Invoicing.Tests.Http;

/// <summary>
/// Runs a service of its own: while its mail server is away, nobody's mail goes out.
/// </summary>
public sealed partial class MailServerAway : IAsyncLifetime
{
    private readonly InvoicingApp _app = new();

    public async ValueTask InitializeAsync()
    {
        await Chromium.EnsureAsync(text => TestContext.Current.SendDiagnosticMessage(text));
        await _app.InitializeAsync();
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task Keeps_the_place_of_what_is_queued_and_consent_counts_when_it_is_back()
    {
        var refused = 0;
        _app.Mail.Refuse = _ =>
        {
            Interlocked.Increment(ref refused);
            return "421 4.3.2 Closing";
        };
        var (willing, thinking) = ($"{Some.NewId():N}@globex.example", $"{Some.NewId():N}@globex.example");
        var entity = await _app.EntityAsync();
        var (first, second) = (await CustomerAsync(entity, willing, null), await CustomerAsync(entity, thinking, null));
        var invoices = new[] { await _app.Client.IssueAsync(first), await _app.Client.IssueAsync(second) };
        await Eventually.BecomesTrue(() => refused > 0, "it is tried");

        await ChangeAsync(second, thinking, consent: false);
        foreach (var invoice in invoices)
            (await StatusAsync(invoice.Id, "queued")).ShouldBeNull();
        _app.Mail.Refuse = null;

        await StatusAsync(invoices[0].Id, "sent");
        (await StatusAsync(invoices[1].Id, "failed"))!.ShouldContain("does not agree");
        _app.Mail.Mails.ShouldHaveSingleItem().Content.ShouldContain(willing);
    }

    /// <summary>As when a process is killed between the mail server's word and the record of it.</summary>
    [Fact]
    public async Task Whether_a_mail_was_taken_nobody_knows_so_it_goes_again_as_it_was()
    {
        var taken = 0;
        _app.Mail.Taken = _ =>
        {
            if (Interlocked.Increment(ref taken) <= 4)
                throw new IOException("The line is cut before the answer.");
        };
        var email = $"{Some.NewId():N}@globex.example";
        var customer = await CustomerAsync(await _app.EntityAsync(), email, null);

        var invoice = await _app.Client.IssueAsync(customer);

        await StatusAsync(invoice.Id, "sent");
        var mails = _app.Mail.Mails.Select(mail => mail.Content).ToList();
        mails.Count.ShouldBe(5);
        mails.Select(mail => MessageId().Match(mail).Value).Distinct().ShouldHaveSingleItem().ShouldNotBeEmpty();
        mails.Select(mail => Attachment().Match(mail).Value).Distinct().ShouldHaveSingleItem().ShouldNotBeEmpty();
        var delivery = (await _app.Client.ReadAsync($"/v1/document-deliveries?documentId={invoice.Id}"))["items"][0];
        delivery.GetProperty("sends").GetInt32().ShouldBe(1);
    }

    private async Task<string?> StatusAsync(Guid document, string status) => (await Eventually.Becomes(
        () => _app.Client.ReadAsync($"/v1/document-deliveries?documentId={document}&status={status}"),
        list => list["items"].GetArrayLength() == 1, $"it is {status}"))["items"][0]
        .GetProperty("reason").GetString();

    private async Task<Guid> CustomerAsync(string entity, string email, bool? consent)
    {
        var id = await _app.Client.RegisterAsync(entity);
        await ChangeAsync(id, email, consent);
        return id;
    }

    private async Task ChangeAsync(Guid customer, string email, bool? consent) =>
        (await _app.Client.PutAsync($"/v1/customers/{customer}", new
        {
            name = "Globex",
            country = "US",
            terms = "NET 30",
            contacts = new[] { new { name = "Ana Ruiz", role = "accounts-payable", email, consent } },
            invoices = new { mail = true },
        })).ShouldBe(HttpStatusCode.OK);

    [GeneratedRegex(@"^Message-ID: .*$", RegexOptions.Multiline | RegexOptions.IgnoreCase, 1000)]
    private static partial Regex MessageId();

    [GeneratedRegex(@"JVBERi[A-Za-z0-9+/=\r\n]+", RegexOptions.None, 1000)]
    private static partial Regex Attachment();
}
