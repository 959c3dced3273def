using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using OrderToCash.Collections.Notices;
using OrderToCash.Collections.Tests.Support;
using OrderToCash.Collections.UseCases;
using OrderToCash.Contracts.Invoicing.V1;

namespace OrderToCash.Collections.Tests.Http;

/// <summary>COL-07: whoever gets a notice by mail ends that by the link in it, and needs nothing else.</summary>
public sealed partial class OptOuts(CollectionsApp app) : IClassFixture<CollectionsApp>
{
    [Fact]
    public async Task one_click_ends_the_mails_to_an_address_and_to_look_at_the_page_does_not()
    {
        var story = await Story.BeginAsync(app);
        var address = $"{Story.NewId():N}@globex.example";
        var customer = await story.CustomerAsync(address);
        var other = await story.CustomerAsync($"  {address.ToUpperInvariant()}");
        await story.InvoiceAsync(customer, 5);
        var notice = (await story.RunAsync()).Notices.ShouldHaveSingleItem().NoticeId;
        var read = await story.NoticeAsync(notice, NoticeStatus.Sent);
        var mail = app.Mail.Mails.Single(one => one.To.Contains(address)).Content;
        mail.ShouldContain("List-Unsubscribe-Post: List-Unsubscribe=One-Click");
        var link = LinkTo(address);
        await OthersDoNotSeeAsync(story, read, link);
        story.MailsTo(address).Single().Text.ShouldContain($"No more notices by e-mail to this address: {link}");
        using var anybody = app.Anonymous();

        var page = await anybody.GetAsync(link.PathAndQuery);

        (page.StatusCode, page.Content.Headers.ContentType!.MediaType).ShouldBe((HttpStatusCode.OK, "text/html"));
        (await page.Content.ReadAsStringAsync()).ShouldContain("<form method=\"post\">");
        (await RefusalsAsync(story, customer)).ShouldBe(0);

        for (var click = 0; click < 2; click++)
        {
            using var oneClick = new FormUrlEncodedContent([new("List-Unsubscribe", "One-Click")]);
            (await anybody.PostAsync(link.PathAndQuery, oneClick)).StatusCode.ShouldBe(HttpStatusCode.OK);
            app.Clock.Days += 10;
        }

        (await RefusalsAsync(story, customer), await RefusalsAsync(story, other)).ShouldBe((1, 1));
        var next = (await story.RunAsync()).Notices.ShouldHaveSingleItem();
        (await story.NoticeAsync(next.NoticeId, NoticeStatus.Withdrawn)).Reason.ShouldBe("opted-out");
        story.MailsTo(address).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task a_later_yes_of_a_company_is_taken_back_at_the_customer_that_the_mail_was_for()
    {
        var story = await Story.BeginAsync(app);
        var address = $"{Story.NewId():N}@globex.example";
        var contact = new Contact("Ana Ruiz", "accounts-payable", address, null, null);
        var (survivor, duplicate) = (await story.CustomerAsync(), await story.CustomerWithAsync(contact));
        var link = await SentAsync(story, duplicate, address);
        await ClickAsync(link);
        await story.ChangeAsync(duplicate, 2, [contact], survivor);
        app.Clock.Days += 1;
        await story.PutAsync<ContactProfileView>(
            $"/v1/collections/customers/{survivor}/consents",
            new { address, channel = "email", granted = true, source = "call" });
        app.Clock.Days += 1;

        await ClickAsync(link);
        await ClickAsync(link);

        (await RefusalsAsync(story, duplicate)).ShouldBe(2);
    }

    [Fact]
    public async Task what_fails_at_one_customer_with_the_address_keeps_the_no_from_no_other()
    {
        var story = await Story.BeginAsync(app);
        var address = $"{Story.NewId():N}@globex.example";
        var customer = await story.CustomerAsync(address);
        var link = await SentAsync(story, customer, address);
        var others = new List<Guid>();
        for (var other = 0; other < 3; other++)
            others.Add(await story.CustomerAsync(address));
        await story.ScalarAsync<object?>(
            $"""
            create function fail_{story.Entity}() returns trigger language plpgsql as 'begin raise ''no''; end';
            create trigger fail_{story.Entity} before insert on review_requests for each row
                when (new.customer_id = '{others.Min()}') execute function fail_{story.Entity}();
            """);

        using (var anybody = app.Anonymous())
        {
            (await anybody.PostAsJsonAsync(link.PathAndQuery, new { })).StatusCode
                .ShouldBe(HttpStatusCode.InternalServerError);
        }

        foreach (var one in others.Append(customer))
            (await RefusalsAsync(story, one)).ShouldBe(one == others.Min() ? 0 : 1);
        await story.ScalarAsync<object?>($"drop trigger fail_{story.Entity} on review_requests");
        await ClickAsync(link);
        foreach (var one in others.Append(customer))
            (await RefusalsAsync(story, one)).ShouldBe(1);
    }

    [Fact]
    public async Task an_address_that_was_erased_is_not_brought_back()
    {
        var story = await Story.BeginAsync(app);
        var (address, gone) = ($"{Story.NewId():N}@globex.example", Story.NewId());
        var customer = await story.CustomerWithAsync(
            new Contact("Ana Ruiz", "accounts-payable", address, null, null, gone));
        var link = await SentAsync(story, customer, address);
        await story.ChangeAsync(customer, 2, []);
        await story.TellAsync(new ContactErased(customer, story.Entity, gone), 3);
        await story.KnowsAsync($"select count(*) from erased_contacts where contact_id = '{gone}'");

        await ClickAsync(link);

        (await RefusalsAsync(story, customer)).ShouldBe(0);
    }

    [Theory]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("x")]
    [InlineData("not%20a%20token")]
    public async Task nobody_makes_up_a_link(string token)
    {
        using var anybody = app.Anonymous();

        (await anybody.GetAsync($"/v1/collections/opt-outs/{token}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await anybody.PostAsJsonAsync($"/v1/collections/opt-outs/{token}", new { })).StatusCode
            .ShouldBe(HttpStatusCode.NotFound);
    }

    private async Task<Uri> SentAsync(Story story, Guid customer, string address)
    {
        await story.InvoiceAsync(customer, 5);
        await story.NoticeAsync((await story.RunAsync()).Notices.ShouldHaveSingleItem().NoticeId, NoticeStatus.Sent);
        return LinkTo(address);
    }

    private Uri LinkTo(string address) => new(Link()
        .Match(app.Mail.Mails.Single(one => one.To.Contains(address)).Content.Replace("\r\n ", ""))
        .Groups["link"].Value);

    private async Task ClickAsync(Uri link)
    {
        using var anybody = app.Anonymous();
        using var oneClick = new FormUrlEncodedContent([new("List-Unsubscribe", "One-Click")]);
        (await anybody.PostAsync(link.PathAndQuery, oneClick)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private async Task OthersDoNotSeeAsync(Story story, NoticeView read, Uri link)
    {
        var token = link.Segments[^1];
        read.Mail!.OptOut.ShouldBeNull();
        read.Mail.Text.ShouldContain("No more notices by e-mail to this address: ");
        $"{read.Mail.Text}{read.Mail.Html}".ShouldNotContain(token);
        using var reader = app.Client("collections:read", story.Entity);
        var history = await reader.GetStringAsync($"/v1/collections/notices/{read.Id}/history");
        history.ShouldContain("notice-prepared");
        history.ShouldNotContain(token);
    }

    private static Task<long> RefusalsAsync(Story story, Guid customer) => story.ScalarAsync<long>(
        "select count(*) from mt_events where type = 'consent_stated' " +
        $"and data->'Point'->>'CustomerId' = '{customer}' and data->>'Granted' = 'false'");

    [GeneratedRegex("List-Unsubscribe: <(?<link>https://api\\.acme\\.example/[^>]*)>", RegexOptions.None, 1000)]
    private static partial Regex Link();
}
