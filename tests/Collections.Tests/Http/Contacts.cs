using System.Net;
using OrderToCash.Collections.Notices;
using OrderToCash.Collections.Playbooks;
using OrderToCash.Collections.Tests.Support;
using OrderToCash.Collections.UseCases;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.ServiceDefaults;
using OrderToCash.TestKit;

namespace OrderToCash.Collections.Tests.Http;

/// <summary>I-13: the same rules at the point of contact for runs, people and other systems.</summary>
public sealed class Contacts(CollectionsApp app) : IClassFixture<CollectionsApp>
{
    private const string Attempts = "/v1/collections/contact-attempts";

    [Fact]
    public async Task a_cap_holds_over_people_and_runs_together_and_of_two_at_once_one_gets_the_last()
    {
        var story = await Story.BeginAsync(app);
        var item = await story.InvoiceAsync(await story.CustomerAsync("cap@globex.example"), 5);
        for (var call = 0; call < 6; call++)
            (await CallAsync(story, item.CustomerId)).Allowed.ShouldBeTrue();

        var two = await Task.WhenAll(CallAsync(story, item.CustomerId), CallAsync(story, item.CustomerId));
        two.Count(one => one.Allowed).ShouldBe(1);
        two.Single(one => !one.Allowed).Rule.ShouldBe("contact-cap");
        two.Single(one => !one.Allowed).Until.ShouldNotBeNull();
        var run = await story.RunAsync();

        (await story.NoticeAsync(run.Notices[0].NoticeId, NoticeStatus.Withdrawn)).Reason.ShouldBe("contact-cap");
        story.MailsTo("cap@globex.example").ShouldBeEmpty();
        (await ListAsync(story, item.CustomerId, "attempted")).Count.ShouldBe(7);
        (await ListAsync(story, item.CustomerId, "suppressed")).Select(one => (one.Channel, one.Rule))
            .ShouldBe([("email", "contact-cap"), ("call", "contact-cap")]);
    }

    /// <summary>What is known of a customer is known at the moment of the answer, not of the question.</summary>
    [Fact]
    public async Task a_hold_that_is_placed_while_somebody_asks_is_heeded()
    {
        var story = await Story.BeginAsync(app);
        var customer = await story.CustomerAsync("moment@globex.example");
        await story.ReviewedAsync(customer);
        var key = Kernel.Ids.LockKey($"ordertocash:contact:{customer:N}");
        await using var placing = await app.Database.Source.OpenConnectionAsync();
        await using var transaction = await placing.BeginTransactionAsync();
        await ExecuteAsync($"select pg_advisory_xact_lock({key})");
        var asking = CallAsync(story, customer);
        await story.KnowsAsync(
            $"select count(*) from pg_locks where locktype = 'advisory' and not granted and objsubid = 1 " +
            $"and (classid::bigint << 32 | objid::bigint) = {key}");

        await ExecuteAsync(
            "insert into holds (id, legal_entity, customer_id, kind, releasers, reason, status, placed_at, " +
            $"placed_by, version) values (gen_random_uuid(), '{story.Entity}', '{customer}', 'legal-hold', '{{}}', " +
            "'Lawsuit.', 'active', now(), 'ana', 1)");
        await transaction.CommitAsync();

        ((await asking).Allowed, (await asking).Rule).ShouldBe((false, "legal-hold"));

        async Task ExecuteAsync(string sql)
        {
            await using var command = new Npgsql.NpgsqlCommand(sql, placing, transaction);
            await command.ExecuteNonQueryAsync();
        }
    }

    /// <summary>D-57: what a contact says counts from the very next mail on.</summary>
    [Fact]
    public async Task d57_an_opt_out_stops_the_mail_and_an_opt_in_lets_it_go()
    {
        var story = await Story.BeginAsync(app);
        var item = await story.InvoiceAsync(await story.CustomerAsync("OPT@globex.example"), 5);
        await ConsentAsync(story, item.CustomerId, granted: false);

        var run = await story.RunAsync();
        (await story.NoticeAsync(run.Notices[0].NoticeId, NoticeStatus.Withdrawn)).Reason.ShouldBe("opted-out");
        story.MailsTo("OPT@globex.example").ShouldBeEmpty();

        (await ConsentAsync(story, item.CustomerId, granted: true)).Contacts
            .ShouldContain(contact => contact.Address == "OPT@globex.example" && contact.Allowed);
        var again = await story.RunAsync();
        await story.NoticeAsync(again.Notices[0].NoticeId, NoticeStatus.Sent);
        story.MailsTo("OPT@globex.example").ShouldHaveSingleItem();
        (await ListAsync(story, item.CustomerId, "attempted")).ShouldHaveSingleItem().NoticeId
            .ShouldBe(again.Notices[0].NoticeId);
    }

