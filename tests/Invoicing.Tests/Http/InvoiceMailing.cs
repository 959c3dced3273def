using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using OrderToCash.Contracts.Collections.V1;
using OrderToCash.EventSourcing;
using OrderToCash.EventSourcing.Subscriptions;
using OrderToCash.Invoicing.Delivery.Sending;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Invoicing.UseCases;
using OrderToCash.Local.Servers;
using OrderToCash.TestKit;

namespace OrderToCash.Invoicing.Tests.Http;

public class InvoiceMailing(InvoicingApp app) : IAsyncLifetime
{
    public async ValueTask InitializeAsync() =>
        await Chromium.EnsureAsync(text => TestContext.Current.SendDiagnosticMessage(text));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task INV14_each_who_gets_invoices_gets_one_in_their_language_and_nobody_else()
    {
        var (english, french, unwilling, other) = (Email(), Email(), Email(), Email());
        var customer = await CustomerAsync(
            await app.EntityAsync(), new { mail = true, contactRole = "invoices" },
            Person(english, "invoices"), Person(french, "invoices", language: "fr"),
            Person(unwilling, "invoices", consent: false), Person(other));

        var invoice = await app.Client.IssueAsync(customer, 100);
        var deliveries = await DeliveriesAsync(invoice.Id, "sent", 2);

        foreach (var (email, language) in new[] { (english, "en"), (french, "fr") })
        {
            var mail = Mails(email).ShouldHaveSingleItem();
            var pdf = (await app.Client.BytesAsync(
                $"/v1/invoices/{invoice.Id}/document?language={language}", "application/pdf")).Bytes;
            mail.ReplaceLineEndings("").ShouldContain(Convert.ToBase64String(pdf));
            mail.ShouldContain($"Content-Language: {language}");
            mail.ShouldContain($"{invoice["number"].GetString()}.pdf");
            deliveries.ShouldContain(one => one.GetProperty("language").GetString() == language
                && one.GetProperty("pdfSha256").GetString() == Convert.ToHexStringLower(SHA256.HashData(pdf)));
        }

        Mails(unwilling).Concat(Mails(other)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Nothing_is_mailed_unless_the_entity_or_the_customer_wants_it()
    {
        var entity = await app.EntityAsync();
        var (silent, wanting, refusing) = (Email(), Email(), Email());
        var quiet = await CustomerAsync(entity, null, Person(silent));
        var before = await app.Client.IssueAsync(quiet);
        await PassedAsync(entity);
        (await app.Client.PutAsync($"/v1/legal-entities/{entity}/automation-policy", new { mailInvoices = true }))
            .ShouldBe(HttpStatusCode.OK)["mailInvoices"].GetBoolean().ShouldBeTrue();
        var standard = await CustomerAsync(entity, null, Person(wanting));
        var without = await CustomerAsync(entity, new { mail = false }, Person(refusing));

        var refused = await app.Client.IssueAsync(without);
        var invoice = await app.Client.IssueAsync(standard);
        var memo = (await app.Client.PostAsync("/v1/credit-memos", new
        {
            customerId = standard,
            reason = "return",
            lines = new[] { new { description = "Widget", quantity = "2", unitPrice = "9.99" } },
        })).ShouldBe(HttpStatusCode.Created);

        await DeliveriesAsync(invoice.Id, "sent", 1);
        await DeliveriesAsync(memo.Id, "sent", 1);
        Mails(wanting).Count.ShouldBe(2);
        await DeliveriesAsync(before.Id, null, 0);
        await DeliveriesAsync(refused.Id, null, 0);
        Mails(silent).Concat(Mails(refusing)).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_another_system_has_billed_was_sent_by_that_system()
    {
        var entity = await app.EntityAsync();
        (await app.Client.PutAsync($"/v1/legal-entities/{entity}/letterhead", new
        {
            name = "Acme Inc",
            address = new { street = "1 Main St", city = "Austin" },
            taxId = "US987654321",
            email = "ar@acme.example",
        })).ShouldBe(HttpStatusCode.OK);
        var email = Email();
        var customer = await CustomerAsync(entity, new { mail = true }, Person(email));
        var issued = await app.Client.IssueAsync(await CustomerAsync(entity, null, Person(Email())));
        var (_, xml, _) = await app.Client.BytesAsync($"/v1/invoices/{issued.Id}/e-invoice", "application/xml");
        var text = Encoding.UTF8.GetString(xml);
        text.ShouldContain("<cbc:CustomizationID");
        text = text.Replace(issued["number"].GetString()!, $"EXT-{entity}", StringComparison.Ordinal);
        using var body = new StringContent(text, Encoding.UTF8, "application/xml");

        using var answer = await app.Client.PostAsync(
            new Uri($"/v1/e-invoices?customerId={customer}", UriKind.Relative), body);

        answer.StatusCode.ShouldBe(HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        var imported = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
        await PassedAsync(entity);
        await DeliveriesAsync(imported.GetProperty("id").GetGuid(), null, 0);
        Mails(email).ShouldBeEmpty();
    }

    [Fact]
    public async Task Who_cannot_be_reached_is_listed_and_what_came_back_goes_out_again_the_same()
    {
        var entity = await app.EntityAsync();
        var customer = await CustomerAsync(entity, new { mail = true });
        var invoice = await app.Client.IssueAsync(customer);
        var failed = (await DeliveriesAsync(invoice.Id, "failed", 1))[0];
        failed.GetProperty("reason").GetString()!.ShouldContain("no contact");
        (await SendAsync($"document-deliveries/{failed.GetProperty("id").GetGuid()}"))
            .ShouldBe(HttpStatusCode.Conflict, "no-recipient");
        (await SendAsync($"invoices/{invoice.Id}")).ShouldBe(HttpStatusCode.Conflict, "no-recipient");

        var (wrong, right) = (Email(), Email());
        await ChangeAsync(customer, new { mail = true }, Person(wrong));
        (await SendAsync($"invoices/{invoice.Id}")).ShouldBe(HttpStatusCode.OK);
        var sent = (await DeliveriesAsync(invoice.Id, "sent", 1))[0];
        var path = $"document-deliveries/{sent.GetProperty("id").GetGuid()}";
        (await app.Client.PostAsync(
            $"/v1/{path}/delivery-reports", new { state = "bounced", detail = $"550 <{wrong}> nobody" }))
            .ShouldBe(HttpStatusCode.OK)["status"].GetString().ShouldBe("bounced");
        (await app.Client.ReadAsync($"/v1/document-deliveries?legalEntity={entity}&status=bounced"))["items"]
            .EnumerateArray().ShouldHaveSingleItem().GetProperty("reason").GetString()
            .ShouldBe("550 <the recipient> nobody");

        var contact = await ContactAsync(customer);
        await ChangeAsync(customer, new { mail = true }, new
        {
            id = contact,
            name = "Ana Ruiz",
            role = "accounts-payable",
            email = right,
        });
        (await SendAsync(path)).ShouldBe(HttpStatusCode.OK)["status"].GetString().ShouldBe("queued");
        var again = await Eventually.Becomes(
            () => app.Client.ReadAsync($"/v1/{path}"), one => one["status"].GetString() == "sent", "it is sent");
        again["pdfSha256"].GetString().ShouldBe(sent.GetProperty("pdfSha256").GetString());
        again["sends"].GetInt32().ShouldBe(2);
        (Mails(wrong).Count, Mails(right).Count).ShouldBe((1, 1));
        MessageId(Mails(right)[0]).ShouldNotBe(MessageId(Mails(wrong)[0]));
        (await app.Client.ReadAsync($"/v1/{path}/history"))["items"].GetArrayLength().ShouldBe(5);
    }

    [Fact]
    public async Task A_person_may_mail_it_to_one_contact_who_agrees_and_nothing_that_is_void()
    {
        var (legal, unwilling) = (Email(), Email());
        var customer = await CustomerAsync(
            await app.EntityAsync(), null, Person(legal, "legal"), Person(unwilling, "legal", consent: false));
        var invoice = await app.Client.IssueAsync(customer);
        var contacts = (await app.Client.ReadAsync($"/v1/customers/{customer}"))["contacts"];

        (await SendAsync($"invoices/{invoice.Id}", contacts[1].GetProperty("id").GetGuid()))
            .ShouldBe(HttpStatusCode.Conflict, "not-by-mail");
        (await SendAsync($"invoices/{invoice.Id}", Some.NewId())).ShouldBe(HttpStatusCode.NotFound, "not-found");
        (await app.ClientWith("invoicing:write", "US99").PostAsync($"/v1/invoices/{invoice.Id}/send", new { }))
            .ShouldBe(HttpStatusCode.Forbidden, "entity-not-allowed");
        (await SendAsync($"invoices/{invoice.Id}", contacts[0].GetProperty("id").GetGuid()))
            .ShouldBe(HttpStatusCode.OK);
        var delivery = (await DeliveriesAsync(invoice.Id, "sent", 1))[0];
        Mails(legal).ShouldHaveSingleItem();

        await ChangeAsync(customer, null, new
        {
            id = contacts[0].GetProperty("id").GetGuid(),
            name = "Ana Ruiz",
            role = "legal",
            email = legal,
            consent = false,
        });
        (await SendAsync($"document-deliveries/{delivery.GetProperty("id").GetGuid()}"))
            .ShouldBe(HttpStatusCode.Conflict, "not-by-mail");
        (await app.Client.PostAsync($"/v1/invoices/{invoice.Id}/void", new { reason = "duplicate" }))
            .ShouldBe(HttpStatusCode.OK);
        (await SendAsync($"invoices/{invoice.Id}")).ShouldBe(HttpStatusCode.Conflict, "is-void");
        Mails(legal).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task What_is_come_across_again_by_however_many_instances_is_queued_and_mailed_once()
    {
        var email = Email();
        var customer = await CustomerAsync(await app.EntityAsync(), new { mail = true }, Person(email));
        var invoice = await app.Client.IssueAsync(customer);
        var delivery = (await DeliveriesAsync(invoice.Id, "sent", 1))[0].GetProperty("id").GetGuid();
        var issued = await app.Store.HistoryAsync(invoice.Id);
        var queued = await app.Store.HistoryAsync(delivery);

        await Task.WhenAll(Enumerable.Range(0, 3).SelectMany(_ => new[]
        {
            Made<DocumentDispatcher>().HandleAsync(issued, CancellationToken.None),
            Made<DocumentSender>().HandleAsync(queued, CancellationToken.None),
        }));

        (await app.Store.HistoryAsync(delivery)).Count.ShouldBe(2);
        await DeliveriesAsync(invoice.Id, null, 1);
        Mails(email).ShouldHaveSingleItem();

        ISubscription Made<T>()
            where T : ISubscription => ActivatorUtilities.CreateInstance<T>(app.Services);
    }

    [Fact]
    public async Task What_the_mail_server_asks_to_bring_later_stays_queued_and_goes_out_once_by_many_instances()
    {
        var (grey, fine) = (Email(), Email());
        var entity = await app.EntityAsync();
        var (later, now) = (
            await CustomerAsync(entity, new { mail = true }, Person(grey)),
            await CustomerAsync(entity, new { mail = true }, Person(fine)));
        app.Mail.Refuse = to => to == grey ? "451 4.7.1 Greylisted" : null;
        var invoice = await app.Client.IssueAsync(later);
        var other = await app.Client.IssueAsync(now);

        await DeliveriesAsync(other.Id, "sent", 1);
        var waiting = await Eventually.Becomes(
            async () => (await DeliveriesAsync(invoice.Id, "queued", 1))[0],
            one => one.GetProperty("reason").GetString() is not null, "it is put off");
        waiting.GetProperty("reason").GetString()!.ShouldContain("Greylisted");
        app.Mail.Refuse = null;
        await MailAsync(TimeSpan.FromMinutes(-1));
        (await app.Store.HistoryAsync(waiting.GetProperty("id").GetGuid())).Count.ShouldBe(2, "it is early");
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => MailAsync(TimeSpan.FromMinutes(6))));

        var sent = (await DeliveriesAsync(invoice.Id, "sent", 1))[0];
        (sent.GetProperty("reason").GetString(), sent.GetProperty("sends").GetInt32()).ShouldBe((null, 1));
        (Mails(grey).Count, Mails(fine).Count).ShouldBe((1, 1));
        MessageId(Mails(grey)[0]).ShouldContain(".1@", Case.Sensitive, "it is the same mail still");

        Task MailAsync(TimeSpan ahead) => ActivatorUtilities.CreateInstance<PutOffMails>(
            app.Services, new StoppedClock(TimeProvider.System.GetUtcNow() + ahead))
            .SendAsync(new EventMetadata("tester"), entity, TestApi.Attempt, CancellationToken.None);
    }

    [Fact]
    public async Task INV12_open_invoices_go_with_a_statement_as_the_files_they_are()
    {
        var email = Email();
        var customer = await app.Client.RegisterAsync(await app.EntityAsync());
        (await app.Client.PutAsync($"/v1/customers/{customer}", new
        {
            name = "Globex",
            country = "US",
            terms = "NET 30",
            contacts = new[] { Person(email, language: "es") },
            statements = new { attachInvoices = true },
        })).ShouldBe(HttpStatusCode.OK)["statements"].GetProperty("attachInvoices").GetBoolean().ShouldBeTrue();
        var (open, gone) = (await app.Client.IssueAsync(customer, 100), await app.Client.IssueAsync(customer, 40));
        (await app.Client.PostAsync($"/v1/invoices/{gone.Id}/void", new { reason = "duplicate" }))
            .ShouldBe(HttpStatusCode.OK);

        (await app.Client.PostAsync(
            $"/v1/customers/{customer}/statements", new { from = TestApi.Today, to = TestApi.Today, pdf = false }))
            .ShouldBe(HttpStatusCode.Created);

        await Eventually.BecomesTrue(() => Mails(email).Count == 1, "it is mailed");
        var mail = Mails(email)[0];
        var pdf = (await app.Client.BytesAsync(
            $"/v1/invoices/{open.Id}/document?language=es", "application/pdf")).Bytes;
        mail.ReplaceLineEndings("").ShouldContain(Convert.ToBase64String(pdf));
        mail.ShouldNotContain($"{gone["number"].GetString()}.pdf");
    }

    [Fact]
    public async Task Whom_an_instance_with_a_fast_clock_registered_can_be_billed_by_one_with_a_slow_clock()
    {
        var customer = await app.Client.RegisterAsync(await app.EntityAsync(), "Globex");
        var invoice = await app.Client.IssueAsync(customer);
        await using (var connection = await app.Database.Source.OpenConnectionAsync())
        {
            (await connection.ExecuteAsync(
                "update mt_events set timestamp = timestamp + interval '1 day' where stream_id = @customer",
                new { customer })).ShouldBe(1);
        }

        var pdf = await app.Client.BytesAsync($"/v1/invoices/{invoice.Id}/document?language=en", "application/pdf");

        Encoding.ASCII.GetString(pdf.Bytes).ShouldStartWith("%PDF");
    }

    [Fact]
    public async Task An_address_that_mail_does_not_reach_gives_way_to_one_that_it_does()
    {
        var (dead, alive) = (Email(), Email());
        var customer = await CustomerAsync(
            await app.EntityAsync(), new { mail = true, contactRole = "invoices" },
            Person(dead, "invoices"), Person(alive));
        var message = Some.NewId();
        await app.Bus.PublishAsync(new MailAddressChanged("US01", customer, dead, Failed: true), message, 3);
        await Eventually.BecomesTrue(
            async () => (await ClosedAddresses.ReadAsync(app.Store.Database, [customer], CancellationToken.None))
                .Contains(customer, dead), "what Collections says is known");

        var invoice = await app.Client.IssueAsync(customer);

        await DeliveriesAsync(invoice.Id, "sent", 1);
        (Mails(dead).Count, Mails(alive).Count).ShouldBe((0, 1));
        (await SendAsync($"invoices/{invoice.Id}", await ContactAsync(customer)))
            .ShouldBe(HttpStatusCode.Conflict, "not-by-mail");
    }

    /// <summary>D-56: an invoice tells what was sold, a debit memo asks for what is late.</summary>
    [Fact]
    public async Task D56_no_debit_memo_is_mailed_to_whom_nobody_may_get_in_touch_with()
    {
        var (entity, email) = (await app.EntityAsync(), Email());
        var customer = await CustomerAsync(entity, new { mail = true }, Person(email));
        var hold = new DunningHoldPlaced(
            Some.NewId(), entity, customer, "cease-and-desist", null, null, null, null, "their lawyer wrote");
        await app.TellAsync(hold, 1);
        var invoice = await app.Client.IssueAsync(customer, 100);
        await DeliveriesAsync(invoice.Id, "sent", 1);
        var memo = (await app.Client.PostAsync(
            $"/v1/invoices/{invoice.Id}/chargebacks", new { reason = "short", amount = "50" }))
            .ShouldBe(HttpStatusCode.Created)["chargeback"].GetProperty("id").GetGuid();

        var failed = (await DeliveriesAsync(memo, "failed", 1))[0];

        failed.GetProperty("reason").GetString()!.ShouldContain("cease-and-desist");
        Mails(email).ShouldHaveSingleItem();
        await app.TellAsync(new DunningHoldEnded(hold.HoldId, entity, customer, hold.Kind, "released"), 2);
        (await SendAsync($"document-deliveries/{failed.GetProperty("id").GetGuid()}")).ShouldBe(HttpStatusCode.OK);
        await DeliveriesAsync(memo, "sent", 1);
        Mails(email).Count.ShouldBe(2);
    }

    /// <summary>Until all that was issued before has been looked at.</summary>
    private async Task PassedAsync(string entity)
    {
        var invoice = await app.Client.IssueAsync(
            await CustomerAsync(entity, new { mail = true }, Person(Email())));
        await DeliveriesAsync(invoice.Id, "sent", 1);
    }

    private async Task<List<JsonElement>> DeliveriesAsync(Guid document, string? status, int count) =>
        [.. (await Eventually.Becomes(
            () => app.Client.ReadAsync(
                $"/v1/document-deliveries?documentId={document}{(status is null ? "" : $"&status={status}")}"),
            list => list["items"].GetArrayLength() == count, $"{count} are {status}"))["items"].EnumerateArray()];

    private async Task<Guid> CustomerAsync(string entity, object? invoices, params object[] contacts)
    {
        var id = await app.Client.RegisterAsync(entity);
        await ChangeAsync(id, invoices, contacts);
        return id;
    }

    private async Task ChangeAsync(Guid customer, object? invoices, params object[] contacts) =>
        (await app.Client.PutAsync(
            $"/v1/customers/{customer}", new { name = "Globex", country = "US", terms = "NET 30", contacts, invoices }))
            .ShouldBe(HttpStatusCode.OK);

    private async Task<Guid> ContactAsync(Guid customer) =>
        (await app.Client.ReadAsync($"/v1/customers/{customer}"))["contacts"][0].GetProperty("id").GetGuid();

    private Task<Answer> SendAsync(string what, Guid? contactId = null) =>
        app.Client.PostAsync($"/v1/{what}/send", new { contactId });

    private List<string> Mails(string email) => [.. app.Mail.Mails.Select(mail => mail.Content)
        .Where(content => content.Contains(email, StringComparison.Ordinal))];

    private static object Person(
        string email, string role = "accounts-payable", string? language = null, bool? consent = null) =>
        new { name = "Ana Ruiz", role, email, language, consent };

    private static string Email() => $"{Some.NewId():N}@globex.example";

    private static string MessageId(string mail) =>
        mail.Split("\r\n").Single(line => line.StartsWith("Message-ID:", StringComparison.OrdinalIgnoreCase));
}
