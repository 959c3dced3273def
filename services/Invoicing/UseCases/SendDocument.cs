using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.CreditMemos;
using OrderToCash.Invoicing.Delivery;
using OrderToCash.Invoicing.Delivery.Sending;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>
/// Mails an issued document because a person wants it, for the first time or once more: to those who get the customer's
/// invoices by now, or to one of its contacts. Nobody is written to who does not agree.
/// </summary>
public static class SendDocument
{
    /// <summary>To whom.</summary>
    /// <param name="ContactId">One contact of the customer, or of the parent that gets its invoices, whatever its role;
    /// without it those who get invoices.</param>
    public sealed record Request(Guid? ContactId = null);

    /// <summary>What is mailed.</summary>
    public sealed record Response(IReadOnlyList<DocumentDeliveryView> Deliveries);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/invoices/{id:guid}/send", InvoiceAsync)
            .RequireScope(Scopes.InvoicingWrite).Produces<Response>()
            .WithSummary("Mail an invoice, debit memo or deposit, also once more");
        routes.MapPost("/credit-memos/{id:guid}/send", CreditMemoAsync)
            .RequireScope(Scopes.InvoicingWrite).Produces<Response>()
            .WithSummary("Mail a credit memo, also once more");
    }

    private static Task<IResult> InvoiceAsync(
        Guid id, Request request, HttpCommand command, BilledCustomers customers) =>
        command.CommitAsync(async cancellation =>
        {
            var (invoice, version) = await command.Store.LoadAsync(InvoiceStream.Type, id, cancellation);
            return invoice.Issued is { } issued
                ? await PlanAsync(
                    new Document(id, DeliveredDocument.Invoice, issued.Number, issued.Books.LegalEntity,
                        issued.CustomerId, invoice.IsVoid, version),
                    request, command, customers, cancellation)
                : InvoiceRefusals.NotFound(id);
        });

    private static Task<IResult> CreditMemoAsync(
        Guid id, Request request, HttpCommand command, BilledCustomers customers) =>
        command.CommitAsync(async cancellation =>
        {
            var (memo, version) = await command.Store.LoadAsync(CreditMemoStream.Type, id, cancellation);
            return memo.Issued is { } issued
                ? await PlanAsync(
                    new Document(id, DeliveredDocument.CreditMemo, issued.Number, issued.Books.LegalEntity,
                        issued.CustomerId, memo.IsVoid, version),
                    request, command, customers, cancellation)
                : CreditMemoRefusals.NotFound(id);
        });

    private static async Task<Plan> PlanAsync(
        Document document, Request request, HttpCommand command, BilledCustomers customers,
        CancellationToken cancellation)
    {
        if (command.Caller.Deny(document.LegalEntity) is { } denied)
            return denied;
        command.Expect(document.Version);
        if (document.IsVoid)
            return DocumentDeliveryRefusals.IsVoid(document.Number);
        var (mails, refusal) = await MailsAsync(document, request.ContactId, customers, cancellation);
        if (refusal is not null)
            return refusal;
        var (batch, views) = (new WriteBatch(command.Metadata()), new List<DocumentDeliveryView>());
        foreach (var mail in mails)
        {
            var id = DocumentDeliveryStream.Id(mail.DocumentId, mail.ContactId);
            var (delivery, version) = await command.Store.LoadAsync(DocumentDeliveryStream.Type, id, cancellation);
            var decision = delivery.Queued is null
                ? DocumentDeliveryDecider.Queue(delivery, mail)
                : DocumentDeliveryDecider.SendAgain(delivery);
            if (decision.Events.Count > 0)
                batch.Append(DocumentDeliveryStream.Type, id, version, decision.Events);
            views.Add(DocumentDeliveryView.Of(
                id, decision.Events.Aggregate(delivery, DocumentDelivery.Evolve), version + decision.Events.Count));
        }

        return Plan.Write(batch, Reply.Ok(new Response(views)));
    }

    private static async Task<(IReadOnlyList<DocumentMailQueued> Mails, Refusal? Refusal)> MailsAsync(
        Document document, Guid? contactId, BilledCustomers customers, CancellationToken cancellation)
    {
        if (contactId is not { } wanted)
        {
            var mails = await customers.MailsAsync(
                document.Id, document.Kind, document.Number, document.CustomerId, cancellation);
            return mails is [{ ContactId: null }] ? ([], DocumentDeliveryRefusals.NoRecipient()) : (mails, null);
        }

        var (id, customer) = await customers.FindAsync(document.CustomerId, cancellation);
        if (DocumentRecipients.Find(id, customer, wanted) is null)
            (id, customer) = await customers.RecipientAsync(document.CustomerId, cancellation);
        if (DocumentRecipients.Find(id, customer, wanted) is not { } contact)
            return ([], Refusal.NotFound("contact", wanted));
        var closed = await customers.ClosedAsync(id, cancellation);
        return DocumentRecipients.Refuses(id, contact, closed) is { } reason
            ? ([], DocumentDeliveryRefusals.MayNot(reason))
            : ([new DocumentMailQueued(
                document.Id, document.Kind, document.Number, customer.LegalEntity, id, wanted)], null);
    }

    private sealed record Document(
        Guid Id, DeliveredDocument Kind, string Number, string LegalEntity, Guid CustomerId, bool IsVoid,
        long Version);
}
