using OrderToCash.Approvals;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.CreditMemos;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>
/// Cancels an invoice on which nothing is applied; deposits that it was netted with are held again. The customer owes
/// less by all of it, so those approve who approve a credit memo of that amount; of a late fee or interest those who
/// approve its waiver.
/// </summary>
public static class VoidInvoice
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/invoices/{id:guid}/void", HandleAsync)
        .RequireScope(Scopes.InvoicingWrite)
        .Produces<InvoiceView>()
        .Produces<ApprovalView>(StatusCodes.Status202Accepted)
        .WithSummary("Void an invoice");

    private static Task<IResult> HandleAsync(
        Guid id, Cancellation request, HttpCommand command, ApprovalGate gate, AccountingCalendars calendars) =>
        command.CommitAsync(async cancellation =>
        {
            var loaded = await command.Store.LoadAsync(InvoiceStream.Type, id, cancellation);
            if (loaded.State.Issued is not { } issued)
                return InvoiceRefusals.NotFound(id);
            if (command.Caller.Deny(issued.Books.LegalEntity) is { } denied)
                return denied;
            command.Expect(loaded.Version);
            var plan = await PlanAsync(id, loaded, request, command, calendars, request.Reason, cancellation);

            // Should an older version carry it out, it finds no such installment rather than waive the first one.
            var wholly = new GiveUp(request.Reason, Installment: 0);
            var subject = $"Void of {issued.Number} over {issued.Total}";
            return issued.Kind == DocumentKind.DebitMemo
                ? await gate.PassAsync(command, new ApprovalWish<GiveUp.Wish>(
                    ApprovalKinds.Waiver, issued.Books.LegalEntity, issued.Total, subject,
                    new GiveUp.Wish(id, wholly, request), request.Reason).InBooks(issued.Rate, issued.Books), plan)
                : await gate.PassAsync(command, new ApprovalWish<IssueCreditMemo>(
                    ApprovalKinds.CreditMemo, issued.Books.LegalEntity, issued.Total, subject,
                    new IssueCreditMemo(issued.CustomerId, CreditReason.Correction, [], id, Cancellation: request),
                    request.Reason).InBooks(issued.Rate, issued.Books), plan);
        });

    /// <summary>It is approved.</summary>
    internal static async Task<Plan> CarryOutAsync(
        Guid id, Cancellation request, ApprovalGrant grant, CancellationToken cancellation)
    {
        var loaded = await grant.Command.Store.LoadAsync(InvoiceStream.Type, id, cancellation);
        if (grant.Command.Caller.Deny(loaded.State.Issued!.Books.LegalEntity) is { } denied)
            return denied;
        return await PlanAsync(
            id, loaded, request, grant.Command, grant.Services.GetRequiredService<AccountingCalendars>(), grant.Reason,
            cancellation);
    }

    private static async Task<Plan> PlanAsync(
        Guid id, Loaded<Invoice> loaded, Cancellation request, HttpCommand command, AccountingCalendars calendars,
        string reason, CancellationToken cancellation)
    {
        await calendars.RefreshAsync(cancellation);
        var (invoice, version) = loaded;
        var deposits = new Dictionary<Guid, Loaded<Invoice>>();
        foreach (var depositId in invoice.Deposits.Values.Select(one => one.DepositId).Distinct())
            deposits[depositId] = await command.Store.LoadAsync(InvoiceStream.Type, depositId, cancellation);
        var voiding = InvoiceVoiding.Of(
            id, invoice, deposits.ToDictionary(one => one.Key, one => one.Value.State), request.Reason,
            calendars.Context(invoice.Issued!.Books.LegalEntity, command.Caller, request.PostingDate));
        if (voiding.OnInvoice.Refusal is { } refusal)
            return refusal;
        var batch = new WriteBatch(command.Metadata(reason))
            .Append(InvoiceStream.Type, id, version, voiding.OnInvoice.Events);
        foreach (var (depositId, events) in voiding.OnDeposits)
            batch.Append(InvoiceStream.Type, depositId, deposits[depositId].Version, events);
        await FinanceChargeBilling.GiveBackAsync(batch, command.Store, id, invoice.Issued, cancellation);
        var (state, after) = (
            voiding.OnInvoice.Events.Aggregate(invoice, Invoice.Evolve), version + voiding.OnInvoice.Events.Count);
        return Plan.Write(batch, Reply.Ok(InvoiceView.Of(id, state, after), after));
    }
}
