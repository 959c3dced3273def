using OrderToCash.Approvals;
using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.ReadModels;
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
    /// <param name="PostingDate">An open day since the last posting on it; else the day it is carried out.</param>
    public sealed record Request(
        string Reason, int Installment = 1, decimal? Amount = null, DateOnly? PostingDate = null);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/invoices/{id:guid}/write-offs", HandleAsync)
        .RequireScope(Scopes.InvoicingWrite)
        .Produces<InvoiceView>()
        .Produces<ApprovalView>(StatusCodes.Status202Accepted)
        .WithSummary("Write off an open item, or part of it");

    /// <summary>A request with the invoice it is about.</summary>
    public sealed record Wish(Guid InvoiceId, Request Request);

    private static Task<IResult> HandleAsync(
        Guid id, Request request, HttpCommand command, ApprovalGate gate, AccountingCalendars calendars) =>
        command.CommitAsync(async cancellation =>
        {
            var (invoice, version) = await command.Store.LoadAsync(InvoiceStream.Type, id, cancellation);
            if (invoice.Issued is not { } issued)
                return InvoiceRefusals.NotFound(id);
            if (command.ExpectedVersion is { } expected && expected != version)
                return Plan.WrongVersion(version);
            await calendars.RefreshAsync(cancellation);
            var (plan, amount) = Write(id, invoice, version, request, command, calendars, request.Reason);
            var wish = new ApprovalWish<Wish>(
                ApprovalKinds.WriteOff, issued.Books.LegalEntity, amount,
                $"Write-off of {amount} on {issued.Number}", new Wish(id, request), request.Reason);
            return await gate.PassAsync(command, wish, plan);
        });

    /// <summary>
    /// What was approved, as it can be carried out now: the amount it was judged by, whatever is open by now.
    /// </summary>
    internal static async Task<Plan> CarryOutAsync(Wish wish, ApprovalGrant grant, CancellationToken cancellation)
    {
        var (command, calendars) = (grant.Command, grant.Services.GetRequiredService<AccountingCalendars>());
        await calendars.RefreshAsync(cancellation);
        var (invoice, version) = await command.Store.LoadAsync(InvoiceStream.Type, wish.InvoiceId, cancellation);
        var approved = wish.Request with { Amount = grant.Requested.Amount.Amount };
        return Write(wish.InvoiceId, invoice, version, approved, command, calendars, grant.Reason).Plan;
    }

    private static (Plan Plan, Money Amount) Write(
        Guid id, Invoice invoice, long version, Request request, HttpCommand command, AccountingCalendars calendars,
        string reason)
    {
        var none = Money.Zero(invoice.Currency);
        if (command.Caller.Deny(invoice.Issued!.Books.LegalEntity) is { } denied)
            return (denied, none);
        if (string.IsNullOrWhiteSpace(request.Reason) || request.Reason.Length > 500)
            return (InvoiceRefusals.NoReason(), none);
        if (!CreditMemoAccess.TryAmount(request.Amount, invoice.Currency, out var amount))
            return (AdjustInvoice.WrongAmount(invoice), none);
        var decision = AdjustmentDecider.WriteOff(
            invoice, Ids.Next(command.Clock), request.Installment, amount,
            calendars.Context(invoice.Issued.Books.LegalEntity, command.Caller, request.PostingDate));
        if (decision.Refusal is { } refusal)
            return (refusal, none);
        var (state, after) = (decision.Events.Aggregate(invoice, Invoice.Evolve), version + decision.Events.Count);
        return (Plan.Write(
            new WriteBatch(command.Metadata(reason)).Append(InvoiceStream.Type, id, version, decision.Events),
            Reply.Ok(InvoiceView.Of(id, state, after), after)), ((WrittenOff)decision.Events[0]).Amount);
    }
}
