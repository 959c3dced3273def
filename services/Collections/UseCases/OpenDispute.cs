using Npgsql;
using OrderToCash.Collections.Accounts;
using OrderToCash.Collections.Disputes;
using OrderToCash.Collections.Dunning;
using OrderToCash.Collections.Integration;
using OrderToCash.Collections.Policies;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Collections.Reviews;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Collections.UseCases;

/// <summary>Notes that a customer disputes an amount of an installment.</summary>
public static class OpenDispute
{
    /// <summary>A dispute.</summary>
    /// <param name="InvoiceId">The invoice.</param>
    /// <param name="ReasonCode">Why.</param>
    /// <param name="Installment">From 1.</param>
    /// <param name="Amount">How much; without it all that is open and not disputed yet.</param>
    /// <param name="Note">In words.</param>
    public sealed record Request(
        Guid InvoiceId, DisputeReason ReasonCode, int Installment = 1, Money? Amount = null, string? Note = null);

    /// <summary>
    /// Two disputes of one item at once could each fit and both be too much: the write is turned away then, and the
    /// second is decided on what the first has left.
    /// </summary>
    private const string NotTooMuch =
        "select case when (select sum(disputed) from disputes where invoice_id = $1 and installment = $2) > " +
        "(select balance from open_items where invoice_id = $1 and installment = $2) " +
        "then otc_version_conflict() else 0 end";

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/v1/collections/disputes", Handle)
        .RequireScope(Scopes.CollectionsWrite)
        .Produces<DisputeView>(StatusCodes.Status201Created)
        .WithSummary("Open a dispute about an amount of an installment");

    private static async Task<IResult> Handle(
        Request request, HttpCommand command, Customers customers, OpenItems items, PolicyBook policies)
    {
        if (new Validation().Optional("/note", request.Note, max: 4000).Problem is { } problem)
            return problem;
        var (id, requestId) = (Ids.Next(command.Clock), Ids.Next(command.Clock));
        return await command.CommitAsync(async cancellation =>
        {
            if (await items.OfInvoiceAsync(request.InvoiceId, request.Installment, cancellation) is not { } owed)
                return DisputeRefusals.UnknownItem(request.InvoiceId, request.Installment);
            var customer = (await customers.FindAsync(owed.CustomerId, cancellation))!;
            if (command.Caller.Deny(customer.LegalEntity) is { } denied)
                return denied;
            var most = owed.Item.Balance - owed.Item.Disputed;
            var wish = new DisputeOpened(
                customer.LegalEntity, customer.Id, request.InvoiceId, request.Installment, request.Amount ?? most,
                request.ReasonCode, "", default, request.Note, null);
            var policy = await policies.InForceAsync(customer.LegalEntity, cancellation);
            var before = await AcceptedByPolicy.OfInvoiceAsync(
                command.Store.Database, request.InvoiceId, wish.Amount.Currency, cancellation);
            var decision = DisputeDecider.Open(
                Dispute.Initial, wish, most, policy, customer.Today, requestId, before);
            if (decision.Refusal is { } refusal)
                return refusal;
            var opened = decision.Events.Aggregate(Dispute.Initial, Dispute.Evolve);
            var batch = new WriteBatch(command.Metadata(request.Note))
                .Lock(Locks.Invoice.Take(request.InvoiceId))
                .Append(DisputeStream.Type, id, 0, decision.Events)
                .Row(Check(request.InvoiceId, request.Installment))
                .Row(ReviewQueue.Request(command.Clock.GetUtcNow(), customer.Id));
            CheckSmall(batch, decision.Events, policy);
            return Plan.Write(
                batch,
                Reply.Created(
                    $"/v1/collections/disputes/{id}", DisputeView.Of(id, opened, decision.Events.Count),
                    decision.Events.Count));
        });
    }

    internal static NpgsqlBatchCommand Check(Guid invoiceId, int installment)
    {
        var check = new NpgsqlBatchCommand(NotTooMuch);
        check.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = invoiceId });
        check.Parameters.Add(new NpgsqlParameter<int> { TypedValue = installment });
        return check;
    }

    /// <summary>What the policy accepts of one invoice stays small in all, also of two disputes at once.</summary>
    internal static void CheckSmall(WriteBatch batch, IReadOnlyList<object> events, CollectionPolicyDefined policy)
    {
        foreach (var accepted in events.OfType<DisputeAccepted>())
        {
            var opened = accepted.Case.Opened;
            if (DisputeDecider.SmallUpTo(policy, opened.Amount.Currency) is { } limit)
                batch.Row(AcceptedByPolicy.AtMost(opened.InvoiceId, limit));
        }
    }
}
