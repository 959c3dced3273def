using OrderToCash.Invoicing.Customers;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.PersonalData;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>
/// Erases the personal data of a contact: the key they are stored under is destroyed, with the event that says so.
/// Nothing that is stored is changed, and nothing of it can be read any more. It cannot be undone; again it does
/// nothing.
/// </summary>
public static class EraseContact
{
    /// <summary>Why.</summary>
    /// <param name="Reason">Kept in the history; it must not name the person.</param>
    public sealed record Request(string Reason);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/customers/{id:guid}/contacts/{contactId:guid}/erase", HandleAsync)
        .RequireScope(Scopes.Admin)
        .Produces<CustomerView>()
        .WithSummary("Erase the personal data of a contact");

    private static Task<IResult> HandleAsync(Guid id, Guid contactId, Request request, HttpCommand command) =>
        command.DecideAsync(
            CustomerStream.Type,
            id,
            customer => customer.Now is null ? CustomerRefusals.NotFound(id)
                : command.Caller.Deny(customer.Now.LegalEntity) is { } denied ? denied
                : string.IsNullOrWhiteSpace(request.Reason) || request.Reason.Length > 500 ? InvoiceRefusals.NoReason()
                : AccountDecider.Erase(customer, contactId),
            decided => Reply.Ok(CustomerView.Of(id, decided.State.Now!, decided.Version), decided.Version),
            reason: request.Reason,
            with: (batch, _) => ContactKeys.Destroy(batch, contactId));
}
