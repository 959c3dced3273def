using OrderToCash.Approvals;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>Lets a late fee or interest go.</summary>
public static class WaiveCharge
{
    private static readonly GivingUp Waiver = new(
        ApprovalKinds.Waiver, "Waiver",
        (invoice, id, request, amount, context) =>
            ChargeDecider.Waive(invoice, id, request.Installment, amount, context, request.Line),
        invoice => invoice.Waived);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/invoices/{id:guid}/waive", HandleAsync)
            .RequireScope(Scopes.InvoicingWrite)
            .Produces<InvoiceView>()
            .Produces<ApprovalView>(StatusCodes.Status202Accepted)
            .WithSummary("Waive a late fee or interest, or part");
        routes.MapPost("/invoices/{id:guid}/lines/{line:int}/waive", HandleLineAsync)
            .RequireScope(Scopes.InvoicingWrite)
            .Produces<InvoiceView>()
            .Produces<ApprovalView>(StatusCodes.Status202Accepted)
            .WithSummary("Waive one line of a late fee or interest, or part of it");
    }

    private static Task<IResult> HandleAsync(
        Guid id, GiveUp request, HttpCommand command, ApprovalGate gate, AccountingCalendars calendars) =>
        Waiver.HandleAsync(id, request, command, gate, calendars);

    private static Task<IResult> HandleLineAsync(
        Guid id, int line, GiveUp request, HttpCommand command, ApprovalGate gate, AccountingCalendars calendars) =>
        Waiver.HandleAsync(id, request, command, gate, calendars, line);

    /// <summary>It is approved.</summary>
    internal static Task<Plan> CarryOutAsync(
        GiveUp.Wish wish, ApprovalGrant grant, CancellationToken cancellation) => wish.Cancellation is { } voided
            ? VoidInvoice.CarryOutAsync(wish.InvoiceId, voided, grant, cancellation)
            : Waiver.CarryOutAsync(wish, grant, cancellation);
}
