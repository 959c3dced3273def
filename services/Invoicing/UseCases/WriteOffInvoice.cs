using OrderToCash.Invoicing.Invoices;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>Gives up what cannot be collected.</summary>
public static class WriteOffInvoice
{
    /// <summary>What is given up.</summary>
    /// <param name="Reason">Why; kept in the history.</param>
    /// <param name="Installment">From 1.</param>
    /// <param name="Amount">Of the invoice's currency; without it all that is open on the installment.</param>
    public sealed record Request(string Reason, int Installment = 1, decimal? Amount = null);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/invoices/{id:guid}/write-offs", HandleAsync)
        .RequireScope(Scopes.InvoicingWrite)
        .Produces<InvoiceView>()
        .WithSummary("Write off an open item, or part of it");

    private static Task<IResult> HandleAsync(Guid id, Request request, HttpCommand command)
    {
        var writeOff = Ids.Next(command.Clock);
        return command.DecideAsync(
            InvoiceStream.Type,
            id,
            invoice => invoice.Issued is null ? InvoiceRefusals.NotFound(id)
                : command.Caller.Deny(invoice.Issued.Books.LegalEntity) is { } denied ? denied
                : string.IsNullOrWhiteSpace(request.Reason) || request.Reason.Length > 500 ? InvoiceRefusals.NoReason()
                : CreditMemoAccess.TryAmount(request.Amount, invoice.Currency, out var amount)
                    ? AdjustmentDecider.WriteOff(
                        invoice, writeOff, request.Installment, amount, command.Clock.GetUtcNow())
                    : AdjustInvoice.WrongAmount(invoice),
            decided => Reply.Ok(InvoiceView.Of(id, decided.State, decided.Version), decided.Version),
            reason: request.Reason);
    }
}