    /// <summary>D-51: mail that comes back is a task at once, and nothing is queued for the address.</summary>
    [Fact]
    public async Task d51_an_address_that_failed_is_a_task_until_it_is_good_again()
    {
        var story = await Story.BeginAsync(app);
        var item = await story.InvoiceAsync(await story.CustomerAsync("gone@globex.example"), 5);
        var path = $"/v1/collections/customers/{item.CustomerId}";
        await Story.ReadAsync<ContactProfileView>(
            await story.PostAsync($"{path}/failed-addresses", new { address = "gone@globex.example", detail = "550" }),
            HttpStatusCode.OK);

        var run = await story.RunAsync();
        (await story.NoticeAsync(run.Notices[0].NoticeId, NoticeStatus.Withdrawn)).Reason.ShouldBe("address-failed");
        (await story.WorklistAsync()).Items.ShouldHaveSingleItem().NextAction.Code.ShouldBe("add-email-contact");
        (await TasksAsync(story, item.CustomerId, "open")).ShouldHaveSingleItem().Kind.ShouldBe("repair-address");

        await Story.ReadAsync<ContactProfileView>(
            await story.PostAsync(
                $"{path}/restored-addresses", new { address = "gone@globex.example", reason = "They fixed it." }),
            HttpStatusCode.OK);
        await story.AllReviewedAsync();
        (await TasksAsync(story, item.CustomerId, "open")).ShouldBeEmpty();
        await story.NoticeAsync((await story.RunAsync()).Notices[0].NoticeId, NoticeStatus.Sent);
    }

    /// <summary>Each task is about its own address: that one is good again, or nobody has it any more.</summary>
    [Fact]
    public async Task d51_of_two_failed_addresses_each_has_a_task_of_its_own()
    {
        var story = await Story.BeginAsync(app);
        var customer = await AddressedAsync(story, "one@globex.example", "two@globex.example");
        var path = $"/v1/collections/customers/{customer}";
        foreach (var address in new[] { "one@globex.example", "two@globex.example" })
        {
            await Story.ReadAsync<ContactProfileView>(
                await story.PostAsync($"{path}/failed-addresses", new { address, detail = "550" }), HttpStatusCode.OK);
        }

        await story.ReviewedAsync(customer);
        (await TasksAsync(story, customer, "open")).Count.ShouldBe(2);
        await story.PostAsync(
            $"{path}/restored-addresses", new { address = "one@globex.example", reason = "They fixed it." });
        await story.ReviewedAsync(customer);
        (await TasksAsync(story, customer, "open")).ShouldHaveSingleItem().Text.ShouldContain("two@globex.example");

        await story.TellAsync(
            new CustomerChanged(
                customer, "CUST-1", story.Entity, "Globex", null, "USD", "US", "en", null, "NET 30", null,
                [new Contact("Bo", "accounts-payable", "one@globex.example", null, null)], "active", null, false),
            2);
        await story.KnowsAsync($"select count(*) from customers where id = '{customer}' and version = 2");
        await story.ReviewedAsync(customer);
        (await TasksAsync(story, customer, "open")).ShouldBeEmpty();
    }

    /// <summary>Who opted out of all mail is not to be reminded by it.</summary>
    [Fact]
    public async Task d57_whoever_wants_no_mail_has_no_address_on_the_worklist()
    {
        var story = await Story.BeginAsync(app);
        var item = await story.InvoiceAsync(await story.CustomerAsync("OPT@globex.example"), 5);
        await ConsentAsync(story, item.CustomerId, granted: false);

        (await story.WorklistAsync()).Items.ShouldHaveSingleItem().NextAction.Code.ShouldBe("add-email-contact");
    }

