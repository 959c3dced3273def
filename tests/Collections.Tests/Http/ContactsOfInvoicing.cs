using System.Net;
using OrderToCash.Collections.Notices;
using OrderToCash.Collections.Playbooks;
using OrderToCash.Collections.Tests.Support;
using OrderToCash.Collections.UseCases;
using OrderToCash.Contracts.Invoicing.V1;

namespace OrderToCash.Collections.Tests.Http;

/// <summary>I-13: what Invoicing knows of contacts counts here: consent, channel, language, telephone number.</summary>
public sealed class ContactsOfInvoicing(CollectionsApp app) : IClassFixture<CollectionsApp>
{
    private static Contact Ana(string email) => new("Ana Ruiz", "accounts-payable", email, "+1 512 555 0100", null);

    [Fact]
    public async Task who_does_not_agree_to_be_written_to_gets_no_mail_unless_they_say_so_here_afterwards()
    {
        var story = await Story.BeginAsync(app);
        var (no, other) = (Ana("no@globex.example") with { Consent = false }, Ana("other@globex.example"));
        var customer = await story.CustomerWithAsync(no, other with { Role = "dispute" });
        await story.AllReviewedAsync();
        await story.InvoiceAsync(customer, 5);

        await story.NoticeAsync((await story.RunAsync()).Notices[0].NoticeId, NoticeStatus.Sent);
        story.MailsTo("no@globex.example").ShouldBeEmpty();
        story.MailsTo("other@globex.example").ShouldHaveSingleItem();

        await ConsentAsync(story, customer, "no@globex.example");
        await story.ChangeAsync(customer, 2, [no with { Name = "Ana Ruiz-Ortega" }]);
        await story.InvoiceAsync(customer, 12);
        (await story.PreviewAsync(app.Clock.Today.AddDays(1))).Notices.ShouldHaveSingleItem().Channel
            .ShouldBe(NoticeChannel.Email);
        await story.ChangeAsync(customer, 3, [no with { Consent = true }]);
        await story.ChangeAsync(customer, 4, [no]);
        (await story.PreviewAsync(app.Clock.Today.AddDays(1))).Notices.ShouldHaveSingleItem().Channel
            .ShouldBe(NoticeChannel.Letter);
    }

    /// <summary>D-57: what is told between the run and the mail counts for the mail.</summary>
    [Fact]
    public async Task d57_a_no_that_comes_after_the_run_stops_the_mail()
    {
        var story = await Story.BeginAsync(app);
        var ana = Ana("late@globex.example");
        var customer = await story.CustomerWithAsync(ana);
        var item = await story.InvoiceAsync(customer, 5);
        DunningRunView run;
        await using (var held = await app.Database.Source.OpenConnectionAsync(TestContext.Current.CancellationToken))
        await using (var waiting = await held.BeginTransactionAsync(TestContext.Current.CancellationToken))
        {
            await using var take = held.CreateCommand();
            var key = Kernel.Ids.LockKey($"ordertocash:invoice:{item.InvoiceId:N}");
            take.CommandText = $"select pg_advisory_xact_lock({key})";
            await take.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            run = await story.RunAsync();
            await story.ChangeAsync(customer, 2, [ana with { Consent = false }]);
        }

        (await story.NoticeAsync(run.Notices[0].NoticeId, NoticeStatus.Withdrawn)).Reason.ShouldBe("opted-out");
        story.MailsTo("late@globex.example").ShouldBeEmpty();
    }

    [Fact]
    public async Task who_wants_letters_gets_them_in_their_own_language()
    {
        var story = await Story.BeginAsync(app);
        var customer = await story.CustomerWithAsync(
            Ana("post@globex.example") with { PreferredChannel = "post", Language = "fr" });
        await story.InvoiceAsync(customer, 5);

        var run = await story.RunAsync();

        var queued = await story.NoticeAsync(run.Notices.ShouldHaveSingleItem().NoticeId, NoticeStatus.Queued);
        queued.Letter!.Language.ShouldBe("fr");
        queued.Letter.Page.ShouldContain("Bonjour Ana Ruiz");
        story.MailsTo("post@globex.example").ShouldBeEmpty();
    }

    /// <summary>The rules hold for the person, whatever the caller leaves out.</summary>
    [Fact]
    public async Task caps_and_opt_outs_are_not_got_around_by_leaving_out_the_number_or_writing_it_otherwise()
    {
        var story = await Story.BeginAsync(app);
        await story.PutAsync<PolicyView>(
            $"/v1/collections/policies/{story.Entity}", new { regulationF = new[] { "US" } });
        var customer = await story.CustomerWithAsync(Ana("ana@globex.example"));
        object[] ways =
        [
            new { customerId = customer, channel = "call", contactName = "Ana Ruiz" },
            new { customerId = customer, channel = "call", address = "+15125550100" },
            new { customerId = customer, channel = "call", address = "001 (512) 555-0100" },
        ];
        for (var call = 0; call < 7; call++)
            (await AskAsync(story, ways[call % ways.Length])).Allowed.ShouldBeTrue();

        foreach (var way in ways)
            (await AskAsync(story, way)).Rule.ShouldBe("contact-cap");
        var nobody = await story.PostAsync(
            "/v1/collections/contact-attempts", new { customerId = customer, channel = "call" });
        nobody.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await nobody.Content.ReadAsStringAsync()).ShouldContain("address-missing");

        await ConsentAsync(story, customer, "+1-512-555-0100", "call", granted: false);
        foreach (var way in ways)
            (await AskAsync(story, way)).Rule.ShouldBe("opted-out");
    }

    private static async Task<ContactAttemptView> AskAsync(Story story, object attempt) =>
        await Story.ReadAsync<ContactAttemptView>(
            await story.PostAsync("/v1/collections/contact-attempts", attempt), HttpStatusCode.Created);

    private static Task<ContactProfileView> ConsentAsync(
        Story story, Guid customer, string address, string channel = "email", bool granted = true) =>
        story.PutAsync<ContactProfileView>($"/v1/collections/customers/{customer}/consents", new
        {
            address,
            channel,
            granted,
            source = "call",
        });
}
