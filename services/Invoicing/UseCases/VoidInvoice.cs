using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>Cancels an invoice on which nothing is applied.</summary>
public static class VoidInvoice
{
    /// <summary>Why it is cancelled.</summary>
    /// <param name="Reason">Why; kept in the history.</param>
    /// <param name="PostingDate">An open day since the last posting on it; without it today.</param>
    public sealed record Request(string Reason, DateOnly? PostingDate = null);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/invoices/{id:guid}/void", HandleAsync)
        .RequireScope(Scopes.InvoicingWrite)
        .Produces<InvoiceView>()
        .WithSummary("Void an invoice");

    private static Task<IResult> HandleAsync(
        Guid id, Request request, HttpCommand command, AccountingCalendars calendars) => AdjustInvoice.ChangeAsync(
            id, request.Reason, request.PostingDate, command, calendars,
            (invoice, context) => InvoiceDecider.Void(invoice, request.Reason, context));
}
