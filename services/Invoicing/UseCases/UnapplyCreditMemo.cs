using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.CreditMemos;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>Takes one application of a credit memo back.</summary>
public static class UnapplyCreditMemo
{
    /// <summary>Why.</summary>
    /// <param name="Reason">Kept in the history.</param>
    public sealed record Request(string Reason);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/credit-memos/{id:guid}/applications/{applicationId:guid}/reverse", HandleAsync)
        .RequireScope(Scopes.InvoicingWrite)
        .Produces<CreditMemoView>()
        .WithSummary("Take an application of a credit memo back");

    private static Task<IResult> HandleAsync(
        Guid id, Guid applicationId, Request request, HttpCommand command, AccountingCalendars calendars) =>
        command.CommitAsync(async cancellation =>
        {
            var (memo, version) = await command.Store.LoadAsync(CreditMemoStream.Type, id, cancellation);
            if (CreditMemoAccess.Check(id, memo, version, command) is { } no)
                return no;
            if (Refusal.Unexplained(request.Reason) is { } unexplained)
                return unexplained;
            if (!memo.Applications.TryGetValue(applicationId, out var application))
                return Refusal.NotFound("application", applicationId);
            var invoice = await command.Store.LoadAsync(InvoiceStream.Type, application.InvoiceId, cancellation);
            await calendars.RefreshAsync(cancellation);
            var settlement = CreditMemoAccess.Settlement(id, memo, command, calendars);
            var netted = await NettedDocuments.LoadAsync(
                command.Store, application.InvoiceId, invoice.State, cancellation);
            var decision = settlement.TakeBack(applicationId, invoice.State, lacked: netted.Lacked());
            if (decision.Refusal is { } refusal)
                return refusal;
            var batch = new WriteBatch(command.Metadata(request.Reason))
                .Append(InvoiceStream.Type, application.InvoiceId, invoice.Version, decision.Events);
            netted.Follow(batch, decision.Events);
            return CreditMemoAccess.Write(id, batch, version, settlement);
        });
}
