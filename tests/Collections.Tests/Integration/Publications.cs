using System.Text.Json;
using OrderToCash.Collections.Activities;
using OrderToCash.Collections.Contacts;
using OrderToCash.Collections.Dunning;
using OrderToCash.Collections.Integration;
using OrderToCash.Collections.Notices;
using OrderToCash.Collections.Playbooks;
using OrderToCash.Collections.Tests.Rules;
using OrderToCash.Contracts.Collections.V1;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Tests.Integration;

public sealed class Publications
{
    private static readonly NoticeContent Content = new(
        Some.Id(), "US01", Some.Id(), new DateOnly(2026, 4, 1), "first-notice", NoticeChannel.Email,
        "ap@globex.example",
        [new NoticeItem(Some.Id(), 1, "INV-1", Some.DueDate, 1, "first-notice", 1, Some.Usd(100), Some.Usd(40))],
        [Some.Usd(40)]);

    [Fact]
    public void a_notice_that_was_sent_is_published_as_such_and_as_a_contact()
    {
        var stored = Stored(new NoticeSent(Content));

        var messages = CollectionsPublications.Create().Of(stored).ToList();

        messages.Count.ShouldBe(2);
        Text(messages[0].Contract).ShouldBe(Text(
            new DunningNoticeSent(
                stored.StreamId, Content.CustomerId, "US01", Content.Date, "first-notice", "email",
                [new(40.00m, "USD")],
                [new(Content.Items[0].InvoiceId, 1, "INV-1", Some.DueDate, new(40.00m, "USD"))])));
        messages[1].Contract.ShouldBe(
            new ContactLogged(stored.Id, Content.CustomerId, "email", "sent",
                "Sent first-notice of 2026-04-01 to ap@globex.example: 1 item, 40.00\u00A0USD."));
        messages[0].MessageId.ShouldBe(stored.Id);
        messages[1].MessageId.ShouldNotBe(stored.Id);
    }

    [Fact]
    public void the_fee_of_a_notice_is_asked_for_under_one_request_however_often_it_goes_out()
    {
        var stored = Stored(ReminderFeeAsked.Of(Content, Some.Usd(5)));

        var asked = CollectionsPublications.Create().Of(stored).ShouldHaveSingleItem().Contract;

        asked.ShouldBe(new ReminderFeeRequested(
            ReminderFeeStream.RequestId(stored.StreamId), stored.StreamId, "US01", Content.CustomerId,
            new(5.00m, "USD"), Content.Date, "first-notice", "test"));
    }

    [Fact]
    public void a_notice_that_failed_is_a_contact_that_failed() =>
        CollectionsPublications.Create().Of(Stored(new NoticeFailed(Content, "no such mailbox"))).ShouldHaveSingleItem()
            .Contract.ShouldBeOfType<ContactLogged>().Outcome.ShouldBe("failed");

    [Fact]
    public void an_entry_of_the_contact_log_is_published_with_its_words()
    {
        var stored = Stored(new ActivityLogged(
            Content.CustomerId, "US01", ContactChannel.Call, ContactOutcome.LeftMessage, "Called", default, null));

        CollectionsPublications.Create().Of(stored).ShouldHaveSingleItem().Contract.ShouldBe(
            new ContactLogged(stored.StreamId, Content.CustomerId, "call", "left-message", "Called"));
    }

    [Fact]
    public void who_looks_after_a_customer_is_told_with_what_decided_it() =>
        CollectionsPublications.Create()
            .Of(Stored(new Portfolio.CollectorAssigned(Content.CustomerId, "US01", "carla", "large")))
            .ShouldHaveSingleItem().Contract.ShouldBe(
                new CollectorAssigned(Content.CustomerId, "US01", "carla", "large"));

    [Fact]
    public void what_contacts_say_and_where_mail_does_not_arrive_is_told()
    {
        var point = new ContactPoint("US01", Content.CustomerId, ContactChannel.Email, "ap@globex.example", null);

        Told(new ConsentStated(point, false, Content.Date, "unsubscribe link")).ShouldBe(new ContactConsentStated(
            "US01", Content.CustomerId, "email", "ap@globex.example", false, Content.Date));
        CollectionsPublications.Create()
            .Of(Stored(new ConsentStated(point, false, Content.Date, "Invoicing", ByInvoicing: true))).ShouldBeEmpty();
        Told(new AddressFailed(point, "550", null)).ShouldBe(
            new MailAddressChanged("US01", Content.CustomerId, "ap@globex.example", true));
        Told(new AddressRestored(point)).ShouldBe(
            new MailAddressChanged("US01", Content.CustomerId, "ap@globex.example", false));

        static object Told(object e) => CollectionsPublications.Create().Of(Stored(e)).ShouldHaveSingleItem().Contract;
    }

    [Fact]
    public void what_is_only_prepared_or_withdrawn_is_nobodys_business()
    {
        CollectionsPublications.Create().Of(Stored(new NoticeWithdrawn(Content, "too-late"))).ShouldBeEmpty();
        CollectionsPublications.Create().Of(Stored(Some.Standard)).ShouldBeEmpty();
    }

    /// <summary>Lists compare by reference, so contracts compare as they travel.</summary>
    private static string Text(object contract) => JsonSerializer.Serialize(contract, contract.GetType(), Json.Wire);

    private static StoredEvent Stored(object data) => new()
    {
        Id = Some.Id(),
        StreamId = Some.Id(),
        Version = 2,
        Type = "test",
        Data = data,
        At = DateTimeOffset.UnixEpoch,
        Metadata = new EventMetadata("test"),
    };
}
