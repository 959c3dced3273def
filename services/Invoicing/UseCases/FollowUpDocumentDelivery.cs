using OrderToCash.Invoicing.Delivery;
using OrderToCash.Invoicing.Delivery.Sending;
using OrderToCash.Invoicing.Statements;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>
/// Mails a document once more to the contact it went to, and takes what the mail system tells of one that was sent.
/// </summary>
public static class FollowUpDocumentDelivery
{
    /// <summary>What became of a mail.</summary>
    /// <param name="State"><c>delivered</c>, <c>opened</c> or <c>bounced</c>.</param>
    /// <param name="At">When; now where it is left out.</param>
    /// <param name="Detail">In the mail system's words, up to 500 characters.</param>
    public sealed record Report(DeliveryState State, DateTimeOffset? At = null, string? Detail = null);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/document-deliveries/{id:guid}/send", SendAsync)
            .RequireScope(Scopes.InvoicingWrite).Produces<DocumentDeliveryView>()
            .WithSummary("Mail a document once more, the same file, to the address the contact has by now");
        routes.MapPost(
                "/document-deliveries/{id:guid}/delivery-reports",
                (Guid id, Report report, HttpCommand command) =>
                    DecideAsync(id, command, delivery => DocumentDeliveryDecider.Report(
                        delivery, new DocumentDeliveryReported(
                            report.State, (report.At ?? command.Clock.GetUtcNow()).ToUniversalTime(),
                            report.Detail))))
            .RequireScope(Scopes.InvoicingWrite).Produces<DocumentDeliveryView>()
            .WithSummary("Tell whether a document was delivered, opened or bounced");
    }

    private static async Task<IResult> SendAsync(Guid id, HttpCommand command, BilledCustomers customers)
    {
        var (known, _) = await command.Store.LoadAsync(DocumentDeliveryStream.Type, id, command.Cancellation);
        string? refused = null;
        if (known.Queued is { ContactId: { } contactId } mail)
        {
            var (customerId, customer) = await customers.FindAsync(mail.CustomerId, command.Cancellation);
            refused = DocumentRecipients.Refuses(DocumentRecipients.Find(customerId, customer, contactId));
        }

        return await DecideAsync(id, command, delivery => refused is null
            ? DocumentDeliveryDecider.SendAgain(delivery)
            : DocumentDeliveryRefusals.MayNot(refused));
    }

    private static Task<IResult> DecideAsync(
        Guid id, HttpCommand command, Func<DocumentDelivery, Decision> decide) =>
        command.DecideAsync(
            DocumentDeliveryStream.Type,
            id,
            delivery => delivery.Queued is { } mail && command.Caller.Deny(mail.LegalEntity) is { } denied
                ? denied
                : decide(delivery),
            decided => Reply.Ok(DocumentDeliveryView.Of(id, decided.State, decided.Version), decided.Version));
}
