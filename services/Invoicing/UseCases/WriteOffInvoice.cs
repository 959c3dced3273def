using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Invoices;
using OrderToCash.Invoicing.Numbering;
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
        .Produces<ApprovalView>(StatusCodes.Status202Accepted)
        .WithSummary("Write off an open item, or part of it");

    /// <summary>A request with the invoice it is about.</summary>
    internal sealed record Wish(Guid InvoiceId, Request Request);

    private static Task<IResult> HandleAsync(
        Guid id, Request request, HttpCommand command, DocumentNumbers numbers) =>
        command.CommitAsync(numbers, async cancellation =>
        {
            var (invoice, version) = await command.Store.LoadAsync(InvoiceStream.Type, id, cancellation);
            if (invoice.Issued is not { } issued)
                return InvoiceRefusals.NotFound(id);
            if (command.ExpectedVersion is { } expected && expected != version)
                return Refusal.State("wrong-version", $"{issued.Number} is at version {version}.");
            var (plan, amount) = Plan(id, invoice, version, request, command, request.Reason);
            var required = await ApprovalRequests.RequiredAsync(
                command.Store, ApprovalRequests.WriteOff, amount, issued.Books, cancellation);
            return ApprovalRequests.Gate(
                plan, required, ApprovalRequests.WriteOff, amount, issued.Books,
                $"Write-off of {amount} on {issued.Number}", new Wish(id, request), command, request.Reason);
        });

    /// <summary>What was approved, as it can be carried out now.</summary>
    internal static async Task<NumberedPlan> PlanAsync(
        Wish wish, HttpCommand command, string reason, CancellationToken cancellation)
    {
        var (invoice, version) = await command.Store.LoadAsync(InvoiceStream.Type, wish.InvoiceId, cancellation);
        return Plan(wish.InvoiceId, invoice, version, wish.Request, command, reason).Plan;
    }

    private static (NumberedPlan Plan, Money Amount) Plan(
        Guid id, Invoice invoice, long version, Request request, HttpCommand command, string reason)
    {
        var none = Money.Zero(invoice.Currency);
        if (command.Caller.Deny(invoice.Issued!.Books.LegalEntity) is { } denied)
            return (denied, none);
        if (string.IsNullOrWhiteSpace(request.Reason) || request.Reason.Length > 500)
            return (InvoiceRefusals.NoReason(), none);
        if (!CreditMemoAccess.TryAmount(request.Amount, invoice.Currency, out var amount))
            return (AdjustInvoice.WrongAmount(invoice), none);
        var decision = AdjustmentDecider.WriteOff(
            invoice, Ids.Next(command.Clock), request.Installment, amount, command.Clock.GetUtcNow());
        if (decision.Refusal is { } refusal)
            return (refusal, none);
        var (state, after) = (decision.Events.Aggregate(invoice, Invoice.Evolve), version + decision.Events.Count);
        return (NumberedPlan.Write([], _ => (
            new WriteBatch(command.Metadata(reason)).Append(InvoiceStream.Type, id, version, decision.Events),
            Reply.Ok(InvoiceView.Of(id, state, after), after))), ((WrittenOff)decision.Events[0]).Amount);
    }
}
