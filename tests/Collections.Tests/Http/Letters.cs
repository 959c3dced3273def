using System.Net;
using System.Net.Http.Json;
using OrderToCash.Collections.Notices;
using OrderToCash.Collections.Tests.Support;
using OrderToCash.Collections.UseCases;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.Kernel;
using OrderToCash.Local.Servers;
using OrderToCash.ServiceDefaults;
using OrderToCash.TestKit;

namespace OrderToCash.Collections.Tests.Http;

/// <summary>Notices on paper: they wait to be posted, and are withdrawn when they are overtaken meanwhile.</summary>
public sealed class Letters(CollectionsApp app) : IClassFixture<CollectionsApp>
{
    [Fact]
    public async Task whom_mail_does_not_reach_is_sent_a_letter_that_somebody_posts()
    {
        await Chromium.EnsureAsync(text => TestContext.Current.SendDiagnosticMessage(text));
        var story = await Story.BeginAsync(app);
        await story.TellAsync(new LetterheadDefined(
            story.Entity, "Acme Incorporated", new PostalAddress("500 Congress Ave", null, "Austin", "78701", "TX"),
            null, null, "ar@acme.example", null, null, null, null, null, null, null), 1);
        await story.KnowsAsync($"select count(*) from letterheads where legal_entity = '{story.Entity}'");
        var customer = await AddressedAsync(story, null);
        var item = await story.InvoiceAsync(customer, 12);

        var run = await story.RunAsync();

        var notice = run.Notices.ShouldHaveSingleItem();
        notice.Channel.ShouldBe(Playbooks.NoticeChannel.Letter);
        var queued = await story.NoticeAsync(notice.NoticeId, NoticeStatus.Queued);
        queued.Mail.ShouldBeNull();
        queued.Letter!.Page.ShouldContain("Acme Incorporated");
        var waiting = (await story.GetAsync<Page<LetterRow>>($"/v1/collections/letters?legalEntity={story.Entity}"))
            .Items.ShouldHaveSingleItem();
        (waiting.NoticeId, waiting.To).ShouldBe((queued.Id, "Globex, 1 Main St, Austin, TX 78702"));
        var pdf = await PdfAsync(queued.Id);
        pdf.AsSpan(0, 5).SequenceEqual("%PDF-"u8).ShouldBeTrue();
        (await PdfAsync(queued.Id)).ShouldBe(pdf);
        (await story.RunAsync()).Notices.ShouldBeEmpty();

        var posted = await Story.ReadAsync<NoticeView>(await PostedAsync(story, queued.Id), HttpStatusCode.OK);
        posted.Status.ShouldBe(NoticeStatus.Sent);
        await Story.ReadAsync<NoticeView>(await PostedAsync(story, queued.Id), HttpStatusCode.OK);
        (await story.GetAsync<Page<ActivityView>>($"/v1/collections/activities?customerId={customer}"))
            .Items.ShouldHaveSingleItem().Channel.ShouldBe("letter");
        (await story.ScalarAsync<long>(
            $"select count(*) from contact_attempts where notice_id = '{queued.Id}' and channel = 'letter'"))
            .ShouldBe(1);
        await story.InvoiceAsync(item.CustomerId, 3);
        (await story.RunAsync()).Notices.ShouldHaveSingleItem().BlockedBy.ShouldBe("notified-this-day");
    }

    [Fact]
    public async Task a_letter_that_is_overtaken_while_it_waits_is_not_posted()
    {
        var story = await Story.BeginAsync(app);
        var item = await story.InvoiceAsync(await AddressedAsync(story, null), 12);
        var other = await story.InvoiceAsync(await AddressedAsync(story, null), 12);
        var run = await story.RunAsync();
        var paid = run.Notices.Single(notice => notice.CustomerId == item.CustomerId).NoticeId!.Value;
        var unwanted = run.Notices.Single(notice => notice.CustomerId == other.CustomerId).NoticeId!.Value;
        await story.NoticeAsync(paid, NoticeStatus.Queued);
        await story.NoticeAsync(unwanted, NoticeStatus.Queued);

        await story.PayAsync(item, 100);
        (await story.NoticeAsync(paid, NoticeStatus.Withdrawn)).Reason.ShouldBe("balance-changed");
        (await PostedAsync(story, paid)).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        using (var client = app.Client())
        {
            (await client.GetAsync($"/v1/collections/notices/{paid}/letter")).StatusCode
                .ShouldBe(HttpStatusCode.Conflict);
        }

        (await story.PostAsync($"/v1/collections/letters/{unwanted}/take-back", new { reason = "" })).StatusCode
            .ShouldBe(HttpStatusCode.BadRequest);
        var back = await Story.ReadAsync<NoticeView>(
            await story.PostAsync($"/v1/collections/letters/{unwanted}/take-back", new { reason = "They called." }),
            HttpStatusCode.OK);
        (back.Status, back.Reason).ShouldBe((NoticeStatus.Withdrawn, "taken-back"));
        using var stranger = app.Client(entities: "XX99");
        (await stranger.PostAsJsonAsync($"/v1/collections/letters/{unwanted}/posted", new { })).StatusCode
            .ShouldBe(HttpStatusCode.Forbidden);
        (await stranger.GetAsync($"/v1/collections/notices/{unwanted}/letter")).StatusCode
            .ShouldBe(HttpStatusCode.Forbidden);
    }

