using System.Net;
using Microsoft.Extensions.DependencyInjection;
using OrderToCash.Collections.Accounts;
using OrderToCash.Collections.Contacts;
using OrderToCash.Collections.Notices;
using OrderToCash.Collections.Policies;
using OrderToCash.Collections.Tests.Support;
using OrderToCash.Collections.UseCases;
using OrderToCash.EventSourcing;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Collections.Tests.Http;

/// <summary>Caps that count each invoice by itself, and numbers that are nobody's.</summary>
public sealed class ContactsAboutInvoices(CollectionsApp app) : IClassFixture<CollectionsApp>
{
    private const string Attempts = "/v1/collections/contact-attempts";

    /// <summary>COL-05: so many in seven days per debt, over notices and people together.</summary>
    [Fact]
    public async Task a_cap_of_each_invoice_counts_what_is_about_it()
    {
        var story = await Story.BeginAsync(app);
        var customer = await story.CustomerAsync("debts@globex.example");
        var late = await story.InvoiceAsync(customer, 5);
        await story.PutAsync<PolicyView>($"/v1/collections/policies/{story.Entity}", new
        {
            contact = new Dictionary<string, object>
            {
                ["*"] = StandardPolicy.Contact with { Caps = [new ContactCap(CapScope.Invoice, null, 2, 7)] },
            },
        });
        var run = await story.RunAsync();
        await story.NoticeAsync(run.Notices[0].NoticeId, NoticeStatus.Sent);
        var coming = await story.InvoiceAsync(customer, -20);

        (await AboutAsync(late.InvoiceId)).Allowed.ShouldBeTrue();
        (await AboutAsync(late.InvoiceId)).Rule.ShouldBe("contact-cap");
        (await AboutAsync(coming.InvoiceId)).Allowed.ShouldBeTrue();
        (await AboutAsync(late.InvoiceId, coming.InvoiceId)).Rule.ShouldBe("contact-cap");
        (await AboutAsync()).Rule.ShouldBe("contact-cap");
        (await story.ScalarAsync<long>(
            $"select count(*) from contact_attempts where customer_id = '{customer}' " +
            "and outcome = 'suppressed' and rule = 'contact-cap'")).ShouldBe(3);
        var later = await story.InvoiceAsync(customer, 3);
        foreach (var _ in new[] { "one", "two" })
        {
            (await story.PostAsync("/v1/collections/activities", new
            {
                customerId = customer,
                channel = "call",
                outcome = "no-answer",
                summary = "About that one.",
                invoiceIds = new[] { later.InvoiceId },
            })).StatusCode.ShouldBe(HttpStatusCode.Created);
        }

        (await AboutAsync(later.InvoiceId)).Rule.ShouldBe("contact-cap");
        (await AboutAsync(coming.InvoiceId)).Rule.ShouldBeNull("what was noted was not about it");
        var refused = await story.PostAsync(
            Attempts, new { customerId = customer, channel = "meeting", invoiceIds = new[] { Story.NewId() } });
        (await refused.Content.ReadAsStringAsync()).ShouldContain("unknown-invoice");

        async Task<ContactAttemptView> AboutAsync(params Guid[] invoices) => await Story.ReadAsync<ContactAttemptView>(
            await story.PostAsync(Attempts, new
            {
                customerId = customer,
                channel = "meeting",
                invoiceIds = invoices.Length == 0 ? null : invoices,
            }),
            HttpStatusCode.Created);
    }

