using OrderToCash.Approvals;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>Gives up what cannot be collected.</summary>
public static class WriteOffInvoice
{
    private static readonly GivingUp WriteOff = new(
        ApprovalKinds.WriteOff, "Write-off",
        (invoice, id, request, amount, context) =>
            AdjustmentDecider.WriteOff(invoice, id, request.Installment, amount, context),
        invoice => invoice.WrittenOff);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/invoices/{id:guid}/write-offs", HandleAsync)
        .RequireScope(Scopes.InvoicingWrite)
        .Produces<InvoiceView>()
        .Produces<ApprovalView>(StatusCodes.Status202Accepted)
        .WithSummary("Write off an open item, or part of it");

    private static Task<IResult> HandleAsync(
        Guid id, GiveUp request, HttpCommand command, ApprovalGate gate, AccountingCalendars calendars) =>
        WriteOff.HandleAsync(id, request, command, gate, calendars);

    /// <summary>It is approved: the one, or the run over many.</summary>
    internal static Task<Plan> CarryOutAsync(
        GiveUp.Wish wish, ApprovalGrant grant, CancellationToken cancellation) => wish.RunId is { } runId
            ? StartWriteOffRun.CarryOutAsync(runId, grant, cancellation)
            : WriteOff.CarryOutAsync(wish, grant, cancellation);

    /// <summary>It is not: a run is dropped, and one invoice just stays owed.</summary>
    internal static Task EndAsync(
        GiveUp.Wish wish, ApprovalEnd end, WriteBatch batch, CancellationToken cancellation) =>
        wish.RunId is { } runId ? StartWriteOffRun.EndAsync(runId, end, batch, cancellation) : Task.CompletedTask;
}