    /// <summary>
    /// COL-17: who pays what is named and not asked for gets the letter all the same; it says so as of its date.
    /// </summary>
    [Fact]
    public async Task a_letter_is_withdrawn_by_what_it_asks_for_and_not_by_what_it_names_beside()
    {
        var story = await Story.BeginAsync(app);
        var code = $"telling-{story.Entity.ToLowerInvariant()}";
        using var client = app.Client();
        var telling = new DefinePlaybook.Request(
            "Telling", StandardPlaybook.Read().Steps, IncludeCurrent: true);
        await Story.ReadAsync<PlaybookView>(
            await client.PutAsJsonAsync($"/v1/collections/playbooks/{code}", telling, Json.Wire),
            HttpStatusCode.Created);
        var late = await story.InvoiceAsync(await AddressedAsync(story, null), 12);
        var coming = await story.InvoiceAsync(late.CustomerId, -20, 70);
        var run = await Story.ReadAsync<DunningRunView>(
            await story.PostAsync("/v1/collections/dunning-runs", new { legalEntity = story.Entity, playbook = code }),
            HttpStatusCode.Created);
        var letter = await story.NoticeAsync(run.Notices.ShouldHaveSingleItem().NoticeId, NoticeStatus.Queued);
        letter.Letter!.Page.ShouldContain(coming.InvoiceNumber);

        await story.PayAsync(coming, 70);
        await story.ReviewedAsync(late.CustomerId);
        (await story.GetAsync<NoticeView>($"/v1/collections/notices/{letter.Id}")).Status.ShouldBe(NoticeStatus.Queued);
        await story.PayAsync(late, 40);

        (await story.NoticeAsync(letter.Id, NoticeStatus.Withdrawn)).Reason.ShouldBe("balance-changed");
    }

    [Fact]
    public async Task a_mail_can_carry_the_notice_as_a_letter()
    {
        await Chromium.EnsureAsync(text => TestContext.Current.SendDiagnosticMessage(text));
        var story = await Story.BeginAsync(app);
        var code = $"formal-{story.Entity.ToLowerInvariant()}";
        using var client = app.Client();
        var formal = await client.PutAsJsonAsync($"/v1/collections/playbooks/{code}", new
        {
            name = "Formal",
            steps = new[]
            {
                new
                {
                    code = "final",
                    offsetDays = 5,
                    channel = "email",
                    minimumAmounts = Array.Empty<object>(),
                    attachLetter = true,
                    wording = new { en = new { subject = "Final: {{total}}", opening = "Pay.", closing = "Thanks." } },
                },
            },
        }, Json.Wire);
        (await Story.ReadAsync<PlaybookView>(formal, HttpStatusCode.Created)).Steps[0].AttachLetter.ShouldBeTrue();
        await story.InvoiceAsync(await AddressedAsync(story, "formal@globex.example"), 6);

        var run = await Story.ReadAsync<DunningRunView>(
            await story.PostAsync("/v1/collections/dunning-runs", new { legalEntity = story.Entity, playbook = code }),
            HttpStatusCode.Created);

        await story.NoticeAsync(run.Notices.ShouldHaveSingleItem().NoticeId, NoticeStatus.Sent);
        var mail = app.Mail.Mails.Single(one => one.To.Contains("formal@globex.example")).Content;
        mail.ShouldContain($"notice-{app.Clock.Today:yyyy-MM-dd}.pdf");
        mail.ShouldContain(Convert.ToBase64String("%PDF-1."u8)[..8]);
    }

    private async Task<Guid> AddressedAsync(Story story, string? email)
    {
        var id = Story.NewId();
        await story.TellAsync(new CustomerRegistered(
            id, "CUST-1", story.Entity, "Globex", null, "USD", "US", "en", null, "NET 30", null,
            [new Contact("Ana Ruiz", "accounts-payable", email, null, null)],
            new PostalAddress("1 Main St", null, "Austin", "78702", "TX")), 1);
        await story.KnowsAsync($"select count(*) from customers where id = '{id}'");
        return id;
    }

    private static Task<HttpResponseMessage> PostedAsync(Story story, Guid id) =>
        story.PostAsync($"/v1/collections/letters/{id}/posted", new { });

    private async Task<byte[]> PdfAsync(Guid id)
    {
        using var client = app.Client();
        var response = await client.GetAsync($"/v1/collections/notices/{id}/letter");
        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync());
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/pdf");
        return await response.Content.ReadAsByteArrayAsync();
    }
}