    /// <summary>COL-05: an invoice at its cap keeps nothing from the others.</summary>
    [Fact]
    public async Task a_run_asks_for_what_is_not_at_its_cap()
    {
        var story = await Story.BeginAsync(app);
        var customer = await story.CustomerAsync("others@globex.example");
        var (full, other) = (await story.InvoiceAsync(customer, 5), await story.InvoiceAsync(customer, 4));
        await story.PutAsync<PolicyView>($"/v1/collections/policies/{story.Entity}", new
        {
            contact = new Dictionary<string, object>
            {
                ["*"] = StandardPolicy.Contact with { Caps = [new ContactCap(CapScope.Invoice, null, 1, 7)] },
            },
        });
        (await story.PostAsync(
            Attempts, new { customerId = customer, channel = "meeting", invoiceIds = new[] { full.InvoiceId } }))
            .StatusCode.ShouldBe(HttpStatusCode.Created);

        var run = (await story.RunAsync()).Notices.ShouldHaveSingleItem();

        run.Items.ShouldHaveSingleItem().InvoiceId.ShouldBe(other.InvoiceId);
        await story.NoticeAsync(run.NoticeId, NoticeStatus.Sent);
        app.Clock.Days += 1;
        (await story.PreviewAsync()).Notices.ShouldHaveSingleItem().BlockedBy.ShouldBe("contact-cap");
        app.Clock.Days += 7;
        (await story.PreviewAsync()).Notices.ShouldHaveSingleItem().BlockedBy.ShouldBeNull();
    }

    /// <summary>Runs and the worklist read it with one statement, and leave out what counts no more.</summary>
    [Fact]
    public async Task what_is_known_of_many_customers_is_what_is_known_of_each()
    {
        var story = await Story.BeginAsync(app);
        var store = app.Services.GetRequiredService<EventStore>();
        var history = app.Services.GetRequiredService<ContactHistory>();
        Guid[] customers = [await story.CustomerAsync(), await story.CustomerAsync(), await story.CustomerAsync()];
        var (one, merged, never) = (customers[0], customers[1], customers[2]);
        await AttemptedAsync(one, "old@globex.example");
        app.Clock.Days += 70;
        await AttemptedAsync(one, "ap@globex.example");
        await AttemptedAsync(merged, "duplicate@globex.example");
        foreach (var granted in new[] { false, true })
        {
            await story.PutAsync<ContactProfileView>($"/v1/collections/customers/{one}/consents", new
            {
                channel = "call",
                address = "+15550100",
                granted,
                source = "call",
            });
        }

        await story.ChangeAsync(merged, 2, [], mergedInto: one);
        var contacts = app.Services.GetRequiredService<ContactBook>();
        var found = await contacts.FindAsync(customers, CancellationToken.None);
        var now = app.Clock.GetUtcNow();

        var known = await history.OfAsync(found, now, CancellationToken.None);

        var (own, others) = (await LoadAsync(one), await LoadAsync(merged));
        own.Attempts.Count.ShouldBe(1, "the old one counts no more");
        known[one].Attempts.ShouldBe(own.With(others).Attempts);
        known[one].Consents.ShouldBe(own.With(others).Consents, ignoreOrder: true);
        known[merged].Attempts.Count.ShouldBe(2, "it is one company");
        known[never].Attempts.ShouldBeEmpty();
        (await history.OfAsync(found, now.AddDays(70), CancellationToken.None))[one].Attempts.ShouldBeEmpty();

        async Task<ContactProfile> LoadAsync(Guid id) =>
            (await store.LoadAsync(ContactProfileStream.Type, ContactProfileStream.Id(id))).State;

        async Task AttemptedAsync(Guid customer, string address) => (await Story.ReadAsync<ContactAttemptView>(
            await story.PostAsync(Attempts, new { customerId = customer, channel = "email", address }),
            HttpStatusCode.Created)).Allowed.ShouldBeTrue();
    }

    [Fact]
    public async Task a_wrong_number_is_a_task_to_find_one_that_works()
    {
        var story = await Story.BeginAsync(app);
        var customer = await story.CustomerAsync("number@globex.example");
        foreach (var summary in new[] { "A bakery.", "The bakery again." })
        {
            (await story.PostAsync("/v1/collections/activities", new
            {
                customerId = customer,
                channel = "call",
                outcome = "wrong-number",
                address = "+15550199",
                contactName = "Ana Ruiz",
                summary,
            })).StatusCode.ShouldBe(HttpStatusCode.Created);
        }

        var tasks = await story.GetAsync<Page<TaskRow>>($"/v1/collections/tasks?customerId={customer}");
        tasks.Items.ShouldHaveSingleItem().Text.ShouldBe(
            "+15550199 is not the number of Ana Ruiz. Find one that reaches them.");
        (await story.ScalarAsync<long>(
            $"select count(*) from contact_attempts where customer_id = '{customer}'")).ShouldBe(0);
    }
}
