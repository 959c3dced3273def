using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OrderToCash.Contracts;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.Documents;
using OrderToCash.EventSourcing;
using OrderToCash.EventSourcing.Subscriptions;
using OrderToCash.Invoicing.Statements;
using OrderToCash.Invoicing.Statements.Sending;
using OrderToCash.Invoicing.UseCases;
using OrderToCash.Local.Servers;
using OrderToCash.TestKit;

namespace OrderToCash.Invoicing.Tests.Http;

[Collection("Read models")]
public class Statements(InvoicingApp app)
{
    private static readonly DateOnly From = new(2026, 10, 1);
    private static readonly DateOnly To = new(2026, 10, 31);

    [Fact]
    public async Task A_statement_ties_from_opening_to_closing_and_shows_money_not_applied()
    {
        var entity = await app.EntityAsync();
        var customer = await app.Client.RegisterAsync(entity);
        await app.Client.IssueAsync(customer, 100, new DateOnly(2026, 8, 10));
        await app.Client.IssueAsync(customer, 40, new DateOnly(2026, 10, 20));
        var cancelled = await app.Client.IssueAsync(customer, 7, new DateOnly(2026, 10, 21));
        await app.Bus.PublishAsync(Messages.ReceiptPosted(entity, customer, 25, new DateOnly(2026, 10, 30)));
        await Eventually.BecomesTrue(
            async () => (await AccountAsync(customer)).GetProperty("unappliedCash").Amount() == 25, "cash is known");

        var account = await AccountAsync(customer);
        (account.GetProperty("opening").Amount(), account.GetProperty("closing").Amount(),
            account.GetProperty("due").Amount()).ShouldBe((100m, 147m, 122m));
        account.GetProperty("entries").EnumerateArray().Select(entry => entry.GetProperty("balance").Amount())
            .ShouldBe([140m, 147m]);
        account.GetProperty("aging").EnumerateArray().Select(bucket => bucket.GetProperty("amount").Amount())
            .ShouldBe([47m, 0m, 100m, 0m, 0m, 0m]);
        account.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("daysOverdue").GetInt32())
            .ShouldBe([52, 0, 0]);

        // Cancelled now, so still owed at the end of October.
        (await app.Client.PostAsync($"/v1/invoices/{cancelled.Id}/void", new { reason = "duplicate" }))
            .ShouldBe(HttpStatusCode.OK);
        (await AccountAsync(customer)).GetProperty("closing").Amount().ShouldBe(147m);
        var today = await app.Client.ReadAsync(
            $"/v1/customers/{customer}/statement?from=2026-10-01&to={TestApi.Today:yyyy-MM-dd}");
        today["accounts"][0].GetProperty("entries").GetArrayLength().ShouldBe(1);