    [Fact]
    public async Task an_attempt_is_one_at_this_customer()
    {
        var story = await Story.BeginAsync(app);
        var (customer, other) = (await story.CustomerAsync(), await story.CustomerAsync());
        var attempt = (await CallAsync(story, other)).Id!.Value;

        (await LogAsync(customer, Story.NewId())).StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        var refused = await LogAsync(customer, attempt);
        refused.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await refused.Content.ReadAsStringAsync()).ShouldContain("unknown-attempt");
        (await LogAsync(other, attempt)).StatusCode.ShouldBe(HttpStatusCode.Created);

        Task<HttpResponseMessage> LogAsync(Guid of, Guid attemptId) => story.PostAsync(
            "/v1/collections/activities",
            new { customerId = of, channel = "call", outcome = "no-answer", summary = "Nobody there.", attemptId });
    }

    /// <summary>COL-07: who does not want mail, and whom it does not reach, keeps it from nobody else.</summary>
    [Fact]
    public async Task d57_where_one_contact_opted_out_the_next_is_written_to_and_else_a_letter()
    {
        var story = await Story.BeginAsync(app);
        var customer = await AddressedAsync(story, "opt@globex.example", "next@globex.example");
        await story.InvoiceAsync(customer, 5);
        await ConsentAsync(story, customer, granted: false);

        (await story.PreviewAsync()).Notices.ShouldHaveSingleItem().Channel.ShouldBe(NoticeChannel.Email);
        await story.NoticeAsync((await story.RunAsync()).Notices[0].NoticeId, NoticeStatus.Sent);
        story.MailsTo("next@globex.example").ShouldHaveSingleItem();
        await ConsentAsync(story, customer, granted: false, "next@globex.example");
        await story.InvoiceAsync(customer, 12);
        (await story.PreviewAsync(app.Clock.Today.AddDays(1))).Notices.ShouldHaveSingleItem().Channel
            .ShouldBe(NoticeChannel.Letter);
        await ConsentAsync(story, customer, granted: true, "next@globex.example");
        (await story.PreviewAsync(app.Clock.Today.AddDays(1))).Notices.ShouldHaveSingleItem().Channel
            .ShouldBe(NoticeChannel.Email);
    }

    /// <summary>D-51: a mail that came back was not sent; its step is due again and goes to the next contact.</summary>
    [Fact]
    public async Task d51_a_notice_that_came_back_has_failed_and_the_next_contact_gets_it()
    {
        var story = await Story.BeginAsync(app);
        var customer = await AddressedAsync(story, "moved@globex.example", "here@globex.example");
        await story.InvoiceAsync(customer, 5);
        var run = await story.RunAsync();
        var sent = await story.NoticeAsync(run.Notices[0].NoticeId, NoticeStatus.Sent);
        var path = $"/v1/collections/customers/{customer}/failed-addresses";
        (await story.PostAsync(
            path, new { address = "moved@globex.example", detail = "5.1.1", noticeId = Story.NewId() }))
            .StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);

        var bounce = new { address = "moved@globex.example", detail = "5.1.1", noticeId = sent.Id };
        await Story.ReadAsync<ContactProfileView>(await story.PostAsync(path, bounce), HttpStatusCode.OK);
        await Story.ReadAsync<ContactProfileView>(await story.PostAsync(path, bounce), HttpStatusCode.OK);

        (await story.NoticeAsync(sent.Id, NoticeStatus.Failed)).Reason.ShouldBe("5.1.1");
        (await TasksAsync(story, customer, "open")).ShouldHaveSingleItem().NoticeId.ShouldBe(sent.Id);
        await story.NoticeAsync((await story.RunAsync()).Notices.ShouldHaveSingleItem().NoticeId, NoticeStatus.Sent);
        story.MailsTo("moved@globex.example").ShouldHaveSingleItem();
        story.MailsTo("here@globex.example").ShouldHaveSingleItem();
        (await story.RunAsync()).Notices.ShouldBeEmpty();
    }

    /// <summary>What Invoicing tells may come twice; a contact without an address leaves a task all the same.</summary>
    [Fact]
    public async Task a_statement_that_came_back_fails_its_address_and_somebody_is_to_repair_it()
    {
        var story = await Story.BeginAsync(app);
        var (customer, contact, message) = (Story.NewId(), Story.NewId(), Story.NewId());
        await story.TellAsync(
            new CustomerRegistered(
                customer, $"CUST-{customer:N}", story.Entity, "Globex", null, "USD", "US", "en", null, "NET 30", null,
                [new Contact("Bo", "accounts-payable", "Left@globex.example", null, null, contact)]), 1);
        await story.KnowsAsync($"select count(*) from customers where id = '{customer}'");
        var told = new StatementAddressFailed(Story.NewId(), story.Entity, customer, contact, "550");

        await story.TellAsync(told, 3, message);
        await story.TellAsync(told, 3, message);
        await story.TellAsync(told with { StatementId = Story.NewId() }, 3);
        await story.KnowsAsync($"select count(*) from failed_addresses where customer_id = '{customer}'");
        await story.TellAsync(told with { ContactId = null }, 4);
        await story.KnowsAsync(
            $"select count(*) from tasks where customer_id = '{customer}' and text like 'Mail to the customer %'");
        await story.ReviewedAsync(customer);

        (await TasksAsync(story, customer, "open")).Select(task => (task.Kind, task.Text)).ShouldBe(
            [
                ("repair-address", "Mail to Left@globex.example came back. Find an address that works."),
                ("repair-address", "Mail to the customer came back. Find an address that works."),
            ],
            ignoreOrder: true);
    }

    /// <summary>Whom Invoicing has erased nobody finds here any more; who shares a mailbox with them stays.</summary>
    [Fact]
    public async Task who_is_erased_is_taken_out_of_everything_that_is_read()
    {
        var story = await Story.BeginAsync(app);
        var (customer, gone) = (Story.NewId(), Story.NewId());
        var other = new Contact("Eva Stay", "dispute", "shared@globex.example", null, null, Story.NewId());
        var registered = new CustomerRegistered(
            customer, "CUST-GDPR", story.Entity, "Globex", null, "USD", "US", "en", null, "NET 30", null,
            [
                new Contact("Rosa Gómez (AP)", "accounts-payable", "rosa@globex.example", "+15550177", null, gone),
                other,
            ]);
        await story.TellAsync(registered, 1);
        await story.KnowsAsync($"select count(*) from customers where id = '{customer}'");
        var item = await story.InvoiceAsync(customer, 5);
        await story.NoticeAsync((await story.RunAsync()).Notices[0].NoticeId, NoticeStatus.Sent);
        foreach (var (path, body) in new (string, object)[]
        {
            ("activities", new
            {
                customerId = customer,
                channel = "note",
                summary = "rosa Gómez (AP) says: write to shared@globex.example or call +15550177.",
                contactName = "Rosa Gómez (AP)",
            }),
            ("promises", new
            {
                customerId = customer,
                amount = Story.Usd(100),
                date = app.Clock.Today.AddDays(3),
                contactName = "Rosa Gómez (AP)",
            }),
            ("tasks", new { customerId = customer, text = "Ask rosa@globex.example for the number." }),
        })
        {
            (await story.PostAsync($"/v1/collections/{path}", body)).StatusCode.ShouldBe(HttpStatusCode.Created);
        }

        await story.PostAsync(
            $"/v1/collections/customers/{customer}/failed-addresses",
            new { address = "rosa@globex.example", detail = "550" });
        await story.TellAsync(
            new CustomerChanged(
                customer, "CUST-GDPR", story.Entity, "Globex", null, "USD", "US", "en", null, "NET 30", null, [other],
                "active", null, false, null), 2);
        await story.TellAsync(new ContactErased(customer, story.Entity, gone), 2);
        await story.KnowsAsync($"select count(*) from erased_contacts where contact_id = '{gone}'");
        await story.TellAsync(registered, 1, Story.NewId());
        await story.AllReviewedAsync();

        foreach (var table in new[]
        {
            "customers", "contact_log", "contact_attempts", "failed_addresses", "notices", "promises", "tasks",
            "worklist", "known_contacts",
        })
        {
            (await story.ScalarAsync<long>(
                $"select count(*) from {table} t where t::text ~* 'gómez|rosa@|15550177' and " +
                $"{(table == "customers" ? "id" : "customer_id")} = '{customer}'")).ShouldBe(0, table);
        }

        (await story.GetAsync<Page<ActivityView>>($"/v1/collections/activities?customerId={customer}&channel=note"))
            .Items.ShouldHaveSingleItem().Summary
            .ShouldBe("[erased] says: write to shared@globex.example or call [erased].");
        item.CustomerId.ShouldBe(customer);
    }

    [Fact]
    public async Task after_a_conversation_there_is_silence_and_what_breaks_it_is_noted()
    {
        var story = await Story.BeginAsync(app);
        var item = await story.InvoiceAsync(await story.CustomerAsync("talk@globex.example"), 5);
        await SpokeAsync(story, item.CustomerId);

        (await CallAsync(story, item.CustomerId)).Rule.ShouldBe("silence-after-conversation");
        var run = await story.RunAsync();
        (await story.NoticeAsync(run.Notices[0].NoticeId, NoticeStatus.Withdrawn)).Reason
            .ShouldBe("silence-after-conversation");
        await SpokeAsync(story, item.CustomerId);
        (await ListAsync(story, item.CustomerId, "rule-broken")).ShouldHaveSingleItem().Rule
            .ShouldBe("silence-after-conversation");
    }

    /// <summary>Noon in London is four in the morning in Los Angeles, where the contact is.</summary>
    [Fact]
    public async Task quiet_hours_are_those_of_the_contact_and_nobody_is_called_under_a_hold()
    {
        var story = await Story.BeginAsync(app, "Europe/London");
        var customer = Story.NewId();
        await story.TellAsync(new CustomerRegistered(
            customer, "CUST-LA", story.Entity, "Westcoast", null, "USD", "US", "en", null, "NET 30", null,
            [new Contact("Bo", "accounts-payable", null, "+1 213 555 0100", "America/Los_Angeles")]), 1);
        await story.KnowsAsync($"select count(*) from customers where id = '{customer}'");

        var early = await CallAsync(story, customer, "+1 213 555 0100");
        (early.Rule, early.Until?.UtcDateTime.Hour).ShouldBe(("quiet-hours", 15));
        (await CallAsync(story, customer, "+44 20 5550 0100")).Allowed.ShouldBeTrue();

        await Story.ReadAsync<HoldView>(
            await story.PostAsync(
                "/v1/collections/holds", new { customerId = customer, kind = "bankruptcy", reason = "Chapter 11." }),
            HttpStatusCode.Created);
        (await CallAsync(story, customer, "+44 20 5550 0100")).Rule.ShouldBe("bankruptcy");
    }

    private static async Task<ContactAttemptView> CallAsync(Story story, Guid customer, string? address = null) =>
        await Story.ReadAsync<ContactAttemptView>(
            await story.PostAsync(Attempts, new { customerId = customer, channel = "call", address }),
            HttpStatusCode.Created);

    private static async Task SpokeAsync(Story story, Guid customer) => await Story.ReadAsync<ActivityView>(
        await story.PostAsync("/v1/collections/activities", new
        {
            customerId = customer,
            channel = "call",
            outcome = "spoke",
            summary = "Pays on Friday.",
        }),
        HttpStatusCode.Created);

    private static async Task<Guid> AddressedAsync(Story story, params string[] emails)
    {
        var id = Story.NewId();
        await story.TellAsync(new CustomerRegistered(
            id, $"CUST-{id:N}", story.Entity, "Globex", null, "USD", "US", "en", null, "NET 30", null,
            [.. emails.Select(email => new Contact("Bo", "accounts-payable", email, null, null))],
            new PostalAddress("1 Main St", null, "Austin", "78702", "TX")), 1);
        await story.KnowsAsync($"select count(*) from customers where id = '{id}'");
        return id;
    }

    private static Task<ContactProfileView> ConsentAsync(
        Story story, Guid customer, bool granted, string address = "opt@globex.example") =>
        story.PutAsync<ContactProfileView>($"/v1/collections/customers/{customer}/consents", new
        {
            address,
            channel = "email",
            granted,
            source = "call",
        });

    private static async Task<IReadOnlyList<ContactAttemptRow>> ListAsync(Story story, Guid customer, string outcome) =>
        (await story.GetAsync<Page<ContactAttemptRow>>($"{Attempts}?customerId={customer}&outcome={outcome}")).Items;

    private static async Task<IReadOnlyList<TaskRow>> TasksAsync(Story story, Guid customer, string state) =>
        (await story.GetAsync<Page<TaskRow>>($"/v1/collections/tasks?customerId={customer}&state={state}")).Items;
}
