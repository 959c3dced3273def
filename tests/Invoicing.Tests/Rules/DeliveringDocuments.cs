using OrderToCash.Invoicing.Customers;
using OrderToCash.Invoicing.Delivery;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Invoicing.Statements;
using OrderToCash.TestKit;

namespace OrderToCash.Invoicing.Tests.Rules;

public class DeliveringDocuments
{
    private static readonly DeciderSpec<DocumentDelivery> Deliveries =
        new(DocumentDelivery.Initial, DocumentDelivery.Evolve);

    private static readonly Guid Ana = Some.Allocation(1);

    private static readonly DocumentMailQueued Queued = new(
        Some.Receipt, DeliveredDocument.Invoice, "INV-US01-2026-000001", "US01", Some.Customer, Ana);

    private static readonly DocumentMailSent Sent = new("en", "9afbf4c8");
    private static readonly DocumentMailFailed Failed = new("550 no such mailbox");

    [Fact]
    public void A_document_is_queued_for_a_contact_once()
    {
        Deliveries.Given().When(now => DocumentDeliveryDecider.Queue(now, Queued)).Then(Queued);
        Deliveries.Given(Queued).When(now => DocumentDeliveryDecider.Queue(now, Queued)).ThenNothing();
        Deliveries.Given(Queued, Sent).When(now => DocumentDeliveryDecider.Queue(now, Queued)).ThenNothing();
    }

    [Fact]
    public void What_became_of_a_mail_is_noted_once()
    {
        Deliveries.Given(Queued).When(now => DocumentDeliveryDecider.Sent(now, "en", "9afbf4c8")).Then(Sent);
        Deliveries.Given(Queued, Sent).When(now => DocumentDeliveryDecider.Sent(now, "en", "9afbf4c8")).ThenNothing();
        Deliveries.Given(Queued).When(now => DocumentDeliveryDecider.Failed(now, Failed.Reason)).Then(Failed);
        Deliveries.Given(Queued, Sent).When(now => DocumentDeliveryDecider.Failed(now, "late")).ThenNothing();
    }

    [Fact]
    public void What_the_mail_server_does_not_take_for_the_moment_stays_queued_until_its_time_has_come()
    {
        var (put, again) = (new DocumentMailFailed("451 later", Some.Now), new DocumentMailSendAgain());

        Deliveries.Given(Queued).When(now => DocumentDeliveryDecider.Failed(now, "451 later", Some.Now)).Then(put)
            .ThenState(now => (now.Status, now.Reason, now.TimesPutOff)
                .ShouldBe((DeliveryStatus.Queued, "451 later", 1)));
        Deliveries.Given(Queued, put).When(now => DocumentDeliveryDecider.Retry(now, Some.Now.AddTicks(-1)))
            .ThenNothing();
        Deliveries.Given(Queued, put).When(now => DocumentDeliveryDecider.Retry(now, Some.Now)).Then(again)
            .ThenState(now => (now.Reason, now.RetryAt, now.TimesPutOff).ShouldBe((null, null, 1)));
        Deliveries.Given(Queued, put, again).When(now => DocumentDeliveryDecider.Retry(now, Some.Now)).ThenNothing();
        Deliveries.Given(Queued, put).When(DocumentDeliveryDecider.SendAgain).Then(again);
        Deliveries.Given(Queued, Failed).When(now => DocumentDeliveryDecider.Retry(now, Some.Now)).ThenNothing();
        Deliveries.Given(Queued, put, again, Sent).When(now => DocumentDeliveryDecider.Retry(now, Some.Now))
            .ThenNothing();
    }

    [Fact]
    public void It_is_mailed_again_unless_it_is_about_to_be_or_goes_to_nobody()
    {
        var again = new DocumentMailSendAgain();

        Deliveries.Given(Queued, Sent).When(DocumentDeliveryDecider.SendAgain).Then(again);
        Deliveries.Given(Queued, Failed).When(DocumentDeliveryDecider.SendAgain).Then(again);
        Deliveries.Given(Queued, Sent, again).When(DocumentDeliveryDecider.SendAgain).ThenNothing();
        Deliveries.Given(Queued with { ContactId = null }, Failed).When(DocumentDeliveryDecider.SendAgain)
            .ThenRefused("no-recipient");
        Deliveries.Given().When(DocumentDeliveryDecider.SendAgain).ThenRefused("not-found");
    }

