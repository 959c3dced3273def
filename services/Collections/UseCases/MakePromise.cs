using OrderToCash.Collections.Accounts;
using OrderToCash.Collections.Dunning;
using OrderToCash.Collections.Integration;
using OrderToCash.Collections.Policies;
using OrderToCash.Collections.Promises;
using OrderToCash.Collections.ReadModels;
using OrderToCash.Collections.Reviews;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Collections.UseCases;

/// <summary>Notes what a customer promises to pay, and takes it back.</summary>
public static class MakePromise
{
    /// <summary>A promise.</summary>
    /// <param name="CustomerId">Who promises.</param>
    /// <param name="Amount">How much; never more than may be collected on the items, and at least the share of it that
    /// the policy asks for.</param>
    /// <param name="Date">By when, in the legal entity's calendar.</param>
    /// <param name="InvoiceIds">For what; without them for all that is past due.</param>
    /// <param name="ContactName">Who says so.</param>
    /// <param name="Note">In words.</param>
    public sealed record Request(
        Guid CustomerId, Money Amount, DateOnly Date, IReadOnlyList<Guid>? InvoiceIds = null,
        string? ContactName = null, string? Note = null);

    /// <summary>Why it is taken back.</summary>
    public sealed record Cancellation(string Reason);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/collections/promises", Handle)
            .RequireScope(Scopes.CollectionsWrite)
            .Produces<PromiseView>(StatusCodes.Status201Created)
            .WithSummary("Note a promise to pay");
        routes.MapPost("/v1/collections/promises/{id:guid}/cancel", Cancel)
            .RequireScope(Scopes.CollectionsWrite)
            .Produces<PromiseView>()
            .WithSummary("Take a promise back");
    }

    private static async Task<IResult> Handle(
        Request request, HttpCommand command, Customers customers, OpenItems items, PolicyBook policies)
    {
        if (new Validation()
            .Optional("/contactName", request.ContactName)
            .Optional("/note", request.Note, max: 4000)
            .Check(request.InvoiceIds is null or { Count: > 0 and <= 500 }, "/invoiceIds", "names 1 to 500 invoices")
            .Problem is { } problem)
            return problem;
        if (await customers.FindAsync(request.CustomerId, command.Cancellation) is not { } customer)
            return await command.RefuseAsync(CustomerRefusals.Unknown(request.CustomerId));
        if (command.Caller.Deny(customer.LegalEntity) is { } denied)
            return await command.RefuseAsync(denied);
        var open = await items.OfAsync(customer.Id, command.Cancellation);
        if (request.InvoiceIds?.FirstOrDefault(id => open.All(item => item.InvoiceId != id)) is { } unknown
            && unknown != default)
            return await command.RefuseAsync(PromiseRefusals.UnknownItem(unknown));
        var policy = await policies.InForceAsync(customer.LegalEntity, command.Cancellation);
        var id = Ids.Next(command.Clock);
        return await command.DecideAsync(
            PromiseStream.Type, id,
            promise => PromiseDecider.Make(promise, Wish(), policy.Promises, customer.Today),
            decided => Reply.Created(
                $"/v1/collections/promises/{id}", PromiseView.Of(id, decided.State, decided.Version), decided.Version),
            request.Note, _ => PromiseRefusals.AlreadyPromised(),
            (batch, _) => InTurn(batch, Chosen(request, open, customer.Today))
                .Row(ReviewQueue.Request(command.Clock.GetUtcNow(), customer.Id)),
            async cancellation => open = await items.OfAsync(customer.Id, cancellation));

        PromiseWish Wish() => new(
            customer.LegalEntity, customer.Id, request.Amount, request.Date,
            [.. Chosen(request, open, customer.Today).Select(Promisable)], request.ContactName, request.Note);
    }

    /// <summary>
    /// In turn with whoever disputes, plans or pays one of the items: where less of one may be collected by now, it is
    /// decided again. That one is promised already is refused by the table of promised items.
    /// </summary>
    private static WriteBatch InTurn(WriteBatch batch, IReadOnlyList<ItemFacts> chosen) => batch
        .Lock(Locks.Invoice.TakeAll(chosen.Select(item => item.InvoiceId)))
        .Guard(OpenItems.StillCollectible(
            [
                .. chosen.Where(item => !item.IsPromised)
                    .Select(item => (item.InvoiceId, item.Installment, item.Collectible)),
            ]));

    private static Task<IResult> Cancel(Guid id, Cancellation request, HttpCommand command)
    {
        if (new Validation().Required("/reason", request.Reason, max: 500).Problem is { } problem)
            return Task.FromResult<IResult>(problem);
        return command.DecideAsync(
            PromiseStream.Type, id,
            promise => promise.Made is not { } made ? Refusal.NotFound("promise", id)
                : command.Caller.Deny(made.LegalEntity) is { } denied ? denied
                : PromiseDecider.Cancel(promise),
            decided => Reply.Ok(PromiseView.Of(id, decided.State, decided.Version), decided.Version),
            request.Reason,
            with: (batch, decided) => batch.Row(ReviewQueue.Request(
                command.Clock.GetUtcNow(), decided.State.Made!.CustomerId)));
    }

    /// <summary>
    /// The items named, with something to collect or not: the refusal then says what is wrong with them.
    /// </summary>
    private static List<ItemFacts> Chosen(Request request, IReadOnlyList<ItemFacts> open, DateOnly today) =>
    [
        .. request.InvoiceIds is { } ids
            ? open.Where(item => ids.Contains(item.InvoiceId) && item.Collectible.IsPositive | item.IsPromised)
            : open.Where(item => item.DueDate < today && item.Collectible.IsPositive
                && item.Balance.Currency == request.Amount.Currency),
    ];

    private static PromisableItem Promisable(ItemFacts item) => new(
        new PromisedItem(item.InvoiceId, item.Installment, item.InvoiceNumber, item.Balance, item.Version),
        item.IsPromised ? item.Balance : item.Collectible, item.FailedPromises);
}