        // Who was told in October that it is owed is told in November that it is not.
        var november = (await app.Client.ReadAsync(
            $"/v1/customers/{customer}/statement?from=2026-11-01&to={TestApi.Today:yyyy-MM-dd}"))["accounts"][0];
        (november.GetProperty("opening").Amount(), november.GetProperty("closing").Amount(),
            november.GetProperty("entries").GetArrayLength()).ShouldBe((147m, 140m, 1));
    }

    /// <summary>Whoever pays 98 of 100 in time reads that 98 came and 2 were deducted, also when it is taken back.
    /// </summary>
    [Fact]
    public async Task A_payment_is_told_as_the_money_that_came_and_the_cash_discount_beside_it()
    {
        var entity = await app.EntityAsync();
        var customer = await app.Client.RegisterAsync(entity);
        var invoice = (await app.Client.PostAsync(
            "/v1/invoices", TestApi.Invoice(customer, 100, TestApi.Today, "2/10 NET 30")))
            .ShouldBe(HttpStatusCode.Created);
        var allocation = Some.NewId();
        await app.Bus.PublishAsync(
            Messages.Requested(allocation, invoice.Id, 98) with { Discount = new MoneyAmount(2, "USD") });
        await Eventually.BecomesTrue(() => app.Bus.Heard<PaymentApplied>(allocation).Count == 1, "it is paid");
        await app.Bus.PublishAsync(Messages.ReversalRequested(allocation, invoice.Id, 98));
        await Eventually.BecomesTrue(() => app.Bus.Heard<PaymentReversed>(allocation).Count == 1, "it is taken back");

        var path = $"/v1/customers/{customer}/statement?from={TestApi.Today:O}&to={TestApi.Today:O}";
        (await app.Client.ReadAsync(path))["accounts"][0].GetProperty("entries").EnumerateArray()
            .Select(entry => (entry.GetProperty("kind").GetString(), entry.GetProperty("amount").Amount(),
                entry.GetProperty("balance").Amount()))
            .ShouldBe(
            [
                ("invoice-issued", 100m, 100m), ("payment-applied", -98m, 2m), ("cash-discount", -2m, 0m),
                ("payment-reversed", 98m, 98m), ("cash-discount", 2m, 100m),
            ]);
        (await app.Client.ReadAsync(path, "text/html")).Text.ShouldContain("Cash discount");
    }

    [Fact]
    public async Task D34_a_statement_as_it_was_known_is_the_same_bytes_after_everything_has_changed()
    {
        await Chromium.EnsureAsync(text => TestContext.Current.SendDiagnosticMessage(text));
        var entity = await app.EntityAsync();
        var customer = await app.Client.RegisterAsync(entity);
        var invoice = await app.Client.IssueAsync(customer, 100, new DateOnly(2026, 9, 1));
        var knownAt = Uri.EscapeDataString(TimeProvider.System.GetUtcNow().ToString("O", CultureInfo.InvariantCulture));
        var path = $"/v1/customers/{customer}/statement?from=2026-10-01&to=2026-10-31&knownAt={knownAt}";
        string[] forms = ["application/json", "text/csv", "text/html", "application/pdf",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"];
        var before = new List<byte[]>();
        foreach (var form in forms)
        {
            var (status, bytes, type) = await app.Client.BytesAsync(path, form);
            (status, type).ShouldBe((HttpStatusCode.OK, form), Encoding.UTF8.GetString(bytes));
            before.Add(bytes);
        }

        await app.Client.IssueAsync(customer, 5, new DateOnly(2026, 10, 5));
        await app.Client.PostAsync($"/v1/invoices/{invoice.Id}/void", new { reason = "duplicate" });
        await app.Client.PutAsync(
            $"/v1/customers/{customer}", new { name = "Other", country = "CA", terms = "NET 30" });
        await app.Client.PutAsync(
            $"/v1/legal-entities/{entity}/letterhead", new { name = "Renamed", address = new { street = "New St" } });

        foreach (var (form, bytes) in forms.Zip(before))
            (await app.Client.BytesAsync(path, form)).Bytes.ShouldBe(bytes, form);
        Encoding.Latin1.GetString(before[3]).ShouldStartWith("%PDF-");
        (await app.Client.ReadAsync(path.Split("&knownAt")[0]))["customerName"].GetString().ShouldBe("Other");
    }

    [Fact]
    public async Task A_run_mails_each_customer_its_statement_once_and_keeps_it_as_it_was_sent()
    {
        await Chromium.EnsureAsync(text => TestContext.Current.SendDiagnosticMessage(text));
        var entity = await app.EntityAsync();
        var (owing, quarterly, square) = (await RegisterAsync(entity), await RegisterAsync(entity, "quarterly"),
            await RegisterAsync(entity));
        await app.Client.IssueAsync(owing.Id, 100, new DateOnly(2026, 10, 5));
        await app.Client.IssueAsync(quarterly.Id, 100, new DateOnly(2026, 10, 5));

        var run = await RunAsync(entity);
        (run["made"].GetInt32(), run["madeBefore"].GetInt32(), run["nothing"].GetInt32()).ShouldBe((1, 0, 1));
        var statement = await SentAsync(owing.Id);
        (await RunAsync(entity))["madeBefore"].GetInt32().ShouldBe(1);

        var mail = Mails(owing.Email).ShouldHaveSingleItem();
        var pdf = (await app.Client.BytesAsync($"/v1/statements/{statement}/document", "application/pdf")).Bytes;
        mail.ReplaceLineEndings("").ShouldContain(Convert.ToBase64String(pdf));
        var json = (await app.Client.BytesAsync($"/v1/statements/{statement}/document", "application/json")).Bytes;
        Convert.ToHexStringLower(SHA256.HashData(json))
            .ShouldBe((await app.Client.ReadAsync($"/v1/statements/{statement}"))["sha256"].GetString());
        Mails(quarterly.Email).Concat(Mails(square.Email)).ShouldBeEmpty();

        // Paid, renamed: what was sent stays what was sent, also when it goes out again.
        var contacts = new[] { new { name = "Ann", role = "accounts-payable", email = owing.Email } };
        await app.Client.PutAsync(
            $"/v1/customers/{owing.Id}", new { name = "Other", country = "CA", terms = "NET 30", contacts });
        (await app.Client.PostAsync($"/v1/statements/{statement}/send", new { })).ShouldBe(HttpStatusCode.OK);
        await Eventually.BecomesTrue(() => Mails(owing.Email).Count == 2, "it is sent again");
        var (first, second) = (Mails(owing.Email)[0], Mails(owing.Email)[1]);
        second.ReplaceLineEndings("").ShouldContain(Convert.ToBase64String(pdf));
        MessageId(second).ShouldBe(MessageId(first));
    }

    [Fact]
    public async Task A_month_that_has_ended_is_run_by_itself_once_by_however_many_instances()
    {
        var entity = await app.EntityAsync();
        var customer = await RegisterAsync(entity);
        await app.Client.IssueAsync(customer.Id, 100);
        (await app.Client.PutAsync($"/v1/legal-entities/{entity}/statement-calendar", new
        {
            cycles = new[] { new { cycle = "monthly", daysAfter = 2, pdf = false } },
        })).ShouldBe(HttpStatusCode.OK)["cycles"][0].GetProperty("since").GetString()
            .ShouldBe($"{TestApi.Today:yyyy-MM-dd}");
        var next = new DateTimeOffset(TestApi.Today.Year, TestApi.Today.Month, 1, 0, 0, 0, TimeSpan.Zero).AddMonths(1);

        await StartAsync(next.AddDays(1).AddSeconds(-1));
        (await RunsAsync()).ShouldBeEmpty();
        await StartAsync(next.AddDays(1));
        await StartAsync(next.AddDays(20));

        var run = (await RunsAsync()).ShouldHaveSingleItem();
        run.GetProperty("to").GetString().ShouldBe($"{next.AddDays(-1):yyyy-MM-dd}");
        await Eventually.BecomesTrue(() => Mails(customer.Email).Count == 1, "it is mailed");

        Task StartAsync(DateTimeOffset now) => Task.WhenAll(Enumerable.Range(0, 3).Select(_ =>
            new AutomaticStatements(app.Store, new StoppedClock(now))
                .StartAsync(new EventMetadata("tester"), entity, TestApi.Attempt, CancellationToken.None)));
        async Task<List<JsonElement>> RunsAsync() =>
            [.. (await app.Client.ReadAsync($"/v1/statement-runs?legalEntity={entity}"))["items"].EnumerateArray()];
    }

    [Fact]
    public async Task A_run_that_is_begun_again_or_done_twice_at_once_makes_nothing_twice()
    {
        var entity = await app.EntityAsync();
        for (var n = 0; n < 120; n++)
            await app.Client.IssueAsync((await RegisterAsync(entity)).Id, 10, new DateOnly(2026, 10, 5));
        var started = await app.Client.PostAsync("/v1/statement-runs", Run(entity, pdf: false));
        var wanted = (await app.Store.HistoryAsync(started.ShouldBe(HttpStatusCode.Accepted).Id))[0];
        var runners = Enumerable.Range(0, 3)
            .Select(_ => ActivatorUtilities.CreateInstance<StatementRunner>(app.Services));

        await Task.WhenAll(runners.Select(runner => runner.HandleAsync([wanted], CancellationToken.None)));

        await Eventually.BecomesTrue(
            async () => (await app.Client.ReadAsync($"/v1/statement-runs/{wanted.StreamId}"))["byStatus"]
                .TryGetProperty("sent", out var sent) && sent.GetInt32() == 120, "all are sent");
        (await app.Store.HistoryAsync(wanted.StreamId)).Count.ShouldBe(2);
        app.Mail.Mails.Count(mail => mail.Content.Contains(entity, StringComparison.Ordinal)).ShouldBe(120);
    }

    [Fact]
    public async Task A_statement_that_cannot_be_sent_says_why_and_one_that_came_back_is_listed()
    {
        var entity = await app.EntityAsync();
        var mute = await app.Client.RegisterAsync(entity);
        await app.Client.PutAsync(
            $"/v1/customers/{mute}", new { name = "Mute", country = "US", terms = "NET 30" });
        var owing = await RegisterAsync(entity);
        foreach (var id in new[] { mute, owing.Id })
        {
            await app.Client.IssueAsync(id, 100, new DateOnly(2026, 10, 5));
            (await app.Client.PostAsync($"/v1/customers/{id}/statements", new { from = From, to = To, pdf = false }))
                .ShouldBe(HttpStatusCode.Created);
        }

        var lost = await Eventually.Becomes(
            () => app.Client.ReadAsync($"/v1/statements?customerId={mute}&status=not-sent"),
            list => list["items"].GetArrayLength() == 1, "it is not sent");
        lost["items"][0].GetProperty("reason").GetString()!.ShouldContain("no contact");
        (await app.Client.PostAsync($"/v1/statements/{lost["items"][0].GetProperty("id").GetGuid()}/send", new { }))
            .ShouldBe(HttpStatusCode.Conflict, "not-by-mail");

        var statement = await SentAsync(owing.Id);
        var report = new { state = "bounced", detail = "550 no such mailbox" };
        (await app.Client.PostAsync($"/v1/statements/{statement}/delivery-reports", report))
            .ShouldBe(HttpStatusCode.OK);
        var bounced = await app.Client.ReadAsync($"/v1/statements?legalEntity={entity}&status=bounced");
        bounced["items"].EnumerateArray().ShouldHaveSingleItem().GetProperty("reason").GetString()
            .ShouldBe("550 no such mailbox");
    }

    [Fact]
    public async Task A_statement_whose_page_is_gone_says_so_and_stops_nobody()
    {
        var (customer, _) = await RegisterAsync(await app.EntityAsync());
        await app.Client.IssueAsync(customer, 100, new DateOnly(2026, 10, 5));
        var made = (await app.Client.PostAsync($"/v1/customers/{customer}/statements", new { from = From, to = To }))
            .ShouldBe(HttpStatusCode.Created);
        var (statement, _) = await app.Store.LoadAsync(StatementStream.Type, made.Id);

        var unprinted = await Should.ThrowAsync<PageMissingException>(() => app.Services
            .GetRequiredService<StatementPdf>()
            .OfAsync(made.Id, statement.Prepared!, new Dictionary<string, byte[]>(), CancellationToken.None));

        unprinted.ShouldBeAssignableTo<PrintException>();
    }

    [Fact]
    public async Task One_that_cannot_be_made_or_sent_keeps_no_other_waiting_and_is_caught_up_with()
    {
        var entity = await app.EntityAsync();
        var (broken, away, fine) = (
            await RegisterAsync(entity), await RegisterAsync(entity), await RegisterAsync(entity));
        foreach (var one in new[] { broken, away, fine })
            await app.Client.IssueAsync(one.Id, 100, new DateOnly(2026, 10, 5));
        await CurrencyAsync(broken.Id, "???");
        app.Mail.Refuse = to => to == away.Email ? "550 5.7.1 Not now" : null;

        var run = await RunAsync(entity, pdf: false);

        (run["made"].GetInt32(), run["failed"].GetInt32()).ShouldBe((2, 1));
        await SentAsync(fine.Id);
        await Eventually.BecomesTrue(
            async () => (await app.Client.ReadAsync($"/v1/statements?customerId={away.Id}&status=not-sent"))["items"]
                .GetArrayLength() == 1, "it was not sent");
        app.Mail.Refuse = null;
        var path = $"/v1/statement-runs/{run.Id}/send";
        (await app.ClientWith("invoicing:write", "US99").PostAsync(path, new { }))
            .ShouldBe(HttpStatusCode.Forbidden, "entity-not-allowed");
        (await app.Client.PostAsync(path, new { })).ShouldBe(HttpStatusCode.OK)["sending"].GetInt32().ShouldBe(1);
        await SentAsync(away.Id);
        Mails(fine.Email).ShouldHaveSingleItem();

        await CurrencyAsync(broken.Id, "USD");
        var next = await RunAsync(entity, pdf: false);
        (next["made"].GetInt32(), next["madeBefore"].GetInt32(), next["failed"].GetInt32()).ShouldBe((1, 2, 0));
        await SentAsync(broken.Id);
    }

    [Fact]
    public async Task What_the_mail_server_asks_to_bring_later_is_sent_by_the_clock_once_by_many_instances()
    {
        var entity = await app.EntityAsync();
        var customer = await RegisterAsync(entity);
        await app.Client.IssueAsync(customer.Id, 100, new DateOnly(2026, 10, 5));
        app.Mail.Refuse = to => to == customer.Email ? "451 4.7.1 Greylisted" : null;
        await RunAsync(entity, pdf: false);
        await Eventually.BecomesTrue(
            async () => (await app.Client.ReadAsync($"/v1/statements?customerId={customer.Id}&status=not-sent"))
                ["items"].GetArrayLength() == 1, "it was not sent");
        app.Mail.Refuse = null;
        var later = ActivatorUtilities.CreateInstance<PutOffMails>(
            app.Services, new StoppedClock(TimeProvider.System.GetUtcNow().AddMinutes(6)));

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ =>
            later.SendAsync(new EventMetadata("tester"), entity, TestApi.Attempt, CancellationToken.None)));

        await SentAsync(customer.Id);
        Mails(customer.Email).ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("from=2026-10-31&to=2026-10-01")]
    [InlineData("from=2020-01-01&to=2026-10-01")]
    [InlineData("from=2026-10-01&to=2100-10-01")]
    public async Task A_period_that_no_statement_has_is_refused(string period)
    {
        var customer = await app.Client.RegisterAsync(await app.EntityAsync());

        (await app.Client.ReadAsync($"/v1/customers/{customer}/statement?{period}"))
            .ShouldBe(HttpStatusCode.UnprocessableEntity, "bad-period");
    }

    [Fact]
    public async Task A_run_is_over_a_whole_period_that_is_over()
    {
        var entity = await app.EntityAsync();
        foreach (var to in new[] { "2026-10-30", "2100-10-31" })
        {
            (await app.Client.PostAsync("/v1/statement-runs", new { legalEntity = entity, cycle = "monthly", to }))
                .ShouldBe(HttpStatusCode.UnprocessableEntity, "bad-period");
        }

        (await app.ClientWith("invoicing:write", "US99").PostAsync("/v1/statement-runs", Run(entity, pdf: false)))
            .ShouldBe(HttpStatusCode.Forbidden, "entity-not-allowed");
    }

    private static object Run(string entity, bool pdf) =>
        new { legalEntity = entity, cycle = "monthly", to = "2026-10-31", pdf };

    private async Task CurrencyAsync(Guid customer, string currency)
    {
        await using var command = app.Store.Database.CreateCommand(
            "update subledger_entries set currency = $1 where customer_id = $2");
        command.Parameters.AddWithValue(currency);
        command.Parameters.AddWithValue(customer);
        (await command.ExecuteNonQueryAsync()).ShouldBe(1);
    }

    private async Task<Answer> RunAsync(string entity, bool pdf = true)
    {
        var id = (await app.Client.PostAsync("/v1/statement-runs", Run(entity, pdf)))
            .ShouldBe(HttpStatusCode.Accepted).Id;
        return await Eventually.Becomes(
            () => app.Client.ReadAsync($"/v1/statement-runs/{id}"),
            run => run["finishedAt"].ValueKind != JsonValueKind.Null, "the run is over");
    }

    private async Task<Guid> SentAsync(Guid customer) => (await Eventually.Becomes(
        () => app.Client.ReadAsync($"/v1/statements?customerId={customer}&status=sent"),
        list => list["items"].GetArrayLength() == 1, "it is sent"))["items"][0].GetProperty("id").GetGuid();

    private async Task<JsonElement> AccountAsync(Guid customer) =>
        (await app.Client.ReadAsync($"/v1/customers/{customer}/statement?from=2026-10-01&to=2026-10-31"))
            .ShouldBe(HttpStatusCode.OK)["accounts"][0];

    private async Task<(Guid Id, string Email)> RegisterAsync(string entity, string cycle = "monthly")
    {
        var email = $"{Some.NewId():N}@globex.example";
        var id = await app.Client.RegisterAsync(entity);
        (await app.Client.PutAsync($"/v1/customers/{id}", new
        {
            name = $"Globex {entity}",
            country = "US",
            terms = "NET 30",
            contacts = new[] { new { name = $"Ana {entity}", role = "accounts-payable", email } },
            statements = new { cycle, contactRole = "accounts-payable" },
        })).ShouldBe(HttpStatusCode.OK);
        return (id, email);
    }

    private List<string> Mails(string email) => [.. app.Mail.Mails.Select(mail => mail.Content)
        .Where(content => content.Contains(email, StringComparison.Ordinal))];

    private static string MessageId(string mail) =>
        mail.Split("\r\n").Single(line => line.StartsWith("Message-ID:", StringComparison.OrdinalIgnoreCase));
}

internal static class MoneyJson
{
    public static decimal Amount(this JsonElement money) =>
        decimal.Parse(money.GetProperty("amount").GetString()!, CultureInfo.InvariantCulture);
}
