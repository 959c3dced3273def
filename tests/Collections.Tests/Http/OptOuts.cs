using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using OrderToCash.Collections.Notices;
using OrderToCash.Collections.Tests.Support;
using OrderToCash.Collections.UseCases;

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
        await story.InvoiceAsync(customer, 5);
        await story.NoticeAsync((await story.RunAsync()).Notices.ShouldHaveSingleItem().NoticeId, NoticeStatus.Sent);
        var mail = app.Mail.Mails.Single(one => one.To.Contains(address)).Content;
        mail.ShouldContain("List-Unsubscribe-Post: List-Unsubscribe=One-Click");
        var link = new Uri(Link().Match(mail.Replace("\r\n ", "")).Groups["link"].Value);
        story.MailsTo(address).Single().Text.ShouldContain($"No more notices by e-mail to this address: {link}");
        using var anybody = app.Anonymous();

        var page = await anybody.GetAsync(link.PathAndQuery);

        (page.StatusCode, page.Content.Headers.ContentType!.MediaType).ShouldBe((HttpStatusCode.OK, "text/html"));
        (await page.Content.ReadAsStringAsync()).ShouldContain("<form method=\"post\">");
        (await ConsentsAsync()).ShouldBe(0);

        for (var click = 0; click < 2; click++)
        {
            using var oneClick = new FormUrlEncodedContent([new("List-Unsubscribe", "One-Click")]);
            (await anybody.PostAsync(link.PathAndQuery, oneClick)).StatusCode.ShouldBe(HttpStatusCode.OK);
            app.Clock.Days += 10;
        }

        (await ConsentsAsync()).ShouldBe(1);
        var next = (await story.RunAsync()).Notices.ShouldHaveSingleItem();
        (await story.NoticeAsync(next.NoticeId, NoticeStatus.Withdrawn)).Reason.ShouldBe("opted-out");
        story.MailsTo(address).ShouldHaveSingleItem();

        Task<long> ConsentsAsync() => story.ScalarAsync<long>(
            "select count(*) from mt_events where type = 'consent_stated' " +
            $"and data->'Point'->>'CustomerId' = '{customer}' and data->>'Granted' = 'false'");
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

    [GeneratedRegex("List-Unsubscribe: <(?<link>https://api\\.acme\\.example/[^>]*)>", RegexOptions.None, 1000)]
    private static partial Regex Link();
}