    [Fact]
    public void Reports_come_late_and_twice_and_never_say_less_than_is_known()
    {
        var (opened, delivered, bounced) = (Told(DeliveryState.Opened), Told(DeliveryState.Delivered),
            Told(DeliveryState.Bounced));

        Deliveries.Given(Queued, Sent).When(Report(bounced)).Then(bounced)
            .ThenState(now => (now.Status, now.Reason).ShouldBe((DeliveryStatus.Bounced, "as they say")));
        Deliveries.Given(Queued, Sent, bounced).When(Report(bounced)).ThenNothing();
        Deliveries.Given(Queued, Sent, opened).When(Report(delivered)).ThenNothing();
        Deliveries.Given(Queued, Sent, new DocumentMailSendAgain()).When(Report(bounced)).ThenNothing();
        Deliveries.Given(Queued).When(Report(opened)).ThenRefused("never-sent");
        Deliveries.Given(Queued, Sent).When(Report(opened with { Detail = new string('x', 501) }))
            .ThenRefused("bad-detail");
    }

    [Fact]
    public void Invoices_go_to_all_of_their_role_who_may_be_mailed_else_to_those_who_pay()
    {
        Contact[] contacts =
        [
            Person("Ana", "invoices"), Person("Bo", "invoices") with { Consent = false },
            Person("Cy", "invoices") with { PreferredChannel = ContactChannel.Post },
            Person("Di", "invoices") with { Email = null }, Person("Ed", "invoices"), Person("Flo"),
        ];

        Names(contacts, "invoices").ShouldBe("Ana Ed");
        Names(contacts, null).ShouldBe("Flo");
        Names(contacts, "legal").ShouldBe("Flo");
        Names([contacts[1]], "invoices").ShouldBe("");
    }

    [Fact]
    public void A_contact_is_found_again_whether_it_had_an_identifier_or_not()
    {
        var (named, old) = (Person("Ana") with { Id = Ana }, Person("Bo"));
        var customer = Customer([named, old], null);

        foreach (var contact in new[] { named, old })
        {
            DocumentRecipients.Find(
                Some.Customer, customer, DocumentRecipients.IdOf(Some.Customer, contact)).ShouldBe(contact);
        }

        DocumentRecipients.Refuses(
            Some.Customer, DocumentRecipients.Find(Some.Customer, customer, Some.Receipt), ClosedAddresses.None)
            .ShouldNotBeNull().ShouldContain("no longer");
    }

    [Theory]
    [InlineData("550 5.1.1 <ann@globex.example> unknown", "550 5.1.1 <the recipient> unknown")]
    [InlineData("rfc822;Ann.B+ap@globex.example; to bo@x.example:", "rfc822;the recipient; to the recipient:")]
    [InlineData("250 OK @ noon", "250 OK @ noon")]
    [InlineData(null, null)]
    public void What_mail_systems_say_is_kept_without_anybodys_address(string? said, string? kept) =>
        MailWords.WithoutAddresses(said).ShouldBe(kept);

    private static DocumentDeliveryReported Told(DeliveryState state) => new(state, Some.Now, "as they say");

    private static Func<DocumentDelivery, Kernel.Decision> Report(DocumentDeliveryReported report) =>
        now => DocumentDeliveryDecider.Report(now, report);

    private static Contact Person(string name, string role = "accounts-payable") =>
        new(name, role, $"{name}@globex.example");

    private static string Names(Contact[] contacts, string? role) => string.Join(' ', DocumentRecipients.Of(
        Some.Customer, Customer(contacts, role is null ? null : new InvoicePreference(true, role)),
        ClosedAddresses.None).Select(one => one.Name));

    private static CustomerSnapshot Customer(Contact[] contacts, InvoicePreference? invoices) =>
        InvoicePages.Buyer with { Contacts = contacts, Invoices = invoices };
}
