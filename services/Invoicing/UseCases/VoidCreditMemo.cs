using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.CreditMemos;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>Cancels a credit memo of which nothing is applied; its invoice can be credited by so much again.</summary>
public static class VoidCreditMemo
{
    /// <summary>Why.</summary>
    /// <param name="Reason">Kept in the history.</param>
    public sealed record Request(string Reason);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/credit-memos/{id:guid}/void", HandleAsync)
        .RequireScope(Scopes.InvoicingWrite)
        .Produces<CreditMemoView>()
        .WithSummary("Void a credit memo");

    private static Task<IResult> HandleAsync(
        Guid id, Request request, HttpCommand command, AccountingCalendars calendars) =>
        command.CommitAsync(async cancellation =>
        {
            var (memo, version) = await command.Store.LoadAsync(CreditMemoStream.Type, id, cancellation);
            if (CreditMemoAccess.Check(id, memo, version, command) is { } no)
                return no;
            await calendars.RefreshAsync(cancellation);
            var decision = CreditMemoDecider.Void(
                memo, request.Reason, calendars.Context(memo.Issued!.Books.LegalEntity, command.Caller));
            if (decision.Refusal is { } refusal)
                return refusal;
            var batch = new WriteBatch(command.Metadata(request.Reason))
                .Append(CreditMemoStream.Type, id, version, decision.Events);
            if (memo.Issued.InvoiceId is { } invoiceId)
            {
                var invoice = await command.Store.LoadAsync(InvoiceStream.Type, invoiceId, cancellation);
                var netted = await NettedDocuments.LoadAsync(command.Store, invoiceId, invoice.State, cancellation);
                netted.Guard(batch).Append(
                    InvoiceStream.Type, invoiceId, invoice.Version,
                    AdjustmentDecider.WithdrawCredit(
                        invoice.State, id, memo.Issued.Number, memo.Issued.Total, netted.Lacked()).Events);
            }

            var after = version + decision.Events.Count;
            var state = decision.Events.Aggregate(memo, CreditMemo.Evolve);
            return Plan.Write(batch, Reply.Ok(CreditMemoView.Of(id, state, after), after));
        });
}
