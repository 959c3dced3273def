using OrderToCash.Approvals;
using OrderToCash.Collections.Accounts;
using OrderToCash.Collections.Integration;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Collections.Recommendations;
using OrderToCash.Collections.Reviews;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Collections.UseCases;

/// <summary>
/// Recommends to suspend or end service, or to write off. What the matrix of the legal entity asks for waits for
/// approval; then Invoicing is asked to carry it out.
/// </summary>
public static class Recommend
{
    /// <summary>A recommendation.</summary>
    /// <param name="CustomerId">About whom.</param>
    /// <param name="Kind">What.</param>
    /// <param name="Reason">Why.</param>
    /// <param name="InvoiceIds">For which invoices; without them for all that is past due and may be collected.</param>
    /// <param name="Currency">ISO 4217 code of what is to be written off, which is of one currency at a time; without
    /// it the customer's. Service is suspended or ended for what is owed in all of them, so there it is not said.
    /// </param>
    public sealed record Request(
        Guid CustomerId, RecommendationKind Kind, string Reason, IReadOnlyList<Guid>? InvoiceIds = null,
        string? Currency = null);

    /// <summary>What waits for approval.</summary>
    public sealed record Wish(Guid RecommendationId);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/v1/collections/recommendations", Handle)
        .RequireScope(Scopes.CollectionsWrite)
        .Produces<RecommendationView>(StatusCodes.Status201Created)
        .Produces<RecommendationView>(StatusCodes.Status202Accepted)
        .WithSummary("Recommend to suspend or end service, or to write off");

    private static async Task<IResult> Handle(
        Request request, HttpCommand command, Recommender recommender, ApprovalGate gate)
    {
        if (new Validation()
            .Required("/reason", request.Reason, max: 500)
            .Check(request.InvoiceIds is null or { Count: > 0 and <= 500 }, "/invoiceIds", "names 1 to 500 invoices")
            .Check(
                request.Currency is null || (request.Kind == RecommendationKind.WriteOff
                    && Currency.TryOf(request.Currency, out _)),
                "/currency", "is the ISO 4217 code of what is to be written off")
            .Problem is { } problem)
            return problem;
        var (id, requestId) = (Ids.Next(command.Clock), Ids.Next(command.Clock));
        return await command.CommitAsync(
            async cancellation =>
            {
                if (await recommender.FindAsync(request.CustomerId, cancellation) is not { } customer)
                    return CustomerRefusals.Unknown(request.CustomerId);
                if (command.Caller.Deny(customer.LegalEntity) is { } denied)
                    return denied;
                var (made, refusal) = await recommender.DraftAsync(
                    customer, request.Kind, request.Reason, request.InvoiceIds, cancellation,
                    request.Currency is { } currency ? Currency.Of(currency) : null);
                if (made is null)
                    return refusal!;
                return await gate.PassAsync(
                    command, Recommender.Wish(id, customer, made),
                    AtOnce(id, requestId, made, customer.Contact, command),
                    (batch, approval) => Waiting(id, made with { ApprovalId = approval.Id }, batch));
            },
            _ => RecommendationRefusals.AlreadyRecommended());
    }

    /// <summary>It is approved: Invoicing is asked, unless there is nothing left to ask for.</summary>
    internal static async Task<Plan> CarryOutAsync(Wish wish, ApprovalGrant grant, CancellationToken cancellation)
    {
        var store = grant.Command.Store;
        var (recommendation, version) = await store.LoadAsync(
            RecommendationStream.Type, wish.RecommendationId, cancellation);
        if (recommendation.Made is not { } made)
            return Refusal.NotFound("recommendation", wish.RecommendationId);
        var contact = await CompanyHolds.ContactAsync(store.Database, made.CustomerId, cancellation);
        var open = (await grant.Services.GetRequiredService<OpenItems>().OfAsync(made.CustomerId, cancellation))
            .ToDictionary(item => (item.InvoiceId, item.Installment), item => item.Collectible);
        var decision = RecommendationDecider.Approve(
            recommendation,
            item => open.GetValueOrDefault((item.InvoiceId, item.Installment), Money.Zero(item.Amount.Currency)),
            Ids.Next(grant.Command.Clock), contact.LeftAlone);
        if (decision.Refusal is { } refusal)
            return refusal;
        var approved = decision.Events.OfType<RecommendationApproved>().Single();
        return Plan.Write(
            InTurn(new WriteBatch(grant.Metadata), approved.Made, contact)
                .Append(RecommendationStream.Type, wish.RecommendationId, version, decision.Events)
                .Row(ReviewQueue.Request(grant.Command.Clock.GetUtcNow(), made.CustomerId)),
            Reply.Ok(wish));
    }

    /// <summary>It is not approved.</summary>
    internal static async Task EndAsync(Wish wish, ApprovalEnd end, WriteBatch batch, CancellationToken cancellation)
    {
        var store = end.Services.GetRequiredService<EventSourcing.EventStore>();
        var (recommendation, version) = await store.LoadAsync(
            RecommendationStream.Type, wish.RecommendationId, cancellation);
        batch.Append(
            RecommendationStream.Type, wish.RecommendationId, version,
            RecommendationDecider.Reject(recommendation, Kebab.Of(end.Status)).Events);
    }

    /// <summary>
    /// In turn with whoever disputes, promises or pays one of the items, or has the customer left alone: where less of
    /// one may be collected by now, or nobody may be made to pay, it is decided again.
    /// </summary>
    internal static WriteBatch InTurn(WriteBatch batch, RecommendationMade made, CompanyContact contact)
    {
        batch.Lock(Locks.Invoice.TakeAll(made.Items.Select(item => item.InvoiceId)))
            .Lock(Locks.Contact.TakeAll(contact.Customers))
            .Row(OpenItems.StillCollectible(
                [.. made.Items.Select(item => (item.InvoiceId, item.Installment, item.Amount))]));
        return RecommendationDecider.MakesPay(made.Kind)
            ? batch.Row(CompanyHolds.NoneForbidsContact(contact.Customers))
            : batch;
    }

    private static Plan AtOnce(
        Guid id, Guid requestId, RecommendationMade made, CompanyContact contact, HttpCommand command)
    {
        object[] events = [made, new RecommendationApproved(made, requestId)];
        var state = events.Aggregate(Recommendation.Initial, Recommendation.Evolve);
        return Plan.Write(
            InTurn(new WriteBatch(command.Metadata(made.Reason)), made, contact)
                .Append(RecommendationStream.Type, id, 0, events)
                .Row(ReviewQueue.Request(command.Clock.GetUtcNow(), made.CustomerId)),
            Reply.Created($"/v1/collections/recommendations/{id}", RecommendationView.Of(id, state, 2), 2));
    }

    private static Reply Waiting(Guid id, RecommendationMade made, WriteBatch batch)
    {
        batch.Append(RecommendationStream.Type, id, 0, [made]);
        var state = Recommendation.Evolve(Recommendation.Initial, made);
        return Reply.Accepted($"/v1/collections/recommendations/{id}", RecommendationView.Of(id, state, 1), 1);
    }
}
