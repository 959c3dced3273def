using OrderToCash.Invoicing.Invoices;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>Cancels an invoice on which nothing is applied.</summary>
public static class VoidInvoice
{
    /// <summary>Why it is cancelled.</summary>
    /// <param name="Reason">Why; kept in the history.</param>
    public sealed record Request(string Reason);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/invoices/{id:guid}/void", HandleAsync)
        .RequireScope(Scopes.InvoicingWrite)
        .Produces<InvoiceView>()
        .WithSummary("Void an invoice");

    private static Task<IResult> HandleAsync(Guid id, Request request, HttpCommand command) => command.DecideAsync(
        InvoiceStream.Type,
        id,
        invoice => invoice.Issued is null
            ? InvoiceRefusals.NotFound(id)
            : command.Caller.Deny(invoice.Issued.Books.LegalEntity) is { } denied
                ? denied
                : InvoiceDecider.Void(invoice, request.Reason, command.Clock.GetUtcNow()),
        decided => Reply.Ok(InvoiceView.Of(id, decided.State, decided.Version), decided.Version),
        reason: request.Reason);
}
