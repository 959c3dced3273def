using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>Cancels an invoice on which nothing is applied; deposits that it was netted with are held again.</summary>
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
        Guid id, Request request, HttpCommand command, AccountingCalendars calendars) =>
        command.CommitAsync(async cancellation =>
        {
            var (invoice, version) = await command.Store.LoadAsync(InvoiceStream.Type, id, cancellation);
            if (invoice.Issued is not { } issued)
                return InvoiceRefusals.NotFound(id);
            if (command.Caller.Deny(issued.Books.LegalEntity) is { } denied)
                return denied;
            if (command.ExpectedVersion is { } expected && expected != version)
                return Plan.WrongVersion(version);
            await calendars.RefreshAsync(cancellation);
            var deposits = new Dictionary<Guid, Loaded<Invoice>>();
            foreach (var depositId in invoice.Deposits.Values.Select(one => one.DepositId).Distinct())
                deposits[depositId] = await command.Store.LoadAsync(InvoiceStream.Type, depositId, cancellation);
            var voiding = InvoiceVoiding.Of(
                id, invoice, deposits.ToDictionary(one => one.Key, one => one.Value.State), request.Reason,
                calendars.Context(issued.Books.LegalEntity, command.Caller, request.PostingDate));
            if (voiding.OnInvoice.Refusal is { } refusal)
                return refusal;
            var batch = new WriteBatch(command.Metadata(request.Reason))
                .Append(InvoiceStream.Type, id, version, voiding.OnInvoice.Events);
            foreach (var (depositId, events) in voiding.OnDeposits)
                batch.Append(InvoiceStream.Type, depositId, deposits[depositId].Version, events);
            var (state, after) = (
                voiding.OnInvoice.Events.Aggregate(invoice, Invoice.Evolve), version + voiding.OnInvoice.Events.Count);
            return Plan.Write(batch, Reply.Ok(InvoiceView.Of(id, state, after), after));
        });
}
