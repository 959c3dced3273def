using OrderToCash.Approvals;
using OrderToCash.Collections.Accounts;
using OrderToCash.Collections.Integration;
using OrderToCash.Collections.Placements;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Collections.Reviews;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Collections.UseCases;

/// <summary>Hands items over to a collection agency, after approval where one is needed, and takes them back.</summary>
public static class PlaceWithAgency
{
    /// <summary>What is handed over.</summary>
    /// <param name="CustomerId">Whose items.</param>
    /// <param name="Agency">Code of the agency.</param>
    /// <param name="CommissionPercent">Of what is settled while it collects.</param>
    /// <param name="Reason">Why.</param>
    /// <param name="InvoiceIds">Which invoices; without them all that is past due and may be collected.</param>
    /// <param name="Currency">What is handed over is of this one; without it of the customer's.</param>
    public sealed record Request(
        Guid CustomerId, string Agency, decimal CommissionPercent, string Reason,
        IReadOnlyList<Guid>? InvoiceIds = null, string? Currency = null);

    /// <summary>Why it is taken back.</summary>
    public sealed record Recall(string Reason);

    /// <summary>What waits for approval.</summary>
    public sealed record Wish(Guid PlacementId);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/collections/placements", Handle)
            .RequireScope(Scopes.CollectionsWrite)
            .Produces<PlacementView>(StatusCodes.Status201Created)
            .Produces<PlacementView>(StatusCodes.Status202Accepted)
            .WithSummary("Hand items over to a collection agency");
        routes.MapPost("/v1/collections/placements/{id:guid}/recall", RecallAsync)
            .RequireScope(Scopes.CollectionsWrite).Produces<PlacementView>()
            .WithSummary("Take items back from a collection agency");
    }

    private static async Task<IResult> Handle(
        Request request, HttpCommand command, Customers customers, OpenItems items, ApprovalGate gate)
    {
        if (new Validation()
            .Required("/agency", request.Agency, max: 50)
            .Required("/reason", request.Reason, max: 500)
            .Check(request.InvoiceIds is null or { Count: > 0 and <= 500 }, "/invoiceIds", "names 1 to 500 invoices")
            .Check(request.Currency is null || Currency.TryOf(request.Currency, out _), "/currency", "is ISO 4217")
            .Problem is { } problem)
            return problem;
        var id = Ids.Next(command.Clock);
        return await command.CommitAsync(
            async cancellation =>
            {
                if (await customers.FindAsync(request.CustomerId, cancellation) is not { } customer)
                    return CustomerRefusals.Unknown(request.CustomerId);
                if (command.Caller.Deny(customer.LegalEntity) is { } denied)
                    return denied;
                var contact = await CompanyHolds.ContactAsync(command.Store.Database, customer.Id, cancellation);
                var (placement, refusal) = PlacementDecider.Draft(
                    await WishAsync(request, customer, items, cancellation), contact.LeftAlone);
                if (placement is null)
                    return refusal!;
                var wish = new ApprovalWish<Wish>(
                    ApprovalKinds.AgencyPlacement, customer.LegalEntity, placement.Amount,
                    $"{placement.Amount} of {customer.Name} to {placement.Agency}", new Wish(id), request.Reason);
                return await gate.PassAsync(
                    command, wish, AtOnce(id, placement, contact, command),
                    (batch, approval) => Waiting(id, placement with { ApprovalId = approval.Id }, batch));
            },
            _ => PlacementRefusals.AlreadyPlaced());
    }

    /// <summary>It is approved.</summary>
    internal static async Task<Plan> CarryOutAsync(Wish wish, ApprovalGrant grant, CancellationToken cancellation)
    {
        var store = grant.Command.Store;
        var (placement, version) = await store.LoadAsync(PlacementStream.Type, wish.PlacementId, cancellation);
        if (placement.Proposed is not { } proposed)
            return Refusal.NotFound("placement", wish.PlacementId);
        var contact = await CompanyHolds.ContactAsync(store.Database, proposed.CustomerId, cancellation);
        var open = (await grant.Services.GetRequiredService<OpenItems>().OfAsync(proposed.CustomerId, cancellation))
            .ToDictionary(item => (item.InvoiceId, item.Installment), item => item.Collectible);
        var decision = PlacementDecider.Place(
            placement,
            item => open.GetValueOrDefault((item.InvoiceId, item.Installment), Money.Zero(item.Amount.Currency)),
            contact.LeftAlone);
        if (decision.Refusal is { } refusal)
            return refusal;
        return Plan.Write(
            InTurn(new WriteBatch(grant.Metadata), proposed, contact)
                .Append(PlacementStream.Type, wish.PlacementId, version, decision.Events)
                .Row(ReviewQueue.Request(grant.Command.Clock.GetUtcNow(), proposed.CustomerId)),
            Reply.Ok(wish));
    }

    /// <summary>It is not approved.</summary>
    internal static async Task EndAsync(Wish wish, ApprovalEnd end, WriteBatch batch, CancellationToken cancellation)
    {
        var store = end.Services.GetRequiredService<EventSourcing.EventStore>();
        var (placement, version) = await store.LoadAsync(PlacementStream.Type, wish.PlacementId, cancellation);
        batch.Append(
            PlacementStream.Type, wish.PlacementId, version,
            PlacementDecider.Reject(placement, Kebab.Of(end.Status)).Events);
    }

    private static async Task<IResult> RecallAsync(Guid id, Recall request, HttpCommand command)
    {
        if (new Validation().Required("/reason", request.Reason, max: 500).Problem is { } problem)
            return problem;
        return await command.DecideAsync(
            PlacementStream.Type, id,
            placement => placement.Proposed is not { } proposed ? Refusal.NotFound("placement", id)
                : command.Caller.Deny(proposed.LegalEntity) is { } denied ? denied
                : PlacementDecider.Recall(placement),
            decided => Reply.Ok(PlacementView.Of(id, decided.State, decided.Version), decided.Version),
            request.Reason,
            with: (batch, decided) => batch.Row(ReviewQueue.Request(
                command.Clock.GetUtcNow(), decided.State.Proposed!.CustomerId)));
    }

    private static async Task<PlacementProposed> WishAsync(
        Request request, CustomerRow customer, OpenItems items, CancellationToken cancellation)
    {
        var currency = Currency.Of(request.Currency ?? customer.Currency);
        var owed = (await items.OfAsync(customer.Id, cancellation))
            .Where(item => item.DueDate < customer.Today
                && (request.InvoiceIds is null || request.InvoiceIds.Contains(item.InvoiceId)))
            .Select(item => new PlacedItem(
                item.InvoiceId, item.Installment, item.InvoiceNumber, item.DueDate, item.Collectible, item.Version));
        return new PlacementProposed(
            customer.LegalEntity, customer.Id, request.Agency, request.CommissionPercent, Money.Zero(currency),
            [.. owed], request.Reason, null);
    }

    /// <summary>
    /// In turn with whoever disputes, promises or pays one of the items, or has the customer left alone. What may be
    /// collected is looked at before the placement is written, which takes its items out of it.
    /// </summary>
    private static WriteBatch InTurn(WriteBatch batch, PlacementProposed placement, CompanyContact contact) => batch
        .Lock(Locks.Invoice.TakeAll(placement.Items.Select(item => item.InvoiceId)))
        .Lock(Locks.Contact.TakeAll(contact.Customers))
        .Guard(CompanyHolds.NoneForbidsContact(contact.Customers))
        .Guard(OpenItems.StillCollectible(
            [.. placement.Items.Select(item => (item.InvoiceId, item.Installment, item.Amount))]));

    private static Plan AtOnce(Guid id, PlacementProposed placement, CompanyContact contact, HttpCommand command)
    {
        object[] events = [placement, new PlacementMade(placement)];
        var state = events.Aggregate(Placement.Initial, Placement.Evolve);
        return Plan.Write(
            InTurn(new WriteBatch(command.Metadata(placement.Reason)), placement, contact)
                .Append(PlacementStream.Type, id, 0, events)
                .Row(ReviewQueue.Request(command.Clock.GetUtcNow(), placement.CustomerId)),
            Reply.Created($"/v1/collections/placements/{id}", PlacementView.Of(id, state, 2), 2));
    }

    private static Reply Waiting(Guid id, PlacementProposed placement, WriteBatch batch)
    {
        batch.Append(PlacementStream.Type, id, 0, [placement]);
        var state = Placement.Evolve(Placement.Initial, placement);
        return Reply.Accepted($"/v1/collections/placements/{id}", PlacementView.Of(id, state, 1), 1);
    }
}
